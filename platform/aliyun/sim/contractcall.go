package sim

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// illegal is the code of business parameters that are not right; inferred, as is
// which of them it is given for. The page says only that epochs, and requests
// without pool key and product type, are errors.
const illegal = "isv.ILLEGAL_ARGUMENT"

// epoch is a time in seconds or milliseconds, which the page rules out.
func epoch(text string) bool {
	ok, _ := regexp.MatchString(`^[0-9]{9,14}$`, text)
	return ok
}

// readTime reads CallTime: Beijing time.
func readTime(text string) (time.Time, bool) {
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, beijing())
	return at, err == nil && len(text) == 19
}

// businessFaults checks what a request asks.
// https://help.aliyun.com/document_detail/400497.htm
func businessFaults(params url.Values, now time.Time) []fault {
	var list []fault
	if params.Get("CallId") == "" {
		list = append(list, fault{"MissingCallId", "CallId is missing"})
	}
	text := params.Get("CallTime")
	at, ok := readTime(text)
	switch {
	case text == "":
		list = append(list, fault{illegal, "CallTime is missing"})
	case epoch(text):
		list = append(list, fault{illegal, "CallTime is an epoch"})
	case !ok:
		list = append(list, fault{illegal, "CallTime is not in the form yyyy-MM-dd HH:mm:ss"})
	case at.After(now.Add(time.Minute)):
		list = append(list, fault{text: "CallTime lies in the future: not Beijing time?"})
	}
	pool, product := params.Get("PoolKey"), params.Get("ProductType")
	switch {
	case pool == "" && product == "":
		list = append(list, fault{illegal, "PoolKey and ProductType are missing"})
	case product != "" && !strings.Contains(" AXB_170 AXN_170 AXN_95 AXN_EXTENSION_REUSE ", " "+product+" "):
		list = append(list, fault{illegal, "ProductType is none"})
	}
	return list
}

// callFaults checks that a request asks for the recording of a call that was
// announced, in the words of the announcement.
func (c Contract) callFaults(params url.Values, now time.Time) []fault {
	if c.Calls == nil || params.Get("CallId") == "" {
		return nil
	}
	for _, call := range c.Calls {
		if call.CallID != params.Get("CallId") {
			continue
		}
		var list []fault
		if at, ok := readTime(params.Get("CallTime")); ok && at.Unix() != call.Dialled.Unix() {
			list = append(list, fault{text: "CallTime is " + at.Sub(call.Dialled.Truncate(time.Second)).String() + " off that of the call"})
		}
		if pool := params.Get("PoolKey"); pool != "" && pool != call.PoolKey {
			list = append(list, fault{text: "PoolKey is not that of the call"})
		}
		if c.Delay > 0 && now.Before(call.Released.Add(c.Delay)) {
			list = append(list, fault{text: "asked " + call.Released.Add(c.Delay).Sub(now).String() + " too early"})
		}
		return list
	}
	return []fault{{text: "CallId was not announced"}}
}
