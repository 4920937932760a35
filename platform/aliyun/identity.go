package aliyun

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// identity is that of a receipt without one of its own: its type, its call, its
// type of call where it has one, and its time. Where call or time are missing
// it is everything that the receipt says.
func (r *receipt) identity(callType string, at time.Time) string {
	callID := r.Text("call_id")
	untyped := callType == "" && r.kind == callReport
	if callID == "" || at.IsZero() || untyped {
		return digest(r.kind, r.canonical())
	}
	return digest(r.kind, callID, callType, strconv.FormatInt(at.UnixMilli(), 10))
}

// digest is the letter h and 128 bits of SHA-256 over parts that hold no NUL.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "h" + hex.EncodeToString(sum[:16])
}

// canonical is the item in one spelling: names sorted, no white space, numbers
// as text, what is null or empty left out.
func (r *receipt) canonical() string {
	decoder := json.NewDecoder(bytes.NewReader(r.item))
	decoder.UseNumber() // 16-digit ids do not fit into a float64
	var v any
	if err := decoder.Decode(&v); err != nil {
		r.Note("item", "not valid JSON") // not after ReadFields passed it
		return ""
	}
	text, _ := json.Marshal(plainer(v)) // of what was decoded: never an error
	return string(text)
}

// plainer rewrites a decoded value as canonical has it.
func plainer(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case []any:
		for i := range v {
			v[i] = plainer(v[i])
		}
	case map[string]any:
		for name, member := range v {
			if v[name] = plainer(member); member == nil || member == "" {
				delete(v, name)
			}
		}
	}
	return v
}
