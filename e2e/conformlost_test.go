package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// losesPushes acknowledges what it does not keep, as an endpoint does that
// acknowledges before it stores, and falls over in between: the endpoint behind it
// hears of other calls than those that were pushed.
func losesPushes(x *passing) {
	if isPush(x) {
		x.body = strings.ReplaceAll(x.body, "conform-", "elsewhere-")
	}
}

// isPush tells pushes of what happened from questions.
func isPush(x *passing) bool {
	switch {
	case x.path == recordsPath, strings.HasPrefix(x.path, receiptsPath):
		return true
	}
	return x.path == eventsPath && !x.has(`"callin"`)
}

// forgetsDuplicates takes a call record that it had before for a new one: the
// endpoint behind it hears of each under another identity.
func forgetsDuplicates() func(*passing) {
	var mu sync.Mutex
	had := map[string]int{}
	anew := func(records []any, identity string) (changed bool) {
		mu.Lock()
		defer mu.Unlock()
		for _, one := range records {
			record, _ := one.(map[string]any)
			id := fmt.Sprint(record[identity])
			if record[identity] == nil {
				continue
			}
			if had[id]++; had[id] > 1 {
				record[identity], changed = fmt.Sprintf("%s-%d", id, had[id]), true
			}
		}
		return changed
	}
	return func(x *passing) {
		switch {
		case x.path == recordsPath:
			var push map[string]any
			list := func() []any { all, _ := push["feeLst"].([]any); return all }
			if exactly(x.body, &push) && anew(list(), "icid") {
				x.body = written(push)
				signAnew(x) // or it is another body under the nonce of the first
			}
		case strings.HasSuffix(x.path, "/SecretReport"):
			var list []any
			if exactly(x.body, &list) && anew(list, "id") {
				x.body = written(list)
			}
		}
	}
}

// exactly decodes JSON with its numbers as they are spelt.
func exactly(text string, into any) bool {
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	return in.Decode(into) == nil
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "" // what was decoded can be encoded
	}
	return string(text)
}

// signAnew signs a push as the platform would.
func signAnew(x *passing) {
	if req, err := huawei(x.path, x.body).request(x.ctx, "endpoint.example"); err == nil {
		x.header = req.Header
	}
}
