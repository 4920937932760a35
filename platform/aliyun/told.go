package aliyun

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"xmode/platform"
)

// Told reads the answer of QueryRecordFileDownloadUrl.
// https://help.aliyun.com/document_detail/400497.htm
func (a *Adapter) Told(status int, _ http.Header, body []byte) (platform.Secret, error) {
	code, address := readTold(body)
	switch {
	case code == "":
		return platform.Secret{}, platform.TroubleOfStatus(status)
	case code == "OK" && status == http.StatusOK && address != "":
		return platform.NewSecret(address), nil
	}
	return platform.Secret{}, troubleOf(status, code)
}

// readTold reads JSON, or the XML of errors; code is "" where it is neither.
func readTold(body []byte) (code, address string) {
	start := platform.SkipSpace(body, 0)
	if platform.CheckJSON(body[start:]) == nil {
		f := platform.FieldsOf(body[start:])
		return platform.PlainCode(f.LongText("Code")), f.LongText("DownloadUrl")
	}
	var e struct {
		XMLName xml.Name
		Code    string
	}
	if xml.Unmarshal(body, &e) != nil || e.XMLName.Local == "html" {
		return "", ""
	}
	return platform.PlainCode(e.Code), ""
}

// troubleOf reads an error code; what the code does not say, the status does.
// https://help.aliyun.com/en/pnp/developer-reference/error-codes-of-api-requests
func troubleOf(status int, code string) *platform.Trouble {
	t := &platform.Trouble{Code: code}
	begins := func(starts ...string) bool {
		for _, start := range starts {
			if strings.HasPrefix(code, start) {
				return true
			}
		}
		return false
	}
	switch {
	case begins("Throttling", "isv.FLOW_LIMIT", "FlowLimited"):
		t.Reason = platform.ReasonThrottled
	case begins("InvalidTimeStamp"):
		t.Reason, t.Pause = platform.ReasonClockOff, time.Minute
	case begins("SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId", "InvalidSecurityToken", "Forbidden",
		"isp.RAM_PERMISSION_DENY", "isv.OUT_OF_SERVICE", "isv.PRODUCT_UN", "isv.ACCOUNT_", "isv.PARTNER_"):
		t.Reason, t.Pause = platform.ReasonRefused, time.Minute
	case begins("isp.", "ServiceUnavailable", "InternalError", "SignatureNonceUsed"):
		t.Reason = platform.ReasonUnavailable
	case begins("isv.ILLEGAL_ARGUMENT", "isv.INVALID_PARAMETERS", "isv.POOLKEY_NOT_EXISTS", "Missing", "Invalid", "Unsupported", "OK"):
		t.Reason = platform.ReasonBadAnswer // we asked wrong, or were told nothing
	case status == http.StatusOK || status == http.StatusNotFound:
		// Which code says that there is no recording, or not yet, is not known:
		// inferred.
		t.Reason = platform.ReasonNotReady
	default:
		t = platform.TroubleOfStatus(status)
		t.Code = cmp.Or(code, t.Code)
	}
	return t
}
