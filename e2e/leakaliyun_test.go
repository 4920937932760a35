package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xmode/platform/aliyun/sim"
)

// asks sends a query signed with a key, and notes an error.
func (w *leakWorld) asks(via sim.Via, key string, q sim.Query) {
	w.t.Helper()
	c, err := sim.New(sim.Config{URL: "http://" + w.public + "/aliyun/call-control", Key: key, Via: via, Now: time.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	x, err := c.Send(w.t.Context(), q)
	if err == nil {
		w.notes("query", reply{x.Status, nil, string(x.Raw)})
	}
}

// queries are good ones and bad ones, in all that a sender can choose.
func (w *leakWorld) queries() []sim.Query {
	stray := w.number("query: stray number")
	peer, x := w.number("pair: peer"), w.x("pair: X")
	all := []sim.Query{
		{Caller: peer, X: x, CallID: w.session("query: call id")},
		{Caller: peer, X: x, CallID: w.word("query: call id of a text"), Kind: sim.SMS},
		{Caller: w.number("pair: owner"), X: x, CallID: w.word("query: call id of the owner")},
		{Caller: "+86" + w.number("open: caller"), X: w.x("open: X"), CallID: w.word("query: call id to an open number")},
		{Caller: "0086" + w.number("extension: caller"), X: w.x("extension: X"), CallID: w.session("query: call id that is asked")},
		{Caller: w.number("extension: caller"), X: w.x("extension: X"), Extension: "801", CallID: w.session("query: call id that is asked")},
		{Caller: w.number("extension: caller"), X: w.x("extension: X"), Extension: w.word("query: extension"), CallID: w.word("query: odd extension")},
		{Caller: w.number("intercept: caller"), X: w.x("intercept: X"), Kind: sim.SMS, CallID: w.word("query: intercepted")},
		{Caller: stray, X: stray, CallID: w.session("query: call id of nobody")},
		{Caller: w.word("query: caller"), X: x, CallID: w.word("query: call id of a caller that is none")},
	}
	for _, bad := range []string{"", w.word("query: bad value"), stray + "\x00", "\xff" + stray, strings.Repeat(stray, 100), "+86 " + stray, stray + "\n" + stray} {
		good := all[0]
		good.X = bad
		all = append(all, good)
		good = all[0]
		good.CallID = bad
		all = append(all, good)
		good = all[0]
		good.Kind = sim.Kind(bad)
		all = append(all, good)
	}
	return all
}

func (w *leakWorld) askByGet() {
	const path = "/aliyun/call-control"
	for _, q := range w.queries() {
		w.asks(sim.ViaGET, signingKey, q)
		w.asks(sim.ViaGET, w.word(secret+"wrong key"), q)
	}
	values := w.platform(sim.ViaGET).Sign(w.queries()[0])
	signed := path + "?" + values.Encode()
	number := w.number("query: number behind a signature")
	for _, target := range []string{
		signed, signed, signed + "&callNo=" + number, signed + "&" + number + "=" + number, signed + ";" + number,
		path + "?secretNo=" + number + "&callNo=%zz", path + "?" + strings.Repeat("a="+number+"&", 70), path + "?callId=" + url.QueryEscape("+86"+number),
		path + "?callNo=" + strings.Repeat(number, 1600), path + "/" + number + "?" + values.Encode(),
	} {
		w.wire(w.public, "GET", target, "")
		w.wire(w.public, "DELETE", target, "")
	}
	replayed := maps.Clone(values)
	replayed.Set("callNo", number)
	w.wire(w.public, "GET", path+"?"+replayed.Encode(), "")
	for param := range values {
		without, other := maps.Clone(values), maps.Clone(values)
		without.Del(param)
		other.Set(param, w.word("query: "+param)+number)
		w.wire(w.public, "GET", path+"?"+without.Encode(), "")
		w.wire(w.public, "GET", path+"?"+other.Encode(), "")
	}
	w.misuse(path, w.public)
}

func (w *leakWorld) askByPost() {
	for _, q := range w.queries() {
		w.asks(sim.ViaForm, signingKey, q)
		w.asks(sim.ViaJSON, signingKey, q)
		w.asks(sim.ViaJSON, w.word(secret+"wrong key"), q)
	}
	number, word := w.number("query: number in a body"), w.word("query: word in a body")
	for _, kind := range []string{"application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=" + word, word} {
		for _, body := range w.badBodies(`{"callNo":"`+number+`","callId":"`+word+`"}`, number, word) {
			w.wire(w.public, "POST", "/aliyun/call-control", body, "Content-Type: "+kind)
			w.wire(w.public, "POST", "/aliyun/call-control?callNo="+number, body, "Content-Type: "+kind, "Content-Encoding: gzip")
		}
	}
}

// badBodies are a body that is right, and what may become of it.
func (w *leakWorld) badBodies(good, number, word string) []string {
	field := w.word(name + "in a body")
	return []string{
		good, good[:len(good)/2], good + number, "[" + good, `"` + number + `"`, number, number + "=%zz", word, "callNo=" + number + "&callNo=" + number,
		`{"` + number + `":{"` + field + `":"` + word + `"}}`, `{"callId":` + number + `e999}`, "{\"" + number + "\":\"\xff\"}", `{"` + field + `":1,"` + field + `":"` + word + `"}`,
		strings.Repeat("[", 10_000) + number, strings.Repeat(number, 120_000), `{"callNo":"` + number + `\ud800"}`, "\x1f\x8b" + number,
	}
}

// mutants are a record with each of its fields in turn changed into what it should not be.
func (w *leakWorld) mutants(record string) (all []string) {
	w.t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(record), &fields); err != nil {
		w.t.Fatal(err)
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		number, word, inside := w.number("stray number in "+field), w.word("stray word in "+field), w.word(name+"in "+field)
		for _, stray := range []string{
			number, `"` + number + `"`, `"` + word + `"`, `{"` + inside + `":"` + number + `"}`, `["` + number + `"]`, number + "e99", `"2024-13-` + number + `"`, "true",
		} {
			other := maps.Clone(fields)
			other[field] = json.RawMessage(stray)
			text, err := json.Marshal(other)
			if err != nil {
				w.t.Fatal(err)
			}
			all = append(all, string(text))
		}
	}
	return all
}

// aliyunCall is a call with a value of its own in each field.
func (w *leakWorld) aliyunCall() sim.Call {
	c := recordedCall(w.session("receipt: call id"), 20*time.Minute)
	c.ID, c.PoolKey, c.OutID = 4711, w.word("receipt: pool key"), w.word("receipt: out id")
	c.Phone, c.X, c.Peer = w.number("pair: peer"), w.x("pair: X"), w.number("pair: owner")
	c.RecordURL = "https://" + w.word("receipt: host") + ".example.com/" + w.word("receipt: file") + "?sig=" + w.word("receipt: signature")
	return c
}

// receiptsOf are good receipts, by their types.
func (w *leakWorld) receiptsOf() map[sim.Type]sim.Receipt {
	c := w.aliyunCall()
	return map[sim.Type]sim.Receipt{
		sim.SecretStartReport: c.Start(), sim.SecretRingReport: c.Ring(), sim.SecretPickUpReport: c.PickUp(), sim.SecretReport: c.Report(),
		sim.SecretRecording: c.Recording(), sim.NumberManagementReport: sim.Number{X: w.x("number: X"), PoolKey: "p", Vendor: 1, At: time.Now()}.Receipt(),
		sim.SecretSmsIntercept: sim.Intercept{ID: 9, CallID: w.word("text: id"), Sender: w.number("text: sender"), X: w.x("intercept: X"),
			Receiver: w.number("text: receiver"), Content: w.word("text: content"), OutID: w.word("text: out id"), At: time.Now()}.Receipt(),
		"SecretAsrReport": {"call_id": c.CallID, "text": w.word("speech"), "phone_no": c.Phone}, "SmartLogisticsReport": {"call_id": c.CallID, "phone_no": c.Phone},
	}
}

func (w *leakWorld) pushReceipts() {
	w.t.Helper()
	number, word := w.number("receipt: number"), w.word("receipt: word")
	types := w.receiptsOf()
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		address := "/aliyun/receipts/" + receiptToken + "/" + string(kind)
		text, err := json.Marshal(types[kind])
		if err != nil {
			w.t.Fatal(err)
		}
		push := func(body string, headers ...string) {
			w.wire(w.public, "POST", address, body, append(headers, "Content-Type: application/json")...)
		}
		push("[" + string(text) + "]")
		push("["+string(text)+"]", "Content-Encoding: "+word)
		for some := range slices.Chunk(w.mutants(string(text)), 50) {
			push("[" + strings.Join(some, ",") + "]")
		}
		for _, body := range w.badBodies(string(text), number, word) {
			push(body)
		}
		for _, target := range []string{"/aliyun/receipts/" + word + "/" + string(kind), address + "/" + number, address + "?" + number + "=" + word} {
			w.wire(w.public, "POST", target, string(text))
			w.wire(w.public, "GET", target, "")
		}
		w.misuse(address, w.public)
	}
	w.misuse("/aliyun/receipts/"+receiptToken, w.public)
	w.wire(w.public, "POST", "/aliyun/receipts/"+receiptToken+"/"+number, "[]")
}

