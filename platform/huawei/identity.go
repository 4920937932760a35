package huawei

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
)

// hashed is an identity made of parts, where the platform gives none that fits:
// "h" and 32 hexadecimal digits. Each part goes in with its length, so that no
// two lists look alike.
func hashed(parts ...string) string {
	text := make([]byte, 0, 512)
	for _, part := range parts {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return string(hex.AppendEncode([]byte{'h'}, sum[:16]))
}

// ofContent is the identity of an item that has nothing to tell it by: a digest
// of its canonical JSON. The item is valid.
func ofContent(item []byte) string { return hashed("content", string(canonical(item))) }

// canonical writes JSON without white space, names sorted, numbers as they are.
func canonical(item []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(item))
	d.UseNumber()
	var v any
	_ = d.Decode(&v) // it was checked
	text, _ := json.Marshal(v)
	return text
}
