package explain

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"xmode/signature"
)

// ErrNoSignature: the message has none.
var ErrNoSignature = errors.New("no signature: the message has no parameter of that name")

// queryScheme is what differs between the schemes of sorted queries.
type queryScheme struct {
	name string
	// Names of the parameters that matter.
	signature, timestamp, nonce string
	// fixed are parameters with the one value that they may have.
	fixed []signature.Param
	// needed are due beside signature, timestamp and nonce.
	needed []string
	// documented are all parameters of the interface; nil: any.
	documented []string
	// empties: those without a value are signed too.
	empties bool
	// bases are the recipes that are right.
	bases func(q Question, params []signature.Param, keys []string) []query
	// steps are mistakes of this scheme alone.
	steps func(q Question, params []signature.Param) []step[query]
	// tolerated is how often the signature may be percent-encoded once read.
	tolerated int
	window    signature.Window
}

// explain answers a question.
func (s queryScheme) explain(q Question) (Report, error) {
	keys, err := q.prepare()
	if err != nil {
		return Report{}, err
	}
	fields, err := readParams(q.Message)
	if err != nil {
		return Report{}, err
	}
	rest, sent, exact := take(fields, s.signature)
	if sent.Value == "" {
		return Report{}, s.unsigned(q.Message, fields)
	}
	rep := Report{Scheme: s.name, Received: fields, Digest: sent.Value}
	if !exact {
		rep.mistake(codeNames, "the signature came as %q, its name is %q", clip(sent.Name), s.signature)
	}
	digest := readDigest(sent.Value, s.tolerated)
	digest.checkHash(sha1.Size)
	rep.Notes = append(rep.Notes, digest.notes...)
	rep.Mistakes = append(rep.Mistakes, digest.mistakes...)

	params := paramsOf(rest)
	bases := s.bases(q, params, keys)
	f, tried := s.look(q, digest, fields, sent.Name, bases)
	rep.Tried = tried
	rep.fill(bases, f, digest)
	s.checkParams(&rep, rest)
	_, stamp, _ := take(rest, s.timestamp)
	if q.Window == (signature.Window{}) {
		q.Window = s.window
	}
	rep.checkClock(s.timestamp, stamp.Value, q.At, q.Window)
	rep.conclude()
	scrub(&rep, append(keys, tokenOf(rest)...))
	return rep, nil
}

// unsigned says what is missing, and why it may be.
func (s queryScheme) unsigned(m Message, fields []Field) error {
	hint := ""
	switch {
	case strings.Contains(m.URL, "/receipts/"):
		hint = ": receipts are not signed, their address is the secret"
	case len(fields) == 1 && fields[0].In == inQuery:
		hint = ": only one parameter came; in a shell the URL needs quotation marks around it, since & ends a command"
	}
	return fmt.Errorf("%w (%s)%s", ErrNoSignature, s.signature, hint)
}

// look searches for the recipe.
func (s queryScheme) look(q Question, digest received, fields []Field, name string, bases []query) (found[query], int) {
	h := hashOf(len(digest.sum))
	if h == nil {
		return found[query]{}, 0
	}
	params := bases[0].params
	steps := slices.Concat(s.steps(q, params), querySteps(), keySteps(params), s.paramSteps(fields, name, params))
	hunt := search[query]{
		bases: distinct(bases), steps: steps, changes: characters, left: affordable(q.Effort, bases[0].toSign()),
		hit: func(r query) bool { return digest.is(r.sum(h)) },
	}
	return hunt.run(), hunt.tried
}

// affordable is the effort for long texts, each of which costs more.
func affordable(effort int, text string) int {
	const usual = 1024
	return max(1, effort*usual/max(usual, len(text)))
}

// distinct leaves out bases that give the text of an earlier one.
func distinct(bases []query) []query {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(bases), func(q query) bool {
		id := q.key + q.suffix + "\x00" + q.toSign()
		was := seen[id]
		seen[id] = true
		return was
	})
}

// fill writes down texts and digests: of the recipe that was followed, else of
// the first one.
func (rep *Report) fill(bases []query, f found[query], digest received) {
	shown := bases[0]
	for _, b := range bases {
		if f.ok && b.form == f.recipe.form && b.index == f.recipe.index {
			shown = b
		}
	}
	rep.Canonical, rep.StringToSign = shown.canonical(), shown.toSign()
	for _, b := range bases {
		due := b.sum(sha1.New)
		rep.Expected = append(rep.Expected, Expected{b.index + 1, b.form, base64Of(due), digest.is(due)})
	}
	if !f.ok {
		rep.damage()
		return
	}
	rep.Key = f.recipe.index + 1
	rep.Mistakes = append(rep.Mistakes, f.mistakes...)
	if rep.Matches = len(f.mistakes)+len(digest.mistakes) == 0; rep.Matches {
		rep.Form = f.recipe.form
	}
	if text := f.recipe.toSign(); text != rep.StringToSign {
		rep.Signed = text
	}
}

// checkParams notes what is refused whatever the signature: what is missing, or
// not the constant that it must be.
func (s queryScheme) checkParams(rep *Report, fields []Field) {
	for _, name := range slices.Concat([]string{s.nonce, s.timestamp}, s.needed) {
		if _, f, exact := take(fields, name); f.Value == "" {
			rep.mistake(codeMissing, "%s is missing", name)
		} else if !exact {
			rep.mistake(codeNames, "%q came, the name is %q", clip(f.Name), name)
		}
	}
	for _, p := range s.fixed {
		if _, f, _ := take(fields, p.Name); f.Value != "" && f.Value != p.Value {
			rep.mistake(codeConstant, "%s is %q, it must be %q", p.Name, clip(f.Value), p.Value)
		}
	}
}

// conclude writes the finding.
func (rep *Report) conclude() {
	says := make([]string, len(rep.Mistakes))
	for i, m := range rep.Mistakes {
		says[i] = m.Says
	}
	list := strings.Join(says, "; ")
	rep.OK = rep.Matches && len(rep.Mistakes) == 0
	switch {
	case rep.OK:
		rep.Conclusion = "The signature is right."
	case rep.Matches:
		rep.Conclusion = "The signature is right, but " + list + "."
	case rep.Key > 0:
		rep.Conclusion = "The signature is wrong: " + list + "."
	case list != "":
		rep.Conclusion = fmt.Sprintf("The signature is wrong, and none of %d ways to sign gives it: another key, or more than two mistakes. Besides, %s.", rep.Tried, list)
	default:
		rep.Conclusion = fmt.Sprintf("The signature is wrong, and none of %d ways to sign gives it: another key, or more than two mistakes.", rep.Tried)
	}
}

// minutes is the usual window of a query.
func minutes(n int) signature.Window { return signature.Skew(time.Duration(n) * time.Minute) }

// characters changes one character of one value: what a tampered message or a
// typing error has.
func characters(q query) iter.Seq[step[query]] {
	return func(yield func(step[query]) bool) {
		for i, p := range q.params {
			for other := range nearby(p.Value) {
				m := Mistake{"value-changed", fmt.Sprintf("%s was signed as %q and arrived as %q", clip(p.Name), other, p.Value)}
				if !yield(step[query]{m, "value", func(q query) query { return q.with(i, other) }}) {
					return
				}
			}
		}
	}
}
