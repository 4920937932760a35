package clauses

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/signature"
	"xmode/simulator/conform"
)

// signatures are the clauses about who may ask at all.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
func (t *trial) signatures() []conform.Clause {
	rule := conform.Rule
	const ref = "P1 Request headers"
	return []conform.Clause{
		rule("HW-SIG-01", conform.Doc, ref, "A push that is signed by AKSK is taken.",
			"header/X-AKSK header/Authorization digest/AKSK digest/base64 header/Content-Type", t.accepts("a callin signed by AKSK", t.scheme(signature.AKSK), same)),
		rule("HW-SIG-02", conform.Doc, "P1o Request headers", "A push that is signed by WSSE, as older editions have it, is taken.",
			"header/X-WSSE header/Authorization-WSSE digest/WSSE", t.accepts("a callin signed by WSSE", t.scheme(signature.WSSE), same)),
		rule("HW-SIG-03", conform.Doc, ref, "A push that is signed with another secret is refused.",
			"digest/secret", t.otherSecret),
		rule("HW-SIG-04", conform.Doc, ref, "A push of an app that is not known is refused.",
			"header/Username", t.otherApp),
		rule("HW-SIG-05", conform.Doc, ref, "A push whose Nonce was changed after signing is refused.",
			"digest/nonce", t.refuses("a callin whose Nonce was changed after signing", func(k *token) { k.nonce = sim.RandomNonce() })),
		rule("HW-SIG-06", conform.Doc, ref, "A push whose Created was changed after signing is refused.",
			"digest/created", t.laterCreated),
		rule("HW-SIG-07", conform.Doc, ref, "A push whose PasswordDigest was changed is refused.",
			"header/PasswordDigest", t.refuses("a callin whose PasswordDigest was changed", func(k *token) {
				k.digest = k.scheme.Digest("conform", k.nonce, k.created)
			})),
		rule("HW-SIG-08", conform.Doc, ref, "A digest of the hexadecimal text, in place of the bytes, is refused.",
			"digest/base64", t.refuses("a callin whose PasswordDigest is the Base64 of hexadecimal text", hexDigest)),
		rule("HW-SIG-09", conform.Doc, ref, "A digest that is joined with a plus sign is refused: nonce and time follow each other.",
			"digest/joined", t.refuses("a callin whose digest has a plus sign between nonce and time", func(k *token) {
				k.digest = k.scheme.Digest(t.c.AppSecret, k.nonce+"+", k.created)
			})),
		rule("HW-SIG-10", conform.Inferred, ref, "A WSSE digest under the headers of AKSK is refused, and the other way round.",
			"digest/scheme", t.mixedSchemes),
		rule("HW-SIG-11", conform.Inferred, ref, "A refusal does not tell the digest that would have been right.",
			"digest/secrecy", t.tellsNoDigest),
		rule("HW-SIG-12", conform.Doc, "P2 Request headers", "A record under a wrong digest is refused.",
			"digest/secret", t.unsignedPush("a call record signed with another secret", t.recordsAddress, t.feeBody)),
		rule("HW-SIG-13", conform.Sibling, "P3 Request headers", "The state of a number under a wrong digest is refused.",
			"digest/secret", t.unsignedPush("the state of an X number signed with another secret", t.numbersAddress, t.numberBody)),
		rule("HW-SIG-14", conform.Doc, "P4 Request headers", "A text under a wrong digest is refused.",
			"digest/secret", t.unsignedPush("a text signed with another secret", t.smsAddress, t.textBody)),
	}
}

// scheme makes tokens in a scheme.
func (t *trial) scheme(s signature.TokenScheme) func() token {
	return func() token {
		return t.tokenOf(s, t.c.AppKey, t.c.AppSecret, sim.RandomNonce(), t.c.Now().UTC().Format(stampForm))
	}
}

// forged is a token under another secret.
func (t *trial) forged() token {
	return t.tokenOf(t.c.Scheme, t.c.AppKey, t.c.AppSecret+"-another", sim.RandomNonce(), t.c.Now().UTC().Format(stampForm))
}

