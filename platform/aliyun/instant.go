package aliyun

import (
	"strconv"
	"time"

	"xmode/platform"
)

// china is the zone of Beijing. There is no summer time.
func china() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// parseInstant reads a time of a receipt: "2021-08-25 20:11:29" in Beijing, or
// the milliseconds since 1970, thirteen digits of them. That both occur, and
// in which zone the first is, shows in the platform's samples of one call.
func parseInstant(s string) (time.Time, error) {
	if ms, ok := epoch(s); ok {
		return time.UnixMilli(ms).UTC(), nil
	}
	return platform.ParseDateTime(china())(s)
}

// epoch reads thirteen digits without a leading zero: the years 2001 to 2286.
func epoch(s string) (ms int64, ok bool) {
	if len(s) != len("1629893489000") || s[0] == '0' {
		return 0, false
	}
	if whole, _ := digits(s); whole != s {
		return 0, false
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	return ms, err == nil
}
