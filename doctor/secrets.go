package doctor

import (
	"math"
	"slices"
	"strings"

	"xmode/platform"
)

// Secret is one of a setting.
type Secret struct {
	// Where is the setting and the place in its list, "XMODE_ALIYUN_KEYS, entry 2".
	Where string
	// Text is the secret itself.
	Text platform.Secret
}

// What makes a secret hard to guess.
const (
	hopeless  = 8  // characters, fewer than which are tried out in no time
	short     = 16 // characters that it should have
	different = 5  // characters of which there should be more
	bits      = 40 // that its characters should hold by their frequency
)

// Secrets judges secrets, each by itself and against the others.
func Secrets(all []Secret) (found Findings) {
	if len(all) == 0 {
		return nil
	}
	for i, s := range all {
		text := s.Text.Reveal()
		if level, what := weakness(text); level > OK {
			found.add(level, WeakSecret, s.Where, "%s", what)
		}
		earlier := slices.IndexFunc(all[:i], func(e Secret) bool { return e.Text.Reveal() == text })
		if earlier >= 0 {
			found.add(Problem, SharedSecret, s.Where, "the same as %s", all[earlier].Where)
		}
	}
	for _, check := range []string{WeakSecret, SharedSecret} {
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Check == check }) {
			found.add(OK, check, "", "none of %d", len(all))
		}
	}
	return found
}

// weakness says what makes a secret easy to guess.
func weakness(text string) (Level, string) {
	kinds := map[rune]int{}
	for _, r := range text {
		kinds[r]++
	}
	switch {
	case example(text):
		return Problem, "it is, or reads like, an example of the documentation"
	case len(text) < hopeless:
		return Problem, "it has fewer than 8 characters"
	case len(kinds) < different:
		return Problem, "it has hardly any different characters"
	case row(text):
		return Warning, "its characters follow each other in a row"
	case repeats(text):
		return Warning, "it is one piece, repeated"
	case len(text) < short:
		return Warning, "it has fewer than 16 characters"
	case information(text, kinds) < bits:
		return Warning, "there is little in it to guess"
	}
	return OK, ""
}

// example reports whether a secret looks copied from a page, ours or another's.
func example(text string) bool {
	text = strings.ToLower(text)
	if slices.Contains([]string{"app-secret", "key-from-the-platform", "testsecret"}, text) {
		return true
	}
	for _, word := range []string{"example", "changeme", "change-me", "password", "passw0rd", "your-key", "your-secret"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// row reports whether most characters are the next or the one before of their
// predecessor, as in 0123456789abcdef.
func row(text string) bool {
	steps := 0
	for i := 1; i < len(text); i++ {
		if d := int(text[i]) - int(text[i-1]); d == 1 || d == -1 {
			steps++
		}
	}
	return steps*4 >= len(text)*3
}

// repeats reports whether a text is the same piece several times.
func repeats(text string) bool {
	return strings.Contains((text + text)[1:2*len(text)-1], text)
}

// information is how many bits the characters hold, judged by how often each of
// them is there.
func information(text string, kinds map[rune]int) float64 {
	var each float64
	for _, n := range kinds {
		share := float64(n) / float64(len(text))
		each -= share * math.Log2(share)
	}
	return each * float64(len(text))
}
