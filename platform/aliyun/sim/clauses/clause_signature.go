package clauses

import (
	"context"
	"strings"

	"xmode/signature"
	"xmode/simulator/conform"
)

// signatures are the clauses about who may ask at all.
// https://help.aliyun.com/zh/pnp/operations-in-x-mode
func (t *trial) signatures() []conform.Clause {
	rule := conform.Rule
	return []conform.Clause{
		rule("ALI-SIG-01", conform.Doc, "A1 Signature", "A query that is signed as documented is answered.",
			"signature/sorted signature/encoded signature/encoded-again signature/hmac-sha1 signature/url-encoded common/signature",
			t.accepts("a signed query", viaGET)),
		rule("ALI-SIG-02", conform.Doc, "A1 Signature", "A query that is signed with another key is refused.",
			"signature/key", t.otherKey),
		rule("ALI-SIG-03", conform.Doc, "A1 Signature", "A query without a signature is refused.",
			"common/signature", t.refuses("a query without signature", drop("signature"))),
		rule("ALI-SIG-04", conform.Doc, "A1 Signature", "A query with an empty signature is refused.",
			"common/signature", t.refuses("a query with an empty signature", set("signature", ""))),
		rule("ALI-SIG-05", conform.Doc, "A1 Signature", "A signature that is no Base64 of an HMAC-SHA1 is refused.",
			"signature/hmac-sha1", t.noSignature),
		rule("ALI-SIG-06", conform.Doc, "A1 Signature", "A business parameter without a value does not count for the signature.",
			"signature/empty-left-out request/extension", t.accepts("a signed query without the empty extension", viaGET, drop("extension"))),
		rule("ALI-SIG-07", conform.Doc, "A1 Signature", "The order of the parameters on the way does not matter.",
			"signature/sorted", t.accepts("a signed query with its parameters in another order", viaGET, reversed)),
		rule("ALI-SIG-08", conform.Inferred, "A1 Signature", "A parameter beyond the listed ones counts for the signature if it has a value.",
			"signature/unlisted", t.accepts("a signed query with a signed parameter more", viaGET, set("zone", "1"))),
		rule("ALI-SIG-09", conform.Inferred, "A1 Signature", "A parameter that was added after signing is refused.",
			"signature/unlisted", t.refuses("a query to which a parameter was added after signing", set("zone", "1"))),
		rule("ALI-SIG-10", conform.Inferred, "A1 Signature", "A refusal does not tell the signature that would have been right.",
			"signature/secrecy", t.tellsNoSignature),
	}
}

func reversed(q query) query {
	r := make(query, 0, len(q))
	for i := len(q) - 1; i >= 0; i-- {
		r = append(r, q[i])
	}
	return r
}

func (t *trial) otherKey(ctx context.Context) error {
	q := t.any()
	q = q.set("signature", signatureOf(q, t.c.Key+"-another", t.c.Form))
	return refused(t.c.Sender.Send(ctx, t.message("a query signed with another key", viaGET, q)))
}

