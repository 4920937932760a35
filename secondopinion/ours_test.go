package secondopinion_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"

	"xmode/fixtures"
	"xmode/signature"
)

// theirs is the signature that the SDK gives.
func theirs(secret, method string, params map[string]string) string {
	return dara.StringValue(utils.GetRPCSignature(pointers(params), dara.String(method), dara.String(secret)))
}

func TestOurParametersAreSignedAlike(t *testing.T) {
	for name, question := range questions() {
		t.Run(name, func(t *testing.T) {
			params := map[string]string{
				"Action": "QueryRecordFileDownloadUrl", "Version": "2017-05-25", "Format": "JSON", "AccessKeyId": keyID,
				"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
				"Timestamp": "2026-03-04T05:06:07Z",
			}
			maps.Copy(params, question)
			for _, method := range []string{"GET", "POST"} {
				for _, secret := range []string{secret, "s&", "密钥"} {
					if got, want := signature.POP(secret, method, listOf(params)), theirs(secret, method, params); got != want {
						t.Errorf("%s: %s, the SDK gives %s", method, got, want)
					}
				}
			}
		})
	}
}

func TestTheVectorsAreSignedAlike(t *testing.T) {
	vectors, err := fixtures.POPVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if got := theirs(v.AccessKeySecret, v.Method, v.Params); got != v.Signature {
			t.Errorf("%s: the SDK gives %s, the vector says %s", v.Name, got, v.Signature)
		}
	}
}

func FuzzSignedAlike(f *testing.F) {
	for _, question := range questions() {
		var fields []string
		for name, value := range question {
			fields = append(fields, name, value)
		}
		f.Add("POST", secret, strings.Join(fields, "\x00"))
	}
	f.Add("GET", "\xff", "no UTF-8\x00a\xff\xfeb\x00\xc3\x28\x00x")
	f.Add("GET", secret, "SignatureType\x00\x00\x00nameless\x00empty\x00\x00a\x00b")
	f.Fuzz(func(t *testing.T, method, secret, text string) {
		params := map[string]string{}
		fields := strings.Split(text, "\x00")
		for i := 0; i+1 < len(fields); i += 2 {
			params[fields[i]] = fields[i+1]
		}
		if got, want := signature.POP(secret, method, listOf(params)), theirs(secret, method, params); got != want {
			t.Errorf("%q: %s, the SDK gives %s", params, got, want)
		}
	})
}
