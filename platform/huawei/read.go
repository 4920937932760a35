package huawei

import (
	"errors"
	"time"

	"xmode/call"
	"xmode/platform"
)

// Read understands one item of a push of that kind. It is pure and never fails:
// what cannot be understood is a Fault. The instant is when the platform said
// so, which counts where the item itself tells none.
func (a *Adapter) Read(kind string, item []byte, at time.Time) call.Report {
	switch kind {
	case kindFee:
		return readFee(item, at)
	case kindEvent:
		return readEvent(item)
	case kindSMS:
		return readSMS(item)
	case kindNumber:
		return readNumber(item, at)
	}
	return call.Report{Fault: "kind: " + faultUnknown}
}

// utc reads the times of events and records, which are UTC without saying so.
func utc(s string) (time.Time, error) { return platform.ParseDateTime(time.UTC)(s) }

// eventTime reads the time of an event. The page calls it a UNIX time stamp and
// the samples write it like any other time; both are read.
func eventTime(s string) (time.Time, error) {
	digits := 0
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			digits = digits*10 + int(s[i]-'0')
		} else {
			return utc(s)
		}
	}
	switch len(s) {
	case len("1714528984"):
		return time.Unix(int64(digits), 0).UTC(), nil
	case len("1714528984000"):
		return time.UnixMilli(int64(digits)).UTC(), nil
	}
	return utc(s)
}

// textTime reads the time of a text message, with milliseconds or without.
func textTime(s string) (time.Time, error) {
	const seconds, milliseconds = "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z"
	switch len(s) { // time.Parse lets other fractions pass
	case len(seconds):
		return time.Parse(seconds, s)
	case len(milliseconds):
		return time.Parse(milliseconds, s)
	}
	return time.Time{}, errors.New("neither of the two lengths")
}

// releasedBy reads who hung up, which the platform tells on request.
func releasedBy(f *platform.Fields) call.Party {
	switch side, _ := f.Int("callRelDirection"); side {
	case 1:
		return call.ByCaller
	case 2:
		return call.ByCallee
	}
	return ""
}

// id reads an id that has to be printable; empty where it is absent.
func id(f *platform.Fields, name string) string {
	s := f.Text(name)
	if !printable(s, maxID) {
		f.Note(name, faultID)
	}
	return s
}

// ofContent is the identity of an item that has nothing to tell it by: a digest
// of what it says, but for the host that wrote it, which a repetition may change.
func ofContent(item []byte) string {
	return platform.Digest("content", platform.Canonical(item, "hostName"))
}
