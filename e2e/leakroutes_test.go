package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
)

// routeRow is a line of a table in docs/ROUTES.md, which is generated from the code.
var routeRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([A-Z]+) \\|")

// drives say for each route what is sent there.
func (w *leakWorld) drives() map[string]func() {
	return map[string]func(){
		"GET /aliyun/call-control":             w.askByGet,
		"POST /aliyun/call-control":            w.askByPost,
		"POST /aliyun/receipts/{token}/{type}": w.pushReceipts,
		"GET /healthz":                         func() { w.misuse("/healthz", w.public) },
		"POST /huawei/call-events":             w.pushEvents,
		"POST /huawei/cdrs":                    w.pushFees,
		"POST /huawei/number-status":           w.pushStates,
		"POST /huawei/sms":                     w.pushTexts,

		"GET /metrics":                    func() { w.misuse("/metrics", w.admin) },
		"GET /openapi.json":               func() { w.misuse("/openapi.json", w.admin) },
		"POST /provision_x":               w.provision,
		"GET /readyz":                     func() { w.misuse("/readyz", w.admin) },
		"GET /v1/audit":                   func() { w.listBadly("/v1/audit") },
		"POST /v1/bindings/import":        w.importBindings,
		"DELETE /v1/bindings/{id}":        func() { w.byBadID(http.MethodDelete, "/v1/bindings/", "") },
		"GET /v1/bindings/{id}":           func() { w.byBadID(http.MethodGet, "/v1/bindings/", "") },
		"PUT /v1/bindings/{id}":           w.putBindings,
		"GET /v1/bindings":                func() { w.listBadly("/v1/bindings", "x", "owner") },
		"POST /v1/bindings":               w.postBindings,
		"GET /v1/calls":                   w.readCalls,
		"GET /v1/cdrs":                    w.readRecords,
		"POST /v1/decide":                 w.decide,
		"GET /v1/numbers":                 func() { w.listBadly("/v1/numbers") },
		"POST /v1/quarantine/{id}/retry":  func() { w.quarantined(http.MethodPost, "/retry") },
		"DELETE /v1/quarantine/{id}":      func() { w.quarantined(http.MethodDelete, "") },
		"GET /v1/quarantine/{id}":         func() { w.quarantined(http.MethodGet, "") },
		"GET /v1/quarantine":              w.listQuarantine,
		"GET /v1/recordings/{id}/content": func() { w.byBadID(http.MethodGet, "/v1/recordings/", "/content") },
		"POST /v1/recordings/{id}/retry":  func() { w.byBadID(http.MethodPost, "/v1/recordings/", "/retry") },
		"GET /v1/recordings/{id}":         func() { w.byBadID(http.MethodGet, "/v1/recordings/", "") },
		"GET /v1/recordings":              func() { w.listBadly("/v1/recordings", "platform", "state") },
	}
}

// driveRoutes sends something to every route that there is, those that write before
// those that read.
func (w *leakWorld) driveRoutes() {
	w.t.Helper()
	page, err := os.ReadFile("../docs/ROUTES.md")
	if err != nil {
		w.t.Fatal(err)
	}
	drives := w.drives()
	var routes []string
	for _, row := range routeRow.FindAllStringSubmatch(string(page), -1) {
		routes = append(routes, row[2]+" "+row[1])
	}
	if undriven := slices.DeleteFunc(slices.Clone(routes), func(r string) bool { return drives[r] != nil }); len(undriven) > 0 {
		w.t.Fatalf("nothing is sent to %q", undriven)
	}
	if len(routes) != len(drives) {
		w.t.Fatalf("%d routes, but %d are driven: %q", len(routes), len(drives), slices.Sorted(maps.Keys(drives)))
	}
	w.bindEverything()
	slices.SortFunc(routes, func(a, b string) int { return strings.Compare(rank(a)+a, rank(b)+b) })
	for _, r := range routes {
		drives[r]()
	}
}

// rank has what removes things come last, and what the platforms send first.
func rank(route string) string {
	switch {
	case strings.HasPrefix(route, "DELETE"):
		return "3"
	case strings.Contains(route, "/v1/") || strings.Contains(route, "retry"):
		return "2"
	}
	return "1"
}

// bindEverything makes the bindings that calls go through.
func (w *leakWorld) bindEverything() {
	w.bind(w.binding("100001", "pair", `,"peers":["`+w.number("pair: peer")+`"],"record":true`))
	w.bind(w.binding("100002", "open", ""))
	w.bind(w.binding("100003", "extension", `,"extension":"801"`))
	w.bind(w.binding("100004", "intercept", `,"sms":"intercept"`))
}

// binding is one whose numbers are those of a name.
func (w *leakWorld) binding(id, of, more string) string {
	return fmt.Sprintf(`{"id":"%s","x":"%s","a":"%s","user_data":"%s"%s}`, id, w.x(of+": X"), w.number(of+": owner"), w.word(of+": user_data"), more)
}

// misuse sends what a listener does not know, in ways that hold something.
func (w *leakWorld) misuse(path, listener string) {
	number, word := w.number("number in a path"), w.word(secret+"in a query")
	w.wire(listener, "GET", path+"?key="+word+"&caller=%2B86"+number, "")
	w.wire(listener, "POST", path+"?key="+word, `{"caller":"`+number+`"}`)
	w.wire(listener, "OPTIONS", path+"/"+number, "")
	w.wire(listener, "GET", path+"/+86"+number+"/"+word, "", "Authorization: Bearer "+word)
	w.wire(listener, "GET", path+"/%zz"+number, "")
	w.wire(listener, word, path, "")
	w.wire(listener, "GET", path, "", w.word("name of a header")+" : "+number)
	w.wire(listener, "GET", path, "", "X-Forwarded-For: "+w.word("forwarded for"), "Cookie: "+word, "Referer: https://"+word+"/"+number)
	w.wire(listener, "GET", path+"?"+strings.Repeat(number, 3000), "")
	w.wire(listener, "GET", path, "", "X-Long: "+strings.Repeat(word, 3000))
	w.wire(listener, "GET", "https://"+word+"/"+number, "")
	w.wire(listener, "POST", path, number, "Transfer-Encoding: "+word)
}
