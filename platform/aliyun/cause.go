package aliyun

import "strconv"

// releaseText says what a release_cause means; "" for one that is in no list.
// Codes up to 39 are those of the current list, the others of that of 2019,
// which is Q.850. https://help.aliyun.com/document_detail/109196.htm
func releaseText(code string) string {
	if code == "" || !isDigit(code[0]) {
		return ""
	}
	n, err := strconv.Atoi(code)
	if err != nil {
		return ""
	}
	if n < 40 {
		return currentText(n)
	}
	return q850Text(n)
}

func currentText(code int) string {
	return [40]string{
		1: "unallocated number", 2: "no route to network", 3: "no route to destination", 4: "special tone from the callee's network",
		5: "trunk prefix error", 6: "channel unacceptable", 7: "callee reached but refused", 8: "pre-empted", 9: "pre-empted",
		16: "normal clearing", 17: "busy", 18: "no answer", 19: "no answer", 20: "unreachable", 21: "not connected",
		22: "number changed", 23: "redirected", 24: "temporarily unavailable", 25: "exchange error",
		26: "callee does not allow calls", 27: "destination out of order", 28: "invalid number", 29: "facility rejected",
		30: "status query failed", 31: "normal, unspecified", 32: "temporarily unavailable", 33: "callee hung up",
		34: "no circuit", 35: "callee hung up", 37: "callee hung up", 38: "network out of order", 39: "frame-mode connection",
	}[code]
}

func q850Text(code int) string {
	return map[int]string{
		42: "switch congestion", 50: "facility not subscribed", 53: "outgoing calls barred in closed user group",
		55: "incoming calls barred in closed user group", 57: "bearer not authorised", 58: "bearer unavailable",
		65: "bearer not implemented", 69: "facility not implemented", 87: "not a member of the closed user group",
		88: "incompatible destination", 90: "no such closed user group", 91: "invalid transit network", 95: "invalid message",
		97: "message type unknown", 99: "parameter unknown", 102: "timer expiry", 103: "parameter unknown, passed on",
		110: "unrecognised parameter, discarded", 111: "protocol error", 127: "interworking",
	}[code]
}
