package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/recording"
	"xmode/store/redisstore"
)

// check notes everything wrong with the settings. What is made of them later
// (key rings, adapters, certificates) is made here once for its errors, so that
// they come with all the others.
func (s *Settings) check(faults *Faults) {
	v := newValidator()
	for _, part := range s.parts() {
		for _, fault := range fieldFaults(v.Struct(part)) {
			faults.add(fault.Name, fault.Text)
		}
	}
	s.checkListeners(faults)
	noteError(faults, "XMODE_RECORDING_CA", func() error { _, err := readAuthorities(s.Recordings.CA); return err })
	noteError(faults, "XMODE_PRESETS", func() error { _, err := readPresets(s.Presets); return err })
	noteError(faults, "XMODE_API_KEYS", func() error { return new(keyring).set(s.APIKeys) })
	noteError(faults, "XMODE_REDIS", func() error { return checkRedis(s.Redis) })
	if s.Redis.Reveal() == embedded && s.Durability != "memory" {
		faults.add("XMODE_DURABILITY", "the embedded store keeps nothing: only memory can be promised")
	}
	for _, part := range s.Platforms {
		checkPlatform(part.(platform.Settings), s.shared(), faults)
	}
}

// checkPlatform makes a platform's adapter for its faults, which go by the
// names of settings.
func checkPlatform(p platform.Settings, shared platform.Shared, faults *Faults) {
	_, err := p.Adapter(shared)
	fields, _ := errors.AsType[call.FieldErrors](err)
	for name, text := range fields {
		faults.add(variableOf(name), text)
	}
}

// noteError turns an error into a fault of one line.
func noteError(faults *Faults, name string, check func() error) {
	if err := check(); err != nil {
		faults.add(name, oneLine(err))
	}
}

// oneLine joins the lines of a joined error.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// checkListeners looks at certificates, and at an admin listener that anybody
// could reach in the clear.
func (s *Settings) checkListeners(faults *Faults) {
	checkPair(faults, "XMODE_TLS_CERT", s.TLSCert, "XMODE_TLS_KEY", s.TLSKey)
	checkPair(faults, "XMODE_ADMIN_TLS_CERT", s.AdminTLSCert, "XMODE_ADMIN_TLS_KEY", s.AdminTLSKey)
	if s.adminInClear() && !s.AdminInsecure {
		faults.add("XMODE_ADMIN_LISTEN", "beyond loopback it needs TLS (XMODE_ADMIN_TLS_CERT) or --admin-insecure (XMODE_ADMIN_INSECURE=true)")
	}
}

// adminInClear reports whether the admin listener is reachable from elsewhere
// without TLS.
func (s *Settings) adminInClear() bool {
	return s.AdminTLSCert == "" && !loopback(s.AdminListen)
}

// loopback reports whether an address to listen on is reachable from this
// machine only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "localhost" {
		return true // no address is a fault of its own
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// checkPair loads a certificate and its key.
func checkPair(faults *Faults, certName, cert, keyName, key string) {
	switch {
	case cert == "" && key == "":
	case key == "":
		faults.add(keyName, "not set, but "+certName+" is")
	case cert == "":
		faults.add(certName, "not set, but "+keyName+" is")
	default:
		noteError(faults, certName, func() error { _, err := tls.LoadX509KeyPair(cert, key); return err })
	}
}

// newValidator knows the setting's own rules.
func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("name") })
	for tag, rule := range map[string]validator.Func{
		"address": func(f validator.FieldLevel) bool { return isAddress(f.Field().String()) },
		"prefix":  func(f validator.FieldLevel) bool { return prefixForm.MatchString(f.Field().String()) },
		"durability": func(f validator.FieldLevel) bool {
			_, err := redisstore.ParseDurability(f.Field().String())
			return err == nil
		},
		"archive": func(f validator.FieldLevel) bool {
			return f.Field().String() == "" || recording.CheckURL(f.Field().String()) == nil
		},
		"hosts": func(f validator.FieldLevel) bool {
			return f.Field().String() == "" || checkHosts(f.Field().String()) == nil
		},
		"networks": func(f validator.FieldLevel) bool {
			_, err := handlers.ParseNetworks(f.Field().String())
			return err == nil
		},
	} {
		// The only errors are an empty tag and a nil function.
		if err := v.RegisterValidation(tag, rule); err != nil {
			panic(err)
		}
	}
	return v
}

// prefixForm leaves out braces, which would move keys to other shards of a
// Redis Cluster, and glob characters.
var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// isAddress reports whether a text is host:port with a port number.
func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// fieldFaults words the validator's findings.
func fieldFaults(err error) []Fault {
	var found validator.ValidationErrors
	if !errors.As(err, &found) {
		return nil
	}
	var faults []Fault
	for _, f := range found {
		faults = append(faults, Fault{Name: variableOf(f.Field()), Text: ruleText(f)})
	}
	return faults
}

// ruleText says which rule a value breaks.
func ruleText(f validator.FieldError) string {
	value := fmt.Sprintf("%q", fmt.Sprint(f.Value()))
	switch f.Tag() {
	case "address":
		return value + " is no address such as :8080 or 127.0.0.1:8081"
	case "prefix":
		return value + " is not 1 to 64 letters, digits and _ . : -"
	case "durability":
		return value + ": " + redisstore.ErrDurability.Error()
	case "archive":
		return recording.CheckURL(fmt.Sprint(f.Value())).Error()
	case "hosts":
		return value + ": " + checkHosts(fmt.Sprint(f.Value())).Error()
	case "networks":
		_, err := handlers.ParseNetworks(fmt.Sprint(f.Value()))
		return oneLine(err)
	case "oneof":
		return value + " is none of " + strings.ReplaceAll(f.Param(), " ", ", ")
	case "min":
		return value + " is less than " + bound(f)
	case "max":
		return value + " is more than " + bound(f)
	default:
		return value + " breaks the rule " + f.Tag()
	}
}

// bound writes a limit as the setting would be written.
func bound(f validator.FieldError) string {
	var size Size
	if _, is := f.Value().(Size); is && size.UnmarshalText([]byte(f.Param())) == nil {
		return size.String()
	}
	return f.Param()
}
