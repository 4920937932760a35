package explain

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"strings"
)

// received is a digest as it came.
type received struct {
	text     string
	sum      []byte // empty: none could be read
	mistakes []Mistake
	notes    []string
}

// maxDigestText is beyond what any digest takes, encoded however often.
const maxDigestText = 1024

// readDigest reads a digest in whatever form it came. Encoded is how many times
// percent-encoding is tolerated.
func readDigest(text string, encoded int) received {
	r := received{text: text}
	if len(text) > maxDigestText {
		return r.unread("it is %d characters long", len(text))
	}
	text = r.unwrap(text, encoded)
	if r.readHex(text) {
		return r
	}
	sum, ok := r.readBase64(text)
	if !ok {
		return r.unread("it has %d characters that are neither Base64 nor hex of a digest", len(text))
	}
	if inner, err := hex.DecodeString(string(sum)); err == nil && hashOf(len(inner)) != nil {
		r.sum = inner
		r.mistakes = append(r.mistakes, Mistake{codeHexBase64, "the signature is the Base64 of the digest's hex text, not of its bytes"})
		return r
	}
	if hashOf(len(sum)) == nil {
		return r.unread("it decodes to %d bytes", len(sum))
	}
	r.sum = sum
	return r
}

func (r received) unread(format string, args ...any) received {
	r.mistakes = append(r.mistakes, Mistake{codeNoDigest, "the signature is no digest: " + fmt.Sprintf(format, args...)})
	return r
}

// unwrap undoes what transports do to Base64.
func (r *received) unwrap(text string, tolerated int) string {
	if strings.Contains(text, " ") {
		text = strings.ReplaceAll(text, " ", "+")
		r.notes = append(r.notes, `the signature came with spaces: the sender did not percent-encode its "+" (tolerated)`)
	}
	rounds := 0
	for ; rounds < 5 && strings.Contains(text, "%"); rounds++ {
		plain, err := url.PathUnescape(text)
		if err != nil {
			break
		}
		text = plain
	}
	switch {
	case rounds > tolerated:
		r.mistakes = append(r.mistakes, Mistake{"signature-encoded", fmt.Sprintf("the signature is percent-encoded %s more than it should be", times(rounds))})
	case rounds > 0:
		r.notes = append(r.notes, "the signature came percent-encoded once more (tolerated)")
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// readHex reads hex in place of Base64.
func (r *received) readHex(text string) bool {
	sum, err := hex.DecodeString(text)
	if err != nil || hashOf(len(sum)) == nil {
		return false
	}
	r.sum = sum
	r.mistakes = append(r.mistakes, Mistake{codeHex, "the signature is hex, not Base64"})
	return true
}

// readBase64 reads Base64 of either alphabet, padded or not.
func (r *received) readBase64(text string) (sum []byte, ok bool) {
	if trimmed := strings.TrimSpace(text); trimmed != text || strings.ContainsAny(text, "\r\n") {
		text = strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(trimmed)
		r.mistakes = append(r.mistakes, Mistake{"signature-newline", "the signature has line breaks in it"})
	}
	if strings.ContainsAny(text, "-_") {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
		r.mistakes = append(r.mistakes, Mistake{"base64-url", `the signature is in the URL alphabet of Base64 ("-" and "_"), not in the standard one`})
	}
	bare := strings.TrimRight(text, "=")
	sum, err := base64.RawStdEncoding.DecodeString(bare)
	if err != nil || len(sum) == 0 {
		return nil, false
	}
	switch canonical := base64.StdEncoding.EncodeToString(sum); {
	case canonical == text:
	case text == bare || len(text) != len(canonical):
		r.mistakes = append(r.mistakes, Mistake{"base64-padding", `the signature's "=" at the end are missing or too many`})
	default:
		r.mistakes = append(r.mistakes, Mistake{"base64-tail", "the last character of the signature has bits that belong to no byte"})
	}
	return sum, true
}

// hashOf is the hash whose digests have that many bytes.
func hashOf(size int) func() hash.Hash {
	switch size {
	case md5.Size:
		return md5.New
	case sha1.Size:
		return sha1.New
	case sha256.Size:
		return sha256.New
	case sha512.Size:
		return sha512.New
	}
	return nil
}

// hashName names it.
func hashName(size int) string {
	return map[int]string{md5.Size: "MD5", sha1.Size: "SHA-1", sha256.Size: "SHA-256", sha512.Size: "SHA-512"}[size]
}

// checkHash notes a digest of another size than is due.
func (r *received) checkHash(due int) {
	if len(r.sum) > 0 && len(r.sum) != due {
		r.mistakes = append(r.mistakes, Mistake{codeHash, fmt.Sprintf("the digest is %s, not %s", hashName(len(r.sum)), hashName(due))})
	}
}

func (r *received) is(sum []byte) bool { return len(r.sum) > 0 && bytes.Equal(sum, r.sum) }
