package aliyun

import (
	"strings"

	"xmode/call"
)

// faults collects what is wrong with settings.
type faults struct{ found call.FieldErrors }

// note adds an error of one setting, one line of text after the other.
func (f *faults) note(setting string, err error) {
	if err == nil {
		return
	}
	if f.found == nil {
		f.found = call.FieldErrors{}
	}
	text := strings.ReplaceAll(err.Error(), "\n", ", ")
	if before := f.found[setting]; before != "" {
		text = before + ", " + text
	}
	f.found[setting] = text
}

// err returns the faults as call.FieldErrors, or nil.
func (f *faults) err() error {
	if f.found == nil {
		return nil
	}
	return f.found
}
