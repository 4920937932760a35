package server

import (
	"maps"
	"reflect"
	"slices"

	"github.com/alecthomas/kong"

	"xmode/platform"
)

// Input brings the settings of one start together: flags, which kong parses,
// variables and secret files. Faults are gathered, not returned one by one, so
// that an operator mends a deployment in one go.
type Input struct {
	env    environ
	known  []Variable
	files  map[string]string // that secrets came from, by variable
	faults Faults
}

// NewInput reads the variables of a process, as os.Environ returns them.
func NewInput(entries []string) (*Input, error) {
	known, err := Variables()
	if err != nil {
		return nil, err
	}
	return &Input{env: newEnviron(entries, known), known: known, files: map[string]string{}}, nil
}

// Options make a kong parser take settings from variables where no flag gives
// them, and let it go on where a value is wrong.
func (in *Input) Options() []kong.Option {
	return []kong.Option{
		kong.PostBuild(func(k *kong.Kong) error { return kong.Visit(k.Model, in.visit) }),
		kong.Resolvers(kong.ResolverFunc(in.resolve)),
	}
}

// resolve gives the variable's text for a setting's flag.
func (in *Input) resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if text, ok := in.env[variableOf(flag.Name)]; ok && in.isFlag(flag) {
		return text, nil
	}
	return nil, nil
}

// visit prepares the flag of a setting: its help names the variable, and a
// wrong value becomes a fault instead of the end of the parsing.
func (in *Input) visit(node kong.Visitable, next kong.Next) error {
	if flag, ok := node.(*kong.Flag); ok && in.isFlag(flag) {
		flag.Help += " ($" + variableOf(flag.Name) + ")"
		flag.Mapper = lenient{Mapper: flag.Mapper, faults: &in.faults}
	}
	return next(nil)
}

// isFlag reports whether a flag is that of a setting.
func (in *Input) isFlag(flag *kong.Flag) bool {
	return slices.ContainsFunc(in.known, func(v Variable) bool { return v.Flag == flag.Name })
}

// secrets fills the secrets of structs from variables and files.
func (in *Input) secrets(structs ...any) {
	for _, field := range secretFields(structs...) {
		*field.target = in.secret(field.variable)
	}
}

// secret reads one secret.
func (in *Input) secret(variable string) platform.Secret {
	value, direct := in.env[variable]
	file, named := in.env[variable+"_FILE"]
	switch {
	case direct && named:
		in.faults.add(variable, "set both here and in "+variable+"_FILE")
	case named:
		secret, err := readSecret(file)
		if err != nil {
			in.faults.add(variable+"_FILE", err.Error())
		}
		in.files[variable] = file
		return secret
	}
	return platform.NewSecret(value)
}

// unknown notes the variables that are no setting: most often a typing error,
// which would otherwise leave a default in force unnoticed.
func (in *Input) unknown() {
	known := settingNames(in.known)
	for _, name := range slices.Sorted(maps.Keys(in.env)) {
		if !known[name] {
			in.faults.add(name, "is no setting")
		}
	}
}

// Load fills the secrets of settings that kong has parsed and checks them
// whole. The error is [Faults].
func (in *Input) Load(s *Settings) error {
	in.unknown()
	in.secrets(s.parts()...)
	s.files = in.files
	s.check(&in.faults)
	return in.faults.err()
}

// LoadToServe is [Input.Load] for settings that have to serve: without a store
// there is nothing to answer from.
func (in *Input) LoadToServe(s *Settings) error {
	err := in.Load(s)
	if !s.Redis.IsSet() && !in.faults.has("XMODE_REDIS_FILE") {
		in.faults.add("XMODE_REDIS", "not set: name a Redis server such as redis://127.0.0.1:6379, or embedded to try xmode out")
		err = in.faults.err()
	}
	return err
}

// LoadClient is for commands that talk to a running endpoint: it fills what
// they need and checks none of the endpoint's own settings.
func (in *Input) LoadClient(c *ClientSettings) error {
	in.unknown()
	in.secrets(c)
	return in.faults.err()
}

// LoadKeys is for commands that play a platform to an endpoint.
func (in *Input) LoadKeys(k *PlatformKeys) error {
	in.unknown()
	in.secrets(k)
	return in.faults.err()
}

// LoadFlags is for commands that look at some of the endpoint's flags and at no
// secret.
func (in *Input) LoadFlags() error {
	in.unknown()
	return in.faults.err()
}

// lenient is a mapper that notes a wrong value and lets the parsing go on.
type lenient struct {
	kong.Mapper
	faults *Faults
}

// Decode reads the value. A flag without any value stays a wrong usage.
func (l lenient) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	if ctx.Scan.Peek().IsEOL() {
		return l.Mapper.Decode(ctx, target)
	}
	if err := l.Mapper.Decode(ctx, target); err != nil {
		l.faults.add(variableOf(ctx.Value.Name), err.Error())
	}
	return nil
}
