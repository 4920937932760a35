package aliyun

import "strings"

// form takes the parameters of a query string or form body. Between two "&"
// there may be nothing, which addresses that end in "?" or "&" bring about; a
// name without "=" has an empty value. Everything else that net/url would
// overlook is refused.
func (p *params) form(place, text string) error {
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, okName := unescape(name)
		value, okValue := unescape(value)
		if !okName || !okValue {
			return malformed(place, faultEscape)
		}
		if err := p.add(place, name, value); err != nil {
			return err
		}
	}
	return nil
}

// unescape decodes percent-encoding and "+" for a space. Text without either
// is returned as it is, without a copy.
func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			out = append(out, ' ')
		case '%':
			if len(s)-i < 3 {
				return "", false
			}
			value, ok := hexValue(s[i+1 : i+3])
			if !ok {
				return "", false
			}
			out = append(out, byte(value))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out), true
}

// hexValue reads hexadecimal digits of either case and nothing else; four at
// most fit.
func hexValue(digits string) (value uint16, ok bool) {
	for i := range len(digits) {
		c := digits[i]
		switch {
		case isDigit(c):
			c -= '0'
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		default:
			return 0, false
		}
		value = value<<4 | uint16(c)
	}
	return value, true
}
