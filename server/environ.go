package server

import (
	"regexp"
	"strings"
)

// environ holds the XMODE_ variables of a process that have a value. An empty
// variable counts as absent, as container files often leave them.
type environ map[string]string

// injected matches the variables that Kubernetes adds for a service called
// xmode; they are no settings.
var injected = regexp.MustCompile(`^XMODE_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)$`)

// newEnviron picks the XMODE_ variables out of "NAME=value" entries.
func newEnviron(entries []string) environ {
	env := environ{}
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "XMODE_") && value != "" && !injected.MatchString(name) {
			env[name] = value
		}
	}
	return env
}

// variableOf names the variable of a flag.
func variableOf(flag string) string {
	return "XMODE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
