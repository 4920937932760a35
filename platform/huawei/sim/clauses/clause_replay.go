package clauses

import (
	"context"
	"net/http"
	"time"

	"xmode/simulator/conform"
)

// stamps are the clauses about when a push was signed.
func (t *trial) stamps() []conform.Clause {
	rule := conform.Rule
	const ref = "P1 Request headers"
	const day = 24 * time.Hour
	return []conform.Clause{
		rule("HW-SIG-40", conform.Inferred, ref, "A callin that was signed yesterday is refused.",
			"header/Created", t.askedAt("a callin that was signed yesterday", -day)),
		rule("HW-SIG-41", conform.Inferred, ref, "A callin that was signed tomorrow is refused.",
			"header/Created", t.askedAt("a callin that was signed tomorrow", day)),
		rule("HW-SIG-42", conform.Doc, ref, "Created is UTC in the form yyyy-MM-dd'T'HH:mm:ss'Z'; another form is refused.",
			"header/Created", t.oddStamps),
		rule("HW-SIG-43", conform.Inferred, ref, "A Created some seconds off is within the window.",
			"header/Created", t.skewed),
		rule("HW-SIG-44", conform.Inferred, "P2 Re-push", "A record that was signed five hours ago, when it was pushed first, is acknowledged.",
			"push/schedule push/repush-created", t.oldRecord),
		rule("HW-SIG-45", conform.Inferred, "P2 Re-push", "A record that was signed tomorrow is refused.",
			"header/Created", t.futureRecord),
	}
}

func (t *trial) askedAt(what string, off time.Duration) conform.Check {
	return func(ctx context.Context) error {
		return t.askUnder(ctx, what, t.stamped(off), t.any()).WantRefused()
	}
}

func (t *trial) oddStamps(ctx context.Context) error {
	now := t.c.Now()
	return each(ctx, []string{
		now.UTC().Format("2006-01-02 15:04:05"), now.UTC().Format("20060102150405"), now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), "now",
	}, func(ctx context.Context, created string) error {
		k := t.tokenOf(t.c.Scheme, t.c.AppKey, t.c.AppSecret, t.token().nonce, created)
		return t.askUnder(ctx, `a callin with Created "`+created+`"`, k, t.any()).WantRefused()
	})
}

func (t *trial) skewed(ctx context.Context) error {
	return each(ctx, []time.Duration{-20 * time.Second, 20 * time.Second}, func(ctx context.Context, off time.Duration) error {
		_, err := decided(t.askUnder(ctx, "a callin signed 20 s off", t.stamped(off), t.any()))
		return err
	})
}

func (t *trial) oldRecord(ctx context.Context) error {
	return t.post(ctx, "a call record that was signed five hours ago", t.recordsAddress(), t.stamped(-5*time.Hour), t.feeBody()).WantEmpty()
}

func (t *trial) futureRecord(ctx context.Context) error {
	return t.post(ctx, "a call record that was signed tomorrow", t.recordsAddress(), t.stamped(24*time.Hour), t.feeBody()).WantRefused()
}

// replays are the clauses about messages that come again.
func (t *trial) replays() []conform.Clause {
	rule := conform.Rule
	return []conform.Clause{
		rule("HW-RPL-01", conform.Inferred, "P1 Re-push", "The same signed callin at once again is answered again, the same way.",
			"push/repush-callin", t.askedTwice),
		rule("HW-RPL-02", conform.Inferred, "P1 Re-push", "Another callin under a nonce that was used is refused.",
			"push/nonce-replay", t.nonceTwice),
		rule("HW-RPL-03", conform.Inferred, "P2 Re-push", "A record that comes again under the same nonce is acknowledged: a used nonce alone turns no re-push away.",
			"push/repush-nonce", t.pushedTwice),
		rule("HW-RPL-04", conform.Inferred, "P2 Re-push", "Another record under a nonce that was used is refused.",
			"push/nonce-replay", t.otherUnderNonce),
		rule("HW-RPL-05", conform.Inferred, "P2 Re-push", "A nonce that was used for a callin does not let another record in.",
			"push/nonce-replay", t.nonceElsewhere),
	}
}

