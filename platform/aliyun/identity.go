package aliyun

import (
	"strconv"
	"time"

	"xmode/platform"
)

// identity is that of a receipt without one of its own: its type, its call, its
// type of call where it has one, and its time. Where call or time are missing
// it is everything that the receipt says.
func (r *receipt) identity(callType string, at time.Time) string {
	callID := r.Text("call_id")
	untyped := callType == "" && r.kind == callReport
	if callID == "" || at.IsZero() || untyped {
		return platform.Digest(r.kind, platform.Canonical(r.item))
	}
	return platform.Digest(r.kind, callID, callType, strconv.FormatInt(at.UnixMilli(), 10))
}
