package handlers_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

// document is what the tests look at in the OpenAPI document.
type document struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas map[string]struct {
			Properties map[string]json.RawMessage
			Required   []string
		}
	}
}

type operation struct {
	OperationID string `json:"operationId"`
	Role        string `json:"x-role"`
	Responses   map[string]json.RawMessage
}

// served fetches the document as a client does.
func served(t *testing.T, e *echo.Echo) (document, []byte) {
	t.Helper()
	w := send(t, e, "GET", "/openapi.json", "", key(readKey))
	var doc document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 {
		t.Fatalf("answered %d, %v", w.Code, err)
	}
	return doc, w.Body.Bytes()
}

// Every route is in the document, and every operation of the document a route.
func TestOpenAPIAgreesWithTheRoutes(t *testing.T) {
	e := admin(deps(t, working()))
	doc, _ := served(t, e)
	var routes, operations []string
	for _, r := range e.Routes() {
		if r.Method != http.MethodOptions { // a 405 on every path
			routes = append(routes, r.Method+" "+strings.ReplaceAll(r.Path, ":id", "{id}"))
		}
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			operations = append(operations, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routes)
	slices.Sort(operations)
	if !slices.Equal(routes, operations) || len(routes) < 12 {
		t.Errorf("routes\n%s\noperations\n%s", strings.Join(routes, "\n"), strings.Join(operations, "\n"))
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
}

// The document names the role that is needed, and the status of success.
func TestOpenAPIAgreesWithTheRoles(t *testing.T) {
	doc, _ := served(t, admin(deps(t, working())))
	open := 0
	pattern := strings.NewReplacer("/7", "/{id}", "/"+heldID, "/{id}", "/"+recordingID, "/{id}", "/"+goneID, "/{id}", "?platform=acme&call_id=c", "")
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.Role == "" {
				open++
				continue
			}
			i := slices.IndexFunc(adminCalls, func(c struct {
				method, path, body, role string
				status                   int
			}) bool {
				return strings.ToLower(c.method) == method && pattern.Replace(c.path) == path
			})
			if i < 0 {
				t.Errorf("%s %s is not among the calls of the role test", method, path)
				continue
			}
			c := adminCalls[i]
			if _, ok := op.Responses[map[int]string{200: "200", 201: "201", 204: "204"}[c.status]]; c.role != op.Role || !ok {
				t.Errorf("%s %s: role %s, want %s; status %d there: %v", method, path, op.Role, c.role, c.status, ok)
			}
		}
	}
	if open != 2 { // readyz and metrics
		t.Errorf("%d operations without a role", open)
	}
}

// The schemas have the fields of the structs, no more and no less.
func TestOpenAPIAgreesWithTheStructs(t *testing.T) {
	doc, _ := served(t, admin(deps(t, working())))
	for schema, typ := range map[string]reflect.Type{
		"Binding": reflect.TypeFor[handlers.Binding](),
		"Prompts": reflect.TypeFor[handlers.Prompts](),
		"Record":  reflect.TypeFor[handlers.Record](), "Cause": reflect.TypeFor[handlers.Cause](),
		"Call": reflect.TypeFor[handlers.Call](), "Recording": reflect.TypeFor[handlers.Recording](),
		"NumberStatus": reflect.TypeFor[handlers.NumberStatus](),
		"Quarantined":  reflect.TypeFor[handlers.Quarantined](), "Requeued": reflect.TypeFor[handlers.Requeued](),
	} {
		var want, got []string
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want = append(want, name)
		}
		for name := range doc.Components.Schemas[schema].Properties {
			got = append(got, name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) || len(got) == 0 {
			t.Errorf("%s: schema %v, struct %v", schema, got, want)
		}
	}
}

// The schemas have the fields that stores write, no more and no less, and all of
// them are always there.
func TestOpenAPIAgreesWithTheDocuments(t *testing.T) {
	doc, _ := served(t, admin(deps(t, working())))
	for schema, text := range map[string][]byte{
		"Record":      store.AppendRecord(nil, &call.Record{RecordingID: recordingID}, store.Pushed{}, []byte("{}")),
		"Event":       store.AppendEvent(nil, &call.Event{RecordingID: recordingID}, store.Pushed{}, []byte("{}")),
		"LoggedQuery": store.AppendQuery(nil, &call.Trace{}),
	} {
		var written map[string]json.RawMessage
		if err := json.Unmarshal(text, &written); err != nil {
			t.Fatal(err)
		}
		described := doc.Components.Schemas[schema]
		want := slices.Sorted(maps.Keys(written))
		if got := slices.Sorted(maps.Keys(described.Properties)); !slices.Equal(want, got) || len(got) == 0 {
			t.Errorf("%s: schema %v, document %v", schema, got, want)
		}
		want = slices.DeleteFunc(want, func(name string) bool { return name == "recording_id" }) // only where there is one
		if got := slices.Sorted(slices.Values(described.Required)); !slices.Equal(want, got) {
			t.Errorf("%s: required %v", schema, got)
		}
	}
}

// Every reference leads somewhere, and nothing is described that nobody uses.
func TestOpenAPIReferences(t *testing.T) {
	_, text := served(t, admin(deps(t, working())))
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(doc)
	there := map[string]bool{}
	for kind, list := range doc["components"].(map[string]any) {
		for name := range list.(map[string]any) {
			if ref := "#/components/" + kind + "/" + name; kind != "securitySchemes" {
				if there[ref] = true; !used[ref] {
					t.Errorf("%s is not used", ref)
				}
			}
		}
	}
	for ref := range used {
		if !there[ref] {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	if len(used) < 30 {
		t.Errorf("only %d references", len(used))
	}
}
