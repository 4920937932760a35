package handlers

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"xmode/platform"
)

// shapes decodes JSON into structs as their json tags say, and more strictly
// than encoding/json: names count in their exact spelling, unknown and repeated
// ones are faults, and every fault is found, not only the first. A null counts
// as left out. Supported are what requests are made of: strings, booleans,
// whole numbers, objects (also behind a pointer, to tell whether they were
// there), lists, and json.RawMessage for what is looked at later.
type shapes map[reflect.Type]map[string]int

// newShapes knows the given structs and those inside them.
func newShapes(types ...reflect.Type) shapes {
	s := shapes{}
	for _, t := range types {
		s.learn(t)
	}
	return s
}

// learn files the fields of a struct by their names in JSON.
func (s shapes) learn(t reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || s[t] != nil {
		return
	}
	s[t] = make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		s[t][name] = i
		s.learn(t.Field(i).Type)
	}
}

// object decodes an object that platform.CheckJSON has passed into the struct that dst
// points to. The faults are by path: "x", "prompts.caller".
func (s shapes) object(text []byte, dst any) faults {
	var f faults
	text = text[platform.SkipSpace(text, 0):]
	s.structure(text, reflect.ValueOf(dst).Elem(), "", &f)
	return f
}

// structure decodes an object into a struct; prefix ends in a dot or is empty.
func (s shapes) structure(text []byte, dst reflect.Value, prefix string, f *faults) {
	fields := s[dst.Type()]
	var seen uint64 // bit i: field i was there; no request has 64 fields
	platform.Members(text, func(name string, value []byte) {
		i, known := fields[name]
		switch {
		case !known:
			f.add(prefix+shown(name), "unknown field")
		case seen&(1<<i) != 0:
			f.add(prefix+name, "occurs twice")
		default:
			seen |= 1 << i
			s.value(value, dst.Field(i), prefix+name, f)
		}
	})
}

// value decodes one value.
func (s shapes) value(text []byte, dst reflect.Value, path string, f *faults) {
	if platform.IsNull(text) {
		return
	}
	if dst.Type() == reflect.TypeFor[json.RawMessage]() {
		dst.SetBytes(text)
		return
	}
	fault := ""
	switch dst.Kind() {
	case reflect.String:
		fault = setString(text, dst)
	case reflect.Bool:
		fault = setBool(text, dst)
	case reflect.Int:
		fault = setInt(text, dst)
	case reflect.Slice:
		fault = s.list(text, dst)
	case reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		s.value(text, dst.Elem(), path, f)
	case reflect.Struct:
		if !platform.IsObject(text) {
			fault = "must be an object"
			break
		}
		s.structure(text, dst, path+".", f)
	}
	if fault != "" {
		f.add(path, fault)
	}
}

// list decodes a list of values that have no fields of their own.
func (s shapes) list(text []byte, dst reflect.Value) (fault string) {
	if !platform.IsList(text) {
		return "must be a list"
	}
	n := 0
	dst.SetZero() // a default may be in there
	platform.Items(text, func(value []byte) {
		n++
		item := reflect.New(dst.Type().Elem()).Elem()
		var inner faults
		s.value(value, item, "", &inner)
		if platform.IsNull(value) {
			inner.add("", "must not be null")
		}
		if fault == "" && inner != nil {
			fault = itemFault(n, inner[""])
		}
		dst.Set(reflect.Append(dst, item))
	})
	return fault
}

// itemFault words a fault of the nth item of a list.
func itemFault(n int, fault string) string { return "item " + strconv.Itoa(n) + ": " + fault }

func setString(text []byte, dst reflect.Value) (fault string) {
	if !platform.IsString(text) {
		return "must be a string"
	}
	dst.SetString(platform.Unquote(text))
	return ""
}

func setBool(text []byte, dst reflect.Value) (fault string) {
	if s := string(text); s != "true" && s != "false" {
		return "must be true or false"
	}
	dst.SetBool(text[0] == 't')
	return ""
}

func setInt(text []byte, dst reflect.Value) (fault string) {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return "must be a whole number"
	}
	dst.SetInt(n)
	return ""
}
