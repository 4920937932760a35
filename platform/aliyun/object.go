package aliyun

import (
	"strconv"

	"xmode/platform"
)

// object writes the fields of a JSON object, without those that are empty or
// that the settings leave out.
type object struct {
	buf  []byte
	keys *[fieldCount]string
	more bool // a field stands there already
}

// key begins a field and reports whether its value is due.
func (o *object) key(f field) bool {
	if o.keys[f] == "" {
		return false
	}
	if o.more {
		o.buf = append(o.buf, ',')
	}
	o.more = true
	o.buf = append(o.buf, o.keys[f]...)
	return true
}

func (o *object) text(f field, s string) {
	if s != "" && o.key(f) {
		o.buf = platform.AppendString(o.buf, s)
	}
}

func (o *object) number(f field, n int) {
	if n > 0 && o.key(f) {
		o.buf = strconv.AppendInt(o.buf, int64(n), 10)
	}
}

func (o *object) flag(f field, set bool) {
	if set && o.key(f) {
		o.buf = append(o.buf, "true"...)
	}
}
