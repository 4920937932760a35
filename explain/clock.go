package explain

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"xmode/signature"
)

// beijing is where the platforms' clocks are, in summer as in winter.
const beijing = 8 * time.Hour

// dueLayout is the one form of a signed timestamp.
const dueLayout = "2006-01-02T15:04:05Z"

// otherLayouts are forms in which senders write timestamps by mistake.
func otherLayouts() []string {
	return []string{
		"2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z",
		"2006-01-02T15:04Z", "20060102150405", "20060102T150405Z", time.RFC1123, time.RFC3339, "2006-01-02T15:04:05-0700",
	}
}

// readTimestamp reads a timestamp in any form. Due says that it has the form
// that it should have.
func readTimestamp(text string) (at time.Time, due bool, err error) {
	if at, err = signature.ParseTimestamp(text); err == nil {
		return at, true, nil
	}
	for _, layout := range otherLayouts() {
		if at, err = time.Parse(layout, text); err == nil {
			return at.UTC(), false, nil
		}
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || seconds < 0:
		return time.Time{}, false, errors.New("no timestamp")
	case len(text) == 13:
		return time.UnixMilli(seconds).UTC(), false, nil
	case len(text) == 10:
		return time.Unix(seconds, 0).UTC(), false, nil
	}
	return time.Time{}, false, errors.New("no timestamp")
}

// checkClock holds a timestamp against ours.
func (rep *Report) checkClock(name, text string, at time.Time, window signature.Window) {
	rep.Clock = Clock{Timestamp: text, At: at.UTC()}
	signed, due, err := readTimestamp(text)
	switch {
	case text == "":
		return // is missing, which is said elsewhere
	case err != nil:
		rep.mistake(codeForm, "%s is no timestamp: yyyy-MM-ddTHH:mm:ssZ in UTC is due", name)
		return
	case !due:
		rep.mistake(codeForm, "%s has another form than yyyy-MM-ddTHH:mm:ssZ in UTC, such as %s", name, signed.Format(dueLayout))
	}
	off := signed.Sub(at)
	rep.Clock.OffSeconds = int64(math.Round(off.Seconds()))
	rep.Clock.Admitted = due && window.Admits(signed, at)
	if window.Admits(signed, at) {
		return
	}
	switch {
	case window.Admits(signed.Add(-beijing), at):
		rep.mistake(codeLocal, "%s is local time (Beijing, UTC+8) written as UTC", name)
	case off > 0:
		rep.mistake(codeClock, "%s is %s ahead, %s is allowed: the sender's clock is fast, or it wrote its local time as UTC", name, span(off), span(window.Ahead))
	default:
		rep.mistake(codeClock, "%s is %s old, %s is allowed: the message is old, or the sender's clock is slow", name, span(-off), span(window.Behind))
	}
}

// span writes a duration as people say it.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%.4g h", math.Round(d.Hours()*10)/10)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func (rep *Report) mistake(code, format string, args ...any) {
	rep.Mistakes = append(rep.Mistakes, Mistake{code, fmt.Sprintf(format, args...)})
}

// variants are other ways to write a timestamp, for a sender that signed another
// text than it sent.
func variants(text string) []keyMistake {
	signed, _, err := readTimestamp(text)
	if err != nil {
		return nil
	}
	constant := func(s string) func(string) string { return func(string) string { return s } }
	list := []keyMistake{
		{Mistake{codeLocal, "it was signed over the timestamp in local time (Beijing, UTC+8), not in UTC as it was sent"}, constant(signed.Add(beijing).Format(dueLayout))},
		{Mistake{codeLocal, "it was signed over the timestamp in UTC and sent in local time (Beijing, UTC+8)"}, constant(signed.Add(-beijing).Format(dueLayout))},
	}
	forms := []string{
		dueLayout, "2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05+00:00",
		"20060102150405", "20060102T150405Z",
	}
	for _, zone := range []time.Duration{0, beijing} {
		for _, form := range forms {
			other := signed.Add(zone).Format(form)
			list = append(list, keyMistake{Mistake{codeForm, fmt.Sprintf("it was signed over the timestamp written as %s", other)}, constant(other)})
		}
		list = append(list, keyMistake{Mistake{codeForm, "it was signed over the timestamp written as " + signed.Add(zone).Format("2006-01-02T15:04:05") + "+08:00"},
			constant(signed.Add(zone).Format("2006-01-02T15:04:05") + "+08:00")})
	}
	unix := strconv.FormatInt(signed.Unix(), 10)
	return append(list,
		keyMistake{Mistake{codeForm, "it was signed over the timestamp in seconds since 1970"}, constant(unix)},
		keyMistake{Mistake{codeForm, "it was signed over the timestamp in milliseconds since 1970"}, constant(unix + "000")})
}
