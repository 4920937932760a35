package recording

import "strings"

// maxKey is how long the key of a file may be. S3 takes 1024 bytes, a file system
// 255 a name; a temporary name needs some, too.
const maxKey = 200

// keyFault says what is wrong with a key; empty: nothing. Keys are ours: whatever
// of the outside gets into one is refused here, rather than escaped by a library.
func keyFault(key string) string {
	switch {
	case key == "":
		return "no key"
	case len(key) > maxKey:
		return "key too long"
	case strings.HasPrefix(key, "/") || strings.HasSuffix(key, "/") || strings.Contains(key, "//"):
		return "key with an empty part"
	case strings.Contains(key, ".."):
		return "key with two dots"
	case strings.IndexFunc(key, notInKeys) >= 0:
		return "key with a character that is none of a-z, A-Z, 0-9, - _ = . /"
	case strings.HasSuffix(key, tempSuffix) || strings.HasSuffix(key, attrsSuffix):
		return "key with the suffix of a helper file"
	}
	for part := range strings.SplitSeq(key, "/") {
		if part[0] == '.' {
			return "key with a hidden part"
		}
	}
	return ""
}

func notInKeys(c rune) bool {
	letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !letter && ('0' > c || c > '9') && !strings.ContainsRune("-_=./", c)
}

// checkKey returns a *Failure for a key that is none.
func checkKey(key string) error {
	if fault := keyFault(key); fault != "" {
		return newFailure(ReasonStorage, fault)
	}
	return nil
}
