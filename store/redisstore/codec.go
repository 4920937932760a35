package redisstore

import (
	"crypto/sha1" // #nosec: a fingerprint that Redis scripts can compute too, not a signature
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmode/call"
)

// A binding is kept as one line of tab-separated fields, trailing empty ones
// left out, a line feed, and its peers sorted between commas:
//
//	expires_ms, platform, extension, owner, number of peers, direction, display,
//	record, max_duration_s, sms, user_data, the six prompts
//
// The scripts read the first four fields and the peers. Defaults are empty, so
// that the pair binding, the most common one, takes some 40 bytes.

var errBody = errors.New("binding in the store is damaged")

const bodyFields = 17

// encodeBody writes the binding, and leaves its peers sorted.
func encodeBody(b *call.Binding) string {
	order := func(p, q call.Number) int { return strings.Compare(p.Full(), q.Full()) }
	if !slices.IsSortedFunc(b.Peers, order) {
		b.Peers = slices.SortedFunc(slices.Values(b.Peers), order) // the caller's own order stays
	}
	fields := [bodyFields]string{
		millis(b.ExpiresAt), string(b.Platform), b.Extension, b.A.Full(), strconv.Itoa(len(b.Peers)),
		unless(string(b.Direction), string(call.Both)), b.Display.Full(), flag(b.Record), number(b.MaxDuration),
		unless(string(b.SMS), string(call.Forward)), b.UserData,
		b.Prompts.Caller, b.Prompts.Callee, b.Prompts.Ringback, b.Prompts.RecordHint, b.Prompts.LastMinute, b.Prompts.Hangup,
	}
	n := bodyFields
	for fields[n-1] == "" {
		n--
	}
	var s strings.Builder
	s.Grow(48 + 18*len(b.Peers))
	for i, f := range fields[:n] {
		if i > 0 {
			s.WriteByte('\t')
		}
		s.WriteString(f)
	}
	s.WriteByte('\n')
	for _, p := range b.Peers {
		s.WriteByte(',')
		s.WriteString(p.Full())
	}
	if len(b.Peers) > 0 {
		s.WriteByte(',')
	}
	return s.String()
}

// decodeBody reads a binding, whole or without the peers of a group.
func decodeBody(x call.Number, id call.ID, body string) (call.Binding, error) {
	head, peers, ok := strings.Cut(body, "\n")
	if !ok {
		return call.Binding{}, errBody
	}
	var f [bodyFields]string
	for i := 0; i < bodyFields; i++ {
		f[i], head, ok = strings.Cut(head, "\t")
		if !ok {
			break
		}
	}
	expires, err1 := parseMillis(f[0])
	count, err2 := strconv.Atoi(f[4])
	duration, err3 := parseInt(f[8])
	if err := errors.Join(err1, err2, err3); err != nil || f[3] == "" {
		return call.Binding{}, errBody
	}
	return call.Binding{
		ID: id, X: x, Platform: call.Platform(f[1]), Extension: f[2],
		A: call.NumberFromStore(f[3]), Peers: splitPeers(peers), PeerCount: count,
		Direction: call.Direction(or(f[5], string(call.Both))), ExpiresAt: expires,
		Display: call.NumberFromStore(f[6]), Record: f[7] != "", MaxDuration: duration,
		SMS: call.SMSMode(or(f[9], string(call.Forward))), UserData: f[10],
		Prompts: call.Prompts{Caller: f[11], Callee: f[12], Ringback: f[13], RecordHint: f[14], LastMinute: f[15], Hangup: f[16]},
	}, nil
}

// etagOf is the ETag of a body, as scripts/apply.lua computes it.
func etagOf(body string) string {
	sum := sha1.Sum([]byte(body))
	return hex.EncodeToString(sum[:8])
}

func splitPeers(s string) []call.Number {
	if s == "" {
		return nil
	}
	list := make([]call.Number, 0, strings.Count(s, ","))
	for p := range strings.SplitSeq(strings.Trim(s, ","), ",") {
		list = append(list, call.NumberFromStore(p))
	}
	return list
}

func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func parseMillis(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	return time.UnixMilli(ms).UTC(), err
}

func parseInt(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	return strconv.Atoi(s)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func flag(set bool) string {
	if set {
		return "1"
	}
	return ""
}

func unless(s, usual string) string {
	if s == usual {
		return ""
	}
	return s
}

func or(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}
