package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
)

// listBadly reads a list, and asks for it in ways that are wrong.
func (w *leakWorld) listBadly(path string, params ...string) {
	w.t.Helper()
	number, word := w.number("number for "+path), w.word("word for "+path)
	w.asAdmin(http.MethodGet, path, "")
	for _, param := range append(params, "limit", "cursor", w.word(name+"of a parameter"), number) {
		for _, value := range []string{number, "%2B86" + number, word, "%zz" + number, "", "1&" + param + "=" + number, url.QueryEscape("\x00\xff" + number)} {
			w.asAdmin(http.MethodGet, path+"?"+param+"="+value, "")
		}
	}
	w.wire(w.admin, http.MethodGet, path, "", "Authorization: Basic "+word)
	w.wire(w.admin, http.MethodGet, path, "", "Authorization: Bearer "+word)
	w.misuse(path, w.admin)
}

// byBadID asks for things by ids that are none.
func (w *leakWorld) byBadID(method, before, after string) {
	w.t.Helper()
	number, word := w.number("id of "+before+after), w.word("id of "+before+after+" in letters")
	for _, id := range []string{number, "+86" + number, "%2B86" + number, word, word + "%2F" + number, "%zz" + number, "%00" + word, strings.Repeat("9", 30) + number} {
		w.asAdmin(method, before+id+after, "")
		w.asAdmin(method, before+id+after+"?"+word+"="+number, "")
		w.wire(w.admin, method, before+id+after, "", "Authorization: Bearer "+readKey, "If-Match: "+word, "Range: bytes="+word, "If-None-Match: "+number)
	}
	w.misuse(before+number+after, w.admin)
}

// bindingBodies are bodies with bindings that are wrong.
func (w *leakWorld) bindingBodies(id string) []string {
	good := w.binding(id, "body", `,"peers":["`+w.number("body: peer")+`"],"extension":"77","display":"`+w.number("body: display")+`","sms":"drop","prompts":{"caller":"`+w.word("body: prompt")+`"}`)
	number, word := w.number("body: stray number"), w.word("body: stray word")
	bodies := append(w.mutants(good), w.badBodies(good, number, word)...)
	return append(bodies, good, w.binding("100031", "pair", ""), w.binding("100001", "moved", ""), w.binding(id, "body", `,"`+w.word(name+"in a binding")+`":"`+number+word+`"`),
		w.binding(id, "body", `,"peers":["`+number+`","`+number+`","`+w.number("body: owner")+`"]`))
}

func (w *leakWorld) postBindings() {
	for _, body := range w.bindingBodies("100011") {
		w.asAdmin(http.MethodPost, "/v1/bindings", body)
	}
	w.misuse("/v1/bindings", w.admin)
}

func (w *leakWorld) putBindings() {
	for _, body := range w.bindingBodies("100012") {
		w.asAdmin(http.MethodPut, "/v1/bindings/100012", body)
	}
	w.byBadID(http.MethodPut, "/v1/bindings/", "")
}

func (w *leakWorld) provision() {
	number, word := w.number(name+"id to unbind"), w.word("provision: word")
	call := func(mode, payload string) string {
		return `{"mode":"` + mode + `","user_id":"` + word + `","payload":` + payload + `}`
	}
	for _, mode := range []string{"live", "debug", word} {
		for _, body := range w.bindingBodies("100013") {
			w.asAdmin(http.MethodPost, "/provision_x", call(mode, `{"bind":[`+body+`],"unbind":["`+number+`"]}`))
		}
		w.asAdmin(http.MethodPost, "/provision_x", call(mode, `{"bind":[`+w.binding("100014", "provisioned", "")+`]}`))
		w.asAdmin(http.MethodPost, "/provision_x", call(mode, `{"unbind":["`+word+`","100014",`+number+`]}`))
	}
	for _, body := range append(w.badBodies(call("live", "{}"), number, word), w.mutants(call("live", "{}"))...) {
		w.asAdmin(http.MethodPost, "/provision_x", body)
	}
	w.misuse("/provision_x", w.admin)
}

// importBindings streams lines, whose answers are errors for the most part.
func (w *leakWorld) importBindings() {
	var lines strings.Builder
	for _, body := range w.bindingBodies("100015") {
		lines.WriteString(strings.ReplaceAll(body, "\n", " ") + "\n")
	}
	r := w.wire(w.admin, http.MethodPost, "/v1/bindings/import", lines.String(), "Authorization: Bearer "+apiKey, "Content-Type: application/x-ndjson")
	w.hears("what an import answers", r.body)
	w.asAdmin(http.MethodPost, "/v1/bindings/import", lines.String()[:200])
	w.misuse("/v1/bindings/import", w.admin)
}

func (w *leakWorld) decide() {
	question := `{"platform":"aliyun","kind":"voice","caller":"` + w.number("pair: peer") + `","x":"` + w.x("pair: X") + `","extension":"1"}`
	for _, body := range append(w.mutants(question), w.badBodies(question, w.number("decide: number"), w.word("decide: word"))...) {
		w.asAdmin(http.MethodPost, "/v1/decide", body)
	}
	w.misuse("/v1/decide", w.admin)
}

func (w *leakWorld) readCalls() {
	for _, id := range []string{w.session("query: call id"), w.session("event: session"), w.session("call that is not there")} {
		for _, platform := range []string{"aliyun", "huawei", w.word("platform")} {
			w.asAdmin(http.MethodGet, "/v1/calls?platform="+platform+"&call_id="+url.QueryEscape(id), "")
		}
	}
	w.listBadly("/v1/calls", "platform", "call_id")
}

func (w *leakWorld) readRecords() {
	for _, form := range []string{"application/x-ndjson", "text/csv", w.word("form of records")} {
		w.wire(w.admin, http.MethodGet, "/v1/cdrs?caller="+w.number("pair: peer"), "", "Authorization: Bearer "+readKey, "Accept: "+form)
	}
	w.listBadly("/v1/cdrs", "x", "caller", "since", "until", "platform")
}

// listQuarantine looks at why things are in quarantine: nothing of them is in the
// reasons.
func (w *leakWorld) listQuarantine() {
	w.t.Helper()
	if len(w.kept()) < 20 {
		w.t.Errorf("only %d in quarantine", len(w.kept()))
	}
	w.listBadly("/v1/quarantine")
}

// kept are the ids of what is in quarantine.
func (w *leakWorld) kept() (ids []string) {
	w.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID, Platform, Kind, Reason string }
			Next  string `json:"next_cursor"`
		}
		w.gets("/v1/quarantine?limit=100&cursor="+url.QueryEscape(cursor), &page)
		for _, item := range page.Items {
			w.hears("a reason for quarantine", item.Platform+" "+item.Kind+" "+item.Reason)
			ids = append(ids, item.ID)
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
}

func (w *leakWorld) quarantined(method, action string) {
	w.t.Helper()
	ids := w.kept()
	for _, id := range ids[:min(len(ids), 40)] {
		w.asAdmin(method, "/v1/quarantine/"+id+action, "")
	}
	w.byBadID(method, "/v1/quarantine/", action)
}