func (t *trial) otherSecret(ctx context.Context) error {
	return t.askUnder(ctx, "a callin signed with another secret", t.forged(), t.any()).WantRefused()
}

func (t *trial) otherApp(ctx context.Context) error {
	k := t.tokenOf(t.c.Scheme, "conform-unknown-app", t.c.AppSecret, sim.RandomNonce(), t.c.Now().UTC().Format(stampForm))
	return t.askUnder(ctx, "a callin of an app that is not known", k, t.any()).WantRefused()
}

// laterCreated moves the time by a second, which no window would notice.
func (t *trial) laterCreated(ctx context.Context) error {
	return t.refuses("a callin whose Created was changed after signing", func(k *token) {
		k.created = t.c.Now().Add(time.Second).UTC().Format(stampForm)
		if k.digest == k.scheme.Digest(t.c.AppSecret, k.nonce, k.created) { // a second has gone by
			k.created = t.c.Now().Add(3 * time.Second).UTC().Format(stampForm)
		}
	})(ctx)
}

func hexDigest(k *token) {
	raw, err := base64.StdEncoding.DecodeString(k.digest)
	if err == nil {
		k.digest = base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(raw)))
	}
}

func (t *trial) mixedSchemes(ctx context.Context) error {
	for scheme, other := range map[signature.TokenScheme]signature.TokenScheme{signature.AKSK: signature.WSSE, signature.WSSE: signature.AKSK} {
		k := t.scheme(scheme)()
		k.digest = other.Digest(t.c.AppSecret, k.nonce, k.created)
		if err := t.askUnder(ctx, "a callin with the headers of "+string(scheme)+" and the digest of "+string(other), k, t.any()).WantRefused(); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) tellsNoDigest(ctx context.Context) error {
	k := t.forged()
	x := t.askUnder(ctx, "a callin signed with another secret", k, t.any())
	switch {
	case x.Reply.Err != nil:
		return x.Fault("a refusal is due")
	case strings.Contains(string(x.Reply.Body), k.scheme.Digest(t.c.AppSecret, k.nonce, k.created)):
		return x.Fault("the answer holds the right digest, with which anybody could push")
	}
	return nil
}

// unsignedPush checks that a push of any kind needs a signature.
func (t *trial) unsignedPush(what string, address, body func() string) conform.Check {
	return func(ctx context.Context) error { return t.post(ctx, what, address(), t.forged(), body()).WantRefused() }
}

// headerParts are a clause for each part of the two headers: without it, a push is
// refused.
func (t *trial) headerParts() []conform.Clause {
	var list []conform.Clause
	for _, p := range []struct {
		name  string
		basis conform.Basis
		what  string
		row   string
		drop  func(*token)
	}{
		{"HW-SIG-20", conform.Doc, "the token header", "header/X-AKSK", func(k *token) { k.header = "-" }},
		{"HW-SIG-21", conform.Inferred, "Authorization", "header/Authorization", func(k *token) { k.authorization = "-" }},
		{"HW-SIG-22", conform.Doc, "Username", "header/Username", func(k *token) { k.user = "" }},
		{"HW-SIG-23", conform.Doc, "PasswordDigest", "header/PasswordDigest", func(k *token) { k.digest = "" }},
		{"HW-SIG-24", conform.Doc, "Nonce", "header/Nonce", func(k *token) { k.nonce = "" }},
		{"HW-SIG-25", conform.Doc, "Created", "header/Created", func(k *token) { k.created = "" }},
		{"HW-SIG-26", conform.Inferred, "the realm", "authorization/realm", func(k *token) { k.realm = "" }},
		{"HW-SIG-27", conform.Inferred, "the profile", "authorization/profile", func(k *token) { k.profile = "" }},
		{"HW-SIG-28", conform.Inferred, "the type", "authorization/type", func(k *token) { k.kind = "" }},
	} {
		list = append(list, conform.Rule(p.name, p.basis, "P1 Request headers", "A push without "+p.what+" is refused.",
			p.row, t.refuses("a callin without "+p.what, p.drop)))
	}
	for _, p := range []struct {
		name, what, row string
		change          func(*token)
	}{
		{"HW-SIG-29", "realm", "authorization/realm", func(k *token) { k.realm = "SDK" }},
		{"HW-SIG-30", "profile", "authorization/profile", func(k *token) { k.profile = "PasswordToken" }},
		{"HW-SIG-31", "type", "authorization/type", func(k *token) { k.kind = "Token" }},
	} {
		list = append(list, conform.Rule(p.name, conform.Inferred, "P1 Request headers", "A push with another "+p.what+" in Authorization is refused.",
			p.row, t.refuses("a callin with another "+p.what+" in Authorization", p.change)))
	}
	return list
}

// headerForms are the clauses about how the headers may be written.
func (t *trial) headerForms() []conform.Clause {
	rule := conform.Rule
	const ref = "P1 Request headers"
	written := func(change func(*token)) func() token {
		return func() token { k := t.token(); change(&k); return k }
	}
	return []conform.Clause{
		rule("HW-SIG-32", conform.Code, ref, "The parts of the headers may follow each other without spaces, as in real pushes.",
			"header/spaces", t.accepts("a callin without spaces in its headers", t.token, same)),
		rule("HW-SIG-33", conform.Doc, ref, "There may be a space after the commas, as in the documentation.",
			"header/spaces", t.accepts("a callin with a space after the commas of its headers", written(func(k *token) { k.comma = ", " }), same)),
		rule("HW-SIG-34", conform.Inferred, ref, "There may be several spaces after the commas.",
			"header/spaces", t.accepts("a callin with three spaces after the commas of its headers", written(func(k *token) { k.comma = ",   " }), same)),
		rule("HW-SIG-35", conform.Doc, ref, "The names of the headers may be in small letters, as in the examples.",
			"header/case", t.accepts("a callin with its header names in small letters", written(func(k *token) {
				k.authorization, k.header = "authorization", "x-aksk"
				if k.scheme == signature.WSSE {
					k.header = "x-wsse"
				}
			}), same)),
		rule("HW-SIG-36", conform.Doc, ref, "The names of the headers may be in capital letters.",
			"header/case", t.accepts("a callin with its header names in capital letters", written(func(k *token) {
				k.authorization, k.header = "AUTHORIZATION", "X-AKSK"
				if k.scheme == signature.WSSE {
					k.header = "X-WSSE"
				}
			}), same)),
		rule("HW-SIG-37", conform.Doc, ref, "A Nonce of 128 letters and digits is taken.",
			"header/Nonce", t.accepts("a callin with a Nonce of 128 letters and digits", t.nonceOf(128), same)),
		rule("HW-SIG-38", conform.Doc, ref, "A Nonce of 12 letters and digits is taken.",
			"header/Nonce", t.accepts("a callin with a Nonce of 12 letters and digits", t.nonceOf(12), same)),
		rule("HW-SIG-39", conform.Inferred, ref, "A token header that makes no sense is refused.",
			"header/X-AKSK", t.oddHeaders),
	}
}

func (t *trial) nonceOf(length int) func() token {
	return func() token {
		nonce := strings.Repeat(sim.RandomNonce(), 4)[:length]
		return t.tokenOf(t.c.Scheme, t.c.AppKey, t.c.AppSecret, nonce, t.c.Now().UTC().Format(stampForm))
	}
}

func (t *trial) oddHeaders(ctx context.Context) error {
	return each(ctx, []string{
		"UsernameToken", "Bearer abc", `UsernameToken Username="`, `UsernameToken Username=,PasswordDigest=,Nonce=,Created=`, strings.Repeat(`a="b",`, 200),
	}, func(ctx context.Context, header string) error {
		return t.refuses("a callin whose token header makes no sense", func(k *token) { k.tokenIs = header })(ctx)
	})
}
