package server

import (
	"regexp"
	"strings"
)

// environ holds the XMODE_ variables of a process. A setting that is empty
// counts as absent, as container files often leave them; a variable that is no
// setting is there all the same, to be told.
type environ map[string]string

// injected matches the variables that Kubernetes adds for a service called
// xmode; they are no settings.
var injected = regexp.MustCompile(`^XMODE_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)$`)

// newEnviron picks the XMODE_ variables out of "NAME=value" entries.
func newEnviron(entries []string, known []Variable) environ {
	names, env := settingNames(known), environ{}
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		absent := value == "" && names[name]
		if strings.HasPrefix(name, "XMODE_") && !absent && !injected.MatchString(name) {
			env[name] = value
		}
	}
	return env
}

// settingNames are the names by which settings are given: the variables, and
// for secrets those that name a file.
func settingNames(known []Variable) map[string]bool {
	names := map[string]bool{}
	for _, v := range known {
		names[v.Name] = true
		if v.Secret {
			names[v.Name+"_FILE"] = true
		}
	}
	return names
}

// variableOf names the variable of a flag.
func variableOf(flag string) string {
	return "XMODE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
