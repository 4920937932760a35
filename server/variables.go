package server

import (
	"fmt"
	"reflect"

	"github.com/alecthomas/kong"

	"xmode/platform"
)

// Variable is one setting, for whoever lists them: the check for unknown
// variables, xmode config, docs/SETTINGS.md.
type Variable struct {
	// Name of the variable, "XMODE_CLOCK_SKEW".
	Name string
	// Flag without dashes, "clock-skew"; empty for a secret.
	Flag string
	// Default as it would be written; empty: none.
	Default string
	// Help is a sentence or two.
	Help string
	// Value in force; "(set)" or "(not set)" for a secret.
	Value string
	// Secret is set for what is never shown.
	Secret bool
	// Client is set for what only the commands beside xmode serve use.
	Client bool
}

// ClientSettings is what the commands need beside the endpoint's own settings.
type ClientSettings struct {
	// APIKey opens the admin listener.
	APIKey platform.Secret `kong:"-" secret:"XMODE_API_KEY" help:"The key that xmode bindings and xmode conform --admin show to the admin listener: one of those in XMODE_API_KEYS, without name and role."`
	// ExplainKey is what a received signature is computed with.
	ExplainKey platform.Secret `kong:"-" secret:"XMODE_EXPLAIN_KEY" help:"The key or keys that xmode explain computes with: of Alibaba Cloud the signing key, of Huawei Cloud appkey:secret or the secret; comma-separated."`
}

// PlatformKeys is what the commands need that play a platform: the endpoint's own
// keys, which both sides have.
type PlatformKeys struct {
	Aliyun platform.Secret `kong:"-" secret:"XMODE_ALIYUN_KEYS"`
	Huawei platform.Secret `kong:"-" secret:"XMODE_HUAWEI_APPS"`
	// Receipts is the token in the address of Alibaba Cloud's receipts.
	Receipts platform.Secret `kong:"-" secret:"XMODE_ALIYUN_RECEIPT_TOKEN"`
	// AccessKeyID and AccessKeySecret are those that ask Alibaba Cloud for recordings.
	AccessKeyID     platform.Secret `kong:"-" secret:"XMODE_ALIYUN_ACCESS_KEY_ID"`
	AccessKeySecret platform.Secret `kong:"-" secret:"XMODE_ALIYUN_ACCESS_KEY_SECRET"`
}

// Variables lists all settings without their values.
func Variables() ([]Variable, error) {
	s := NewSettings()
	all, err := s.Variables()
	for _, v := range secretsOf(&ClientSettings{}) {
		v.Client = true
		all = append(all, v)
	}
	return all, err
}

// Variables lists the settings with the values in force: flags in the order of
// their structs, then secrets.
func (s *Settings) Variables() ([]Variable, error) {
	parser, err := kong.New(s, kong.NoDefaultHelp())
	if err != nil {
		return nil, fmt.Errorf("read the settings' tags: %w", err)
	}
	var all []Variable
	for _, flag := range parser.Model.Flags {
		all = append(all, Variable{
			Name: variableOf(flag.Name), Flag: flag.Name, Default: flag.Default, Help: flag.Help,
			Value: fmt.Sprint(flag.Target.Interface()),
		})
	}
	return append(all, secretsOf(s.parts()...)...), nil
}

// secretsOf describes the secrets of structs.
func secretsOf(structs ...any) []Variable {
	var all []Variable
	for _, f := range secretFields(structs...) {
		all = append(all, Variable{Name: f.variable, Help: f.help, Value: f.target.String(), Secret: true})
	}
	return all
}

// variablesOf names the secrets of structs.
func variablesOf(structs []any) []string {
	var names []string
	for _, f := range secretFields(structs...) {
		names = append(names, f.variable)
	}
	return names
}

// secretField is a secret in a struct, with what its tags say.
type secretField struct {
	variable, help string
	target         *platform.Secret
}

// secretFields finds the secrets, which have a tag secret:"XMODE_…", in structs
// given by pointer.
func secretFields(structs ...any) []secretField {
	var found []secretField
	for _, s := range structs {
		for field, value := range reflect.ValueOf(s).Elem().Fields() {
			variable, tagged := field.Tag.Lookup("secret")
			if !tagged {
				continue
			}
			target := value.Addr().Interface().(*platform.Secret)
			found = append(found, secretField{variable, field.Tag.Get("help"), target})
		}
	}
	return found
}
