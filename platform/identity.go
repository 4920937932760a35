package platform

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
)

// Digest is an identity made of parts, where a platform gives none that fits:
// "h" and 32 hexadecimal digits. Each part goes in with its length, so that no
// two lists look alike.
func Digest(parts ...string) string {
	text := make([]byte, 0, 512)
	for _, part := range parts {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return string(hex.AppendEncode([]byte{'h'}, sum[:16]))
}

// Canonical writes an object in one spelling, for the identity of what has none:
// names sorted, no white space, numbers as text, what is null or empty left out,
// and so are the members named. The object is valid JSON.
func Canonical(object []byte, without ...string) string {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber() // ids of 16 digits do not fit into a float64
	var v any
	_ = decoder.Decode(&v) // it was checked
	if members, ok := v.(map[string]any); ok {
		for _, name := range without {
			delete(members, name)
		}
	}
	text, _ := json.Marshal(plainer(v)) // of what was decoded: never an error
	return string(text)
}

// plainer rewrites a decoded value as Canonical has it.
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
			if v[name] = plainer(member); v[name] == nil || v[name] == "" {
				delete(v, name)
			}
		}
	}
	return v
}
