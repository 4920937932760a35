package aliyun

import "xmode/platform"

// receiptPath has an element for a secret, since the platform does not sign
// receipts, and one for their type, which their body does not say.
const receiptPath = "/aliyun/receipts/:token/:type"

// maxNesting is how deep a body may nest. Its items are held to less when they
// are read, so that one too deep does not make its batch fail.
const maxNesting = 64

// faultBatch says what the body of a push has to be.
const faultBatch = "must be a JSON array of receipts"

// receipts takes a push: an array of receipts by the page, a single one as
// well, whatever its content type says. Who has no token learns nothing.
func (a *Adapter) receipts(m platform.Message) (platform.Received, error) {
	admitted, kind := a.admits(m.Params["token"]), m.Params["type"]
	if !admitted || readerOf(kind) == nil {
		return platform.Received{}, absent()
	}
	items, ok := split(m.Body)
	if !ok {
		return platform.Received{Push: &platform.Push{Kind: kind, Items: [][]byte{m.Body}}, Broken: malformed("body", faultBatch)}, nil
	}
	return platform.Received{Push: &platform.Push{Kind: kind, Items: items}}, nil
}

// split returns the items of an array, or an object as the only one: parts of
// the body, not copies, valid but for what is in their strings. ok is false
// where the body is neither.
func split(body []byte) (items [][]byte, ok bool) {
	start := platform.SkipSpace(body, 0)
	end := platform.EndOfJSON(body, start, maxNesting)
	if end < 0 || platform.SkipSpace(body, end) < len(body) {
		return nil, false
	}
	switch body = body[start:end]; {
	case platform.IsObject(body):
		return [][]byte{body}, true
	case platform.IsList(body):
		platform.Items(body, func(item []byte) { items = append(items, item) })
		return items, true
	}
	return nil, false
}