func (t *trial) askedTwice(ctx context.Context) error {
	k, info := t.token(), t.any()
	first, err := decided(t.askUnder(ctx, "a callin", k, info))
	if err != nil {
		return err
	}
	again, err := decided(t.askUnder(ctx, "the same signed callin again", k, info))
	if err == nil && again.operation() != first.operation() {
		err = again.Fault("the operation was %s the first time", first.operation())
	}
	return err
}

func (t *trial) nonceTwice(ctx context.Context) error {
	k := t.token()
	if _, err := decided(t.askUnder(ctx, "a callin", k, t.any())); err != nil {
		return err
	}
	return t.askUnder(ctx, "another callin under the same nonce", k, t.any()).WantRefused()
}

func (t *trial) pushedTwice(ctx context.Context) error {
	k, body := t.token(), t.feeBody()
	return each(ctx, []string{"a call record", "the same signed call record again"}, func(ctx context.Context, what string) error {
		return t.post(ctx, what, t.recordsAddress(), k, body).WantEmpty()
	})
}

func (t *trial) otherUnderNonce(ctx context.Context) error {
	k := t.token()
	if err := t.post(ctx, "a call record", t.recordsAddress(), k, t.feeBody()).WantEmpty(); err != nil {
		return err
	}
	return t.post(ctx, "another call record under the same nonce", t.recordsAddress(), k, t.feeBody()).WantRefused()
}

func (t *trial) nonceElsewhere(ctx context.Context) error {
	k := t.token()
	if _, err := decided(t.askUnder(ctx, "a callin", k, t.any())); err != nil {
		return err
	}
	return t.post(ctx, "a call record under the nonce of a callin", t.recordsAddress(), k, t.feeBody()).WantRefused()
}

// transports are the clauses about how pushes come.
func (t *trial) transports() []conform.Clause {
	rule := conform.Rule
	return []conform.Clause{
		rule("HW-TRN-01", conform.Doc, "P1 Interface", "Pushes are POSTs: other methods get a status 4xx.",
			"transport/method", t.methods),
		rule("HW-TRN-02", conform.Inferred, "P1 Request headers", "A push is taken whatever its Content-Type says.",
			"header/Content-Type", t.contentTypes),
		rule("HW-TRN-03", conform.Doc, "P8 Receiving", "The body is read as it comes: spaces and line breaks in the JSON do not matter.",
			"transport/raw-body", t.spacedBody),
		rule("HW-TRN-04", conform.Doc, "P8 Connections", "Connections are short: each push comes by one of its own.",
			"transport/connections", t.accepts("a callin on a connection of its own", t.token, same)),
	}
}

func (t *trial) methods(ctx context.Context) error {
	for _, address := range []string{t.c.Addresses.Status, t.c.Addresses.Records, t.c.Addresses.Numbers, t.c.Addresses.SMS} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			m := conform.Message{What: "a signed " + method, Method: method, URL: address, Header: t.token().headers()}
			if err := t.c.Sender.Send(ctx, m).WantRefused(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *trial) contentTypes(ctx context.Context) error {
	return each(ctx, []string{"application/json", "text/plain", "application/octet-stream"}, func(ctx context.Context, kind string) error {
		h := t.token().headers()
		h["Content-Type"] = []string{kind}
		m := conform.Message{What: "a callin with the Content-Type " + kind, Method: http.MethodPost, URL: t.c.Addresses.Status, Header: h, Body: event("callin", t.any())}
		_, err := decided(t.c.Sender.Send(ctx, m))
		return err
	})
}

func (t *trial) spacedBody(ctx context.Context) error {
	body := "\r\n { \"statusInfo\" : " + text(t.any()) + " ,\n\t\"eventType\" : \"callin\" }\n"
	_, err := decided(t.post(ctx, "a callin with line breaks in its JSON", t.c.Addresses.Status, t.token(), body))
	return err
}
