package huawei

import (
	"errors"
	"fmt"
	"strings"
)

// Faults of apps. The errors that wrap them name an app by its place in the
// list, never by its text.
var (
	errNoPair   = errors.New("is not of the form appkey:secret")
	errSpace    = errors.New("has white space around its key or secret")
	errKey      = errors.New("has a key that is not 1 to 128 printable ASCII characters without quotes")
	errNoSecret = errors.New("has no secret")
	errRepeated = errors.New("repeats an earlier key")
)

// parseApps reads "appkey:secret,appkey:secret" into secrets by app key. A
// secret may hold colons. The error lists all faults, and holds no text.
func parseApps(list string) (map[string]string, error) {
	secrets := map[string]string{}
	var faults []error
	for i, app := range strings.Split(list, ",") {
		key, secret, pair := strings.Cut(app, ":")
		_, repeated := secrets[key]
		if fault := appFault(key, secret, pair, repeated); fault != nil {
			faults = append(faults, fmt.Errorf("app %d %w", i+1, fault))
		}
		secrets[key] = secret
	}
	return secrets, errors.Join(faults...)
}

func appFault(key, secret string, pair, repeated bool) error {
	unfit := func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }
	switch {
	case !pair:
		return errNoPair
	case strings.TrimSpace(key) != key || strings.TrimSpace(secret) != secret:
		return errSpace // from a file's last line or after a comma; no message would pass
	case key == "" || len(key) > 128 || strings.ContainsFunc(key, unfit):
		return errKey
	case secret == "":
		return errNoSecret
	case repeated:
		return errRepeated
	}
	return nil
}
