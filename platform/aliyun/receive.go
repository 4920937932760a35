package aliyun

import (
	"errors"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// Receive takes a call control query or, on their path, receipts. Every error
// is a *platform.Refusal.
func (a *Adapter) Receive(m platform.Message, now time.Time) (platform.Received, error) {
	if m.Path == receiptPath {
		return a.receipts(m)
	}
	return a.query(m, now)
}

// query verifies and decodes a call control query: its parameters, then the
// signature, the timestamp, and only then the content, so that nobody without
// a key learns more than how a query is written.
func (a *Adapter) query(m platform.Message, now time.Time) (platform.Received, error) {
	p, err := parse(m)
	if err != nil {
		return platform.Received{}, err
	}
	proof, err := a.prove(&p, now)
	if err != nil {
		return platform.Received{}, err
	}
	query, err := decode(&p, now)
	if err != nil {
		return platform.Received{}, err
	}
	return platform.Received{Query: &query, Proof: proof}, nil
}

// prove checks the signature and the timestamp that it covers.
func (a *Adapter) prove(p *params, now time.Time) (platform.Proof, error) {
	if err := checkCommon(p); err != nil {
		return platform.Proof{}, err
	}
	received := p.takeSignature()
	match, err := a.verifier.Load().Verify(p.list, received)
	if err != nil {
		return platform.Proof{}, unauthorized(platform.SignatureInvalid, call.FieldErrors{paramSignature: signatureFault(err)})
	}
	timestamp := p.get(paramTimestamp)
	signedAt, err := signature.ParseTimestamp(timestamp)
	if err != nil {
		return platform.Proof{}, unauthorized(platform.TimestampOutOfRange, call.FieldErrors{paramTimestamp: faultTimestamp})
	}
	if !a.window.Admits(signedAt, now) {
		return platform.Proof{}, untimely(signedAt.Sub(now))
	}
	return platform.Proof{
		Nonce:    p.get(paramNonce),
		Digest:   match.Digest,
		SignedAt: signedAt,
		Until:    a.window.Closes(signedAt),
		Covers:   true,
		Form:     string(match.Form),
	}, nil
}

// checkCommon refuses a message whose signature cannot be checked: first for
// what is missing, then for what is wrong.
func checkCommon(p *params) error {
	var missing, wrong problems
	for _, name := range []string{paramSignature, paramNonce, paramTimestamp} {
		missing.note(name, faultRequired, p.get(name) == "")
	}
	if missing != nil {
		return unauthorized(platform.SignatureMissing, call.FieldErrors(missing))
	}
	method, version := p.get(paramMethod), p.get(paramVersion)
	wrong.note(paramMethod, faultMethod, method != "" && method != "HMAC-SHA1")
	wrong.note(paramVersion, faultVersion, version != "" && version != "1.0")
	wrong.note(paramNonce, faultNonce, len(p.get(paramNonce)) > maxNonce)
	if wrong != nil {
		return unauthorized(platform.SignatureInvalid, call.FieldErrors(wrong))
	}
	return nil
}

// signatureFault says in words for the sender why a signature was refused.
func signatureFault(err error) string {
	if errors.Is(err, signature.ErrMalformed) {
		return faultBase64
	}
	return faultMismatch
}
