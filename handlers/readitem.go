package handlers

import (
	"time"

	"xmode/call"
	"xmode/platform"
)

// faultPanic is the reason for which an item is in quarantine that nobody but us
// is to blame for.
const faultPanic = "internal: panic while it was read"

// readItem understands one item of a push. A panic in there costs the item, not
// its batch: the item goes into quarantine, from where a later version may take it.
func readItem(a platform.Adapter, kind string, item []byte, at time.Time, panicked func(v any)) (report call.Report) {
	defer func() {
		if v := recover(); v != nil {
			panicked(v)
			report = call.Report{Fault: faultPanic}
		}
	}()
	return a.Read(kind, item, at)
}