// everythingOnce sends a little of everything, whatever comes back.
func (w *leakWorld) everythingOnce() {
	w.t.Helper()
	for i, q := range w.queries()[:8] {
		q.CallID += fmt.Sprint("-", i)
		w.asks(sim.ViaGET, signingKey, q)
	}
	c := w.aliyunCall()
	for kind, r := range map[sim.Type]sim.Receipt{sim.SecretReport: c.Report(), sim.SecretRecording: c.Recording()} {
		text, _ := sim.Batch(r)
		w.wire(w.public, "POST", "/aliyun/receipts/"+receiptToken+"/"+string(kind), string(text))
	}
	w.huaweiOnce()
	for _, target := range []string{"/v1/bindings?x=" + w.x("pair: X"), "/v1/bindings?owner=" + w.number("pair: owner"), "/v1/bindings/100001", "/v1/audit",
		"/v1/calls?platform=aliyun&call_id=" + url.QueryEscape(c.CallID), "/v1/cdrs?caller=" + c.Phone, "/v1/cdrs?x=" + c.X, "/v1/numbers", "/v1/quarantine", "/v1/recordings"} {
		w.asAdmin(http.MethodGet, target, "")
	}
	w.asAdmin(http.MethodPut, "/v1/bindings/100001", w.binding("100001", "pair", ""))
	w.asAdmin(http.MethodPost, "/v1/bindings", w.binding("100021", "another", ""))
	w.asAdmin(http.MethodDelete, "/v1/bindings/100021", "")
	w.importBindings()
	w.decide()
}
