package huawei

// The platform's lists of causes in English. A code without a text of its own
// has that of its group; one that no list has keeps its number and no text.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0019.md

// stateText is the text of the stateCode of a disconnect event.
func stateText(code int) string {
	if code == 7503 {
		return "callee refused" // a record uses the code more widely
	}
	return pointText(code)
}

// pointText is the text of an ulFailReason, the point where a call was cut.
func pointText(code int) string {
	switch code {
	case 0:
		return "answered, then hung up"
	case 522:
		return "no free port on the platform"
	case 7001:
		return "call frequency of the developer exceeded"
	case 7002:
		return "call frequency of the app exceeded"
	case 7003:
		return "call frequency of the number shown exceeded"
	case 7004:
		return "callee on a blacklist"
	case 7005:
		return "caller on a blacklist"
	case 7103:
		return "caller information missing"
	case 7104:
		return "AX binding missing"
	case 7108:
		return "tenant frozen"
	case 7109:
		return "no ports"
	case 7501:
		return "caller hung up before ringing"
	case 7502:
		return "caller hung up while ringing"
	case 7503:
		return "callee hung up"
	case 7504:
		return "callee rejected"
	case 7505:
		return "network failure on the caller's side"
	case 7506:
		return "network failure on the callee's side"
	case 7507:
		return "no voice file"
	case 7508:
		return "routing failed"
	case 7516:
		return "caller hung up before the call was forwarded"
	}
	return laterText(code)
}

// laterText goes on from 8000.
func laterText(code int) string {
	switch code {
	case 8002:
		return "failure tone from the far end"
	case 8003:
		return "ringing timed out"
	case 8004:
		return "hung up while ringing"
	case 8005:
		return "text to speech failed"
	case 8006:
		return "voice file missing"
	case 8009:
		return "caller hung up before the connection"
	case 8010:
		return "longest duration reached"
	case 8012:
		return "bad app key"
	case 8013:
		return "invalid AX call"
	case 8014:
		return "invalid AXB or X call: no binding, or a bad answer"
	case 8015, 8041:
		return "recording failed"
	case 8035:
		return "connecting timed out"
	case 8042, 8043:
		return "international call not allowed"
	case 8047:
		return "call frequency of the caller exceeded"
	case 8048:
		return "call frequency of the callee exceeded"
	case 8050:
		return "not allowed at this time of day"
	case 8055:
		return "X number unusable"
	case 8058:
		return "practitioner without real-name registration"
	case 8059:
		return "blocked by the operator"
	case 8100:
		return "callee's number does not exist"
	case 8101:
		return "callee did not answer"
	case 8102:
		return "callee busy"
	case 8103:
		return "callee unreachable"
	case 8104:
		return "callee switched off"
	case 8105:
		return "callee suspended"
	}
	return string(groupOf(code))
}

// group is the part of the list that a code stands in.
type group string

// The groups, as a text says them.
const (
	groupNumber   group = "number"
	groupBinding  group = "binding"
	groupCaller   group = "caller"
	groupCallee   group = "callee"
	groupTenant   group = "tenant"
	groupControl  group = "call control"
	groupPlatform group = "platform"
	groupNetwork  group = "network"
)

// groupOf finds the group of a code; empty: no list has it.
func groupOf(code int) group {
	switch code {
	case 8025:
		return groupNumber
	case 7104, 8013, 8014, 8016, 8019, 8022, 8030, 8031:
		return groupBinding
	case 7501, 7502, 7516, 8004, 8009, 8032, 8033:
		return groupCaller
	case 7503, 7504, 8002, 8003, 8035, 8100, 8101, 8102, 8103, 8104, 8105:
		return groupCallee
	case 7100, 7101, 7105, 7106, 7108, 7507, 8006, 8010, 8012:
		return groupTenant
	case 7001, 7002, 7003, 7004, 7005, 7107, 7109, 7500, 8018, 8023, 8024, 8042, 8043, 8044, 8046, 8047, 8048, 8049, 8050, 8051,
		8055, 8056, 8057, 8058, 8059:
		return groupControl
	case 522, 7102, 7103, 8005, 8007, 8008, 8011, 8015, 8020, 8040, 8041, 8139:
		return groupPlatform
	case 7505, 7506, 7508:
		return groupNetwork
	}
	return ""
}

// q850Text is the text of a fwdUnaswRsn.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0018.md
func q850Text(code int) string {
	switch code {
	case 1:
		return "number not allocated"
	case 3:
		return "no route to the destination"
	case 16:
		return "normal clearing"
	case 17:
		return "busy"
	case 18:
		return "no response"
	case 19:
		return "no answer"
	case 20:
		return "unreachable"
	case 21:
		return "rejected"
	case 22:
		return "number changed"
	case 27:
		return "destination out of order"
	case 28:
		return "bad number"
	case 31:
		return "normal, unspecified"
	case 34:
		return "no circuit"
	case 38:
		return "network out of order"
	case 41:
		return "temporary failure"
	case 42:
		return "congestion"
	case 44, 47:
		return "no resource"
	case 102:
		return "timer expired"
	case 111:
		return "protocol error"
	case 127:
		return "interworking"
	}
	return ""
}
