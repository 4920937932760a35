package handlers

import (
	_ "embed" // for the document
	"encoding/json"
)

// openAPIDocument describes the admin listener; a test holds it against the
// routes and the shapes.
//
//go:embed openapi.json
var openAPIDocument string

// openAPI shows the document.
func openAPI(*request, struct{}) (reply, error) {
	return reply{body: json.RawMessage(openAPIDocument)}, nil
}