func (t *trial) noSignature(ctx context.Context) error {
	for _, text := range []string{"AAAA", "%%%", strings.Repeat("A", 40), "0123456789abcdef0123456789abcdef01234567", strings.Repeat("A", 28)} {
		q := t.any().set("signature", text)
		if err := refused(t.c.Sender.Send(ctx, t.message("a query whose signature is no Base64 of an HMAC-SHA1", viaGET, q))); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) tellsNoSignature(ctx context.Context) error {
	q := t.any()
	right := signatureOf(q, t.c.Key, t.c.Form)
	x := t.c.Sender.Send(ctx, t.message("a query signed with another key", viaGET, q.set("signature", signatureOf(q, t.c.Key+"-another", t.c.Form))))
	switch {
	case x.Reply.Err != nil:
		return x.Fault("a refusal is due")
	case strings.Contains(string(x.Reply.Body), right):
		return x.Fault("the answer holds the right signature, with which anybody could ask")
	}
	return nil
}

// alterations are a clause for each parameter: changed after signing, the query is
// refused.
func (t *trial) alterations() []conform.Clause {
	var list []conform.Clause
	for _, p := range []struct{ name, parameter, to, row string }{
		{"ALI-SIG-11", "callNo", "13900001119", "request/callNo"},
		{"ALI-SIG-12", "secretNo", "17000000009", "request/secretNo"},
		{"ALI-SIG-13", "extension", "801", "request/extension"},
		{"ALI-SIG-14", "recordType", "SMS", "request/recordType"},
		{"ALI-SIG-15", "callTime", "20180101200000", "request/callTime"},
		{"ALI-SIG-16", "callId", "conform-altered", "request/callId"},
		{"ALI-SIG-17", "format", "XML", "common/format"},
		{"ALI-SIG-18", "signatureMethod", "HMAC-SHA256", "common/signatureMethod"},
		{"ALI-SIG-19", "signatureVersion", "1.1", "common/signatureVersion"},
		{"ALI-SIG-20", "signatureNonce", "45e25e9b-0a6f-4070-8c85-2956eda1b466", "common/signatureNonce"},
		{"ALI-SIG-21", "timestamp", "", "common/timestamp"},
	} {
		change := set(p.parameter, p.to)
		if p.parameter == "timestamp" {
			change = t.later
		}
		list = append(list, conform.Rule(p.name, conform.Doc, "A1 Signature", "A query whose "+p.parameter+" was changed after signing is refused.",
			p.row, t.refuses("a query whose "+p.parameter+" was changed after signing", change)))
	}
	return list
}

// later moves a timestamp by a second, which no window would notice.
func (t *trial) later(q query) query {
	return q.set("timestamp", t.stamp(1))
}

// signatureParts are clauses about the common parameters by themselves: the query is
// signed as it is.
func (t *trial) signatureParts() []conform.Clause {
	rule := conform.Rule
	const day = 24 * 60 * 60
	return []conform.Clause{
		rule("ALI-SIG-22", conform.Inferred, "A1 Common request parameters", "A signed query without a nonce is refused.",
			"common/signatureNonce", t.refusesSigned("a signed query without signatureNonce", drop("signatureNonce"))),
		rule("ALI-SIG-23", conform.Inferred, "A1 Common request parameters", "A signed query without a timestamp is refused.",
			"common/timestamp", t.refusesSigned("a signed query without timestamp", drop("timestamp"))),
		rule("ALI-SIG-24", conform.Inferred, "A1 Common request parameters", "A signed query with a timestamp of yesterday is refused.",
			"common/timestamp", t.refusesSigned("a signed query with a timestamp of yesterday", t.stamped(-day))),
		rule("ALI-SIG-25", conform.Inferred, "A1 Common request parameters", "A signed query with a timestamp of tomorrow is refused.",
			"common/timestamp", t.refusesSigned("a signed query with a timestamp of tomorrow", t.stamped(day))),
		rule("ALI-SIG-26", conform.Inferred, "A1 Common request parameters", "A timestamp in another form than yyyy-MM-ddTHH:mm:ssZ is refused.",
			"common/timestamp", t.oddStamps),
		rule("ALI-SIG-27", conform.Inferred, "A1 Common request parameters", "A signatureMethod other than HMAC-SHA1 is refused.",
			"common/signatureMethod", t.refusesSigned("a signed query with signatureMethod HMAC-MD5", set("signatureMethod", "HMAC-MD5"))),
		rule("ALI-SIG-28", conform.Inferred, "A1 Common request parameters", "A signatureVersion other than 1.0 is refused.",
			"common/signatureVersion", t.refusesSigned("a signed query with signatureVersion 2.0", set("signatureVersion", "2.0"))),
		rule("ALI-SIG-29", conform.Inferred, "A1 Common request parameters", "A timestamp some seconds off is within the window.",
			"common/timestamp", t.skewed),
	}
}

// stamp is now and some seconds more, as timestamp has it.
func (t *trial) stamp(seconds int) string {
	return t.c.Now().UTC().Add(secondsOf(seconds)).Format("2006-01-02T15:04:05Z")
}

// stamped sets the timestamp so many seconds from now.
func (t *trial) stamped(seconds int) edit {
	return func(q query) query { return q.set("timestamp", t.stamp(seconds)) }
}

func (t *trial) oddStamps(ctx context.Context) error {
	now := t.c.Now()
	return each(ctx, []string{
		now.UTC().Format("2006-01-02 15:04:05"), now.In(beijing()).Format("2006-01-02T15:04:05"), now.UTC().Format("20060102150405"), "yesterday",
	}, func(ctx context.Context, text string) error {
		return t.refusesSigned(`a signed query with the timestamp "`+text+`"`, set("timestamp", text))(ctx)
	})
}

func (t *trial) skewed(ctx context.Context) error {
	return each(ctx, []int{-20, 20}, func(ctx context.Context, seconds int) error {
		return t.accepts("a signed query with a timestamp 20 s off", viaGET, t.stamped(seconds))(ctx)
	})
}

// encodings are the clauses about what the page leaves open: which encoder, which
// key, how the signature arrives.
func (t *trial) encodings() []conform.Clause {
	rule := conform.Rule
	return []conform.Clause{
		rule("ALI-SIG-30", conform.Inferred, "A1 Signature", "The encoder may be that of HTML forms.",
			"open/encoder", t.form(t.sameSuffix(signature.FormEncoder))),
		rule("ALI-SIG-31", conform.Inferred, "A1 Signature", "The encoder may be that of RFC 3986, as in the platform's APIs.",
			"open/encoder", t.form(t.sameSuffix(signature.RFC3986Encoder))),
		rule("ALI-SIG-32", conform.Inferred, "A1 Signature", "The key may be as given.",
			"open/key-suffix", t.form(signature.PlainForm)),
		rule("ALI-SIG-33", conform.Inferred, "A1 Signature", "The key may have & after it, as in the platform's APIs.",
			"open/key-suffix", t.form(signature.AmpersandForm)),
		rule("ALI-SIG-34", conform.Inferred, "A1 Signature", "The signature may arrive percent-encoded once more.",
			"open/signature-encoded", t.encodedMore),
		rule("ALI-SIG-35", conform.Inferred, "A1 Signature", "The plus signs of a signature may arrive as spaces.",
			"open/plus-as-space", t.plusAsSpace),
		rule("ALI-SIG-36", conform.Inferred, "A1 Signature", "A call id with ^ in it is signed like any other text.",
			"request/callId", t.accepts("a signed query whose callId holds ^", viaGET, func(q query) query { return q.set("callId", q.get("callId")+"^1") })),
	}
}

// sameSuffix is the form with this encoder, and the key as the endpoint's own form
// has it.
func (t *trial) sameSuffix(e signature.Encoder) signature.Form {
	name := "form"
	if e == signature.RFC3986Encoder {
		name = "rfc3986"
	}
	return signature.Form(name + t.c.Form.Suffix())
}

// form checks that a query on which the encoders differ is answered in a form.
func (t *trial) form(form signature.Form) conform.Check {
	return func(ctx context.Context) error {
		q := t.any()
		if form.Encoder() == signature.RFC3986Encoder || form.Suffix() == t.c.Form.Suffix() && t.c.Form.Encoder() == signature.FormEncoder {
			q = q.set("callId", q.get("callId")+"*1 ~2") // where the encoders differ
		}
		q = q.set("signature", signatureOf(q, t.c.Key, form))
		_, err := decided(t.c.Sender.Send(ctx, t.message("a query signed in the form "+string(form), viaGET, q)))
		return err
	}
}

// signedWithPlus is a signed query whose signature holds a plus sign.
func (t *trial) signedWithPlus() query {
	for {
		if q := t.signed(t.any()); strings.Contains(q.get("signature"), "+") {
			return q
		}
	}
}

func (t *trial) encodedMore(ctx context.Context) error {
	return each(ctx, []via{viaGET, viaJSON}, func(ctx context.Context, how via) error {
		q := t.signedWithPlus()
		q = q.set("signature", strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(q.get("signature")))
		_, err := decided(t.c.Sender.Send(ctx, t.message("a query whose signature is percent-encoded once more", how, q)))
		return err
	})
}

func (t *trial) plusAsSpace(ctx context.Context) error {
	q := t.signedWithPlus()
	m := t.message("a query whose signature holds a plus sign that was not encoded", viaGET, q)
	m.URL = strings.Replace(m.URL, "%2B", "+", -1)
	_, err := decided(t.c.Sender.Send(ctx, m))
	return err
}
