package handlers

import (
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"xmode/call"
)

// wordRequired is the fault of a field that has to be there.
const wordRequired = "required"

// newValidator knows the shapes of a binding's fields. Its faults carry the
// names of the fields in JSON.
func newValidator(known []KnownPlatform) *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for tag, holds := range map[string]func(string) bool{
		"id":        func(s string) bool { _, err := call.ParseID(s); return err == nil },
		"platform":  func(s string) bool { _, ok := findPlatform(known, s); return ok },
		"extension": func(s string) bool { d, ok := call.NormalExtension(s); return ok && d == s },
		"instant":   func(s string) bool { _, err := parseInstant(s); return err == nil },
	} {
		// The error would be that of an empty tag or a nil function.
		_ = v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return holds(f.Field().String()) })
	}
	return v
}

// findPlatform looks a platform up by its name.
func findPlatform(known []KnownPlatform, name string) (KnownPlatform, bool) {
	for _, p := range known {
		if string(p.Name) == name {
			return p, true
		}
	}
	return KnownPlatform{}, false
}

// wording says in words what a field must be; nothing of its value.
func wording(e validator.FieldError) string {
	switch e.Tag() {
	case "required":
		return wordRequired
	case "id":
		return "must be 1 to 9007199254740991 in decimal, without leading zero"
	case "platform":
		return "no such platform"
	case "extension":
		return "must be 1 to 8 digits"
	case "instant":
		return "must be an RFC 3339 time"
	case "oneof":
		return "must be one of " + strings.ReplaceAll(e.Param(), " ", ", ")
	case "min":
		return "must be at least " + e.Param()
	}
	return atMost(e)
}

// atMost words an upper limit.
func atMost(e validator.FieldError) string {
	switch e.Kind() {
	case reflect.Slice:
		return "must be at most " + e.Param() + " items"
	case reflect.String:
		return "must be at most " + e.Param() + " bytes"
	}
	return "must be at most " + e.Param()
}
