package server

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"xmode/doctor"
	"xmode/platform"
	"xmode/store/redisstore"
)

// setup is what the settings say, for whoever judges it. What can only be seen
// with effort, the archive, is left out.
func (s *Settings) setup(faults Faults) doctor.Setup {
	made := doctor.Setup{
		Platforms: s.hasPlatform(), Keys: s.APIKeys.IsSet(), Secrets: s.allSecrets(), Files: s.secretFiles(),
		Certificates: certificates(map[string]string{"XMODE_TLS_CERT": s.TLSCert, "XMODE_ADMIN_TLS_CERT": s.AdminTLSCert}),
		PublicOpen:   !loopback(s.Listen), PublicTLS: s.TLSCert != "", PublicSources: s.PlatformSources != "",
		AdminInClear: s.adminInClear(), Embedded: s.Redis.Reveal() == embedded,
	}
	for _, f := range faults {
		made.Faults = append(made.Faults, doctor.Fault{Name: f.Name, Text: f.Text})
	}
	reach, err := redisstore.ReachOf(s.Redis.Reveal())
	made.HasRedis = err == nil // an address that cannot be read is a fault, and nothing more
	made.RedisLocal, made.RedisTLS, made.RedisPassword = reach.Local, reach.TLS, reach.Password != ""
	if reach.Password != "" && !reach.Local {
		made.Secrets = append(made.Secrets, doctor.Secret{Where: "password in XMODE_REDIS", Text: platform.NewSecret(reach.Password)})
	}
	return made
}

// hasPlatform reports whether anybody can ask for a decision.
func (s *Settings) hasPlatform() bool {
	return slices.ContainsFunc(s.Platforms, func(part any) bool {
		adapter, err := part.(platform.Settings).Adapter(s.shared())
		return err != nil || adapter != nil // an error is a fault of its own
	})
}

// allSecrets are those by which somebody is admitted, one by one: their tag entry
// says where in an entry of its list the secret stands ("name:role:secret").
func (s *Settings) allSecrets() (all []doctor.Secret) {
	for _, part := range s.parts() {
		for field, value := range reflect.ValueOf(part).Elem().Fields() {
			form, ok := field.Tag.Lookup("entry")
			if !ok {
				continue
			}
			list := value.Interface().(platform.Secret).Reveal()
			all = append(all, entries(field.Tag.Get("secret"), form, list)...)
		}
	}
	return all
}

// entries takes a list of secrets apart.
func entries(variable, form, list string) (all []doctor.Secret) {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	before := strings.Count(form, ":")
	split := strings.Split(list, ",")
	for i, entry := range split {
		parts := strings.SplitN(strings.TrimSpace(entry), ":", before+1)
		if len(parts) != before+1 {
			continue // a fault of its own
		}
		where := variable
		if len(split) > 1 {
			where = fmt.Sprintf("%s, entry %d", variable, i+1)
		}
		all = append(all, doctor.Secret{Where: where, Text: platform.NewSecret(parts[before])})
	}
	return all
}

// secretFiles are the files that secrets and private keys are read from.
func (s *Settings) secretFiles() (all []doctor.File) {
	named := map[string]string{"XMODE_TLS_KEY": s.TLSKey, "XMODE_ADMIN_TLS_KEY": s.AdminTLSKey}
	for variable, file := range s.files {
		named[variable+"_FILE"] = file
	}
	for where, file := range named {
		if file == "" {
			continue
		}
		readable, writable := openToAll(file)
		all = append(all, doctor.File{Where: where, Readable: readable, Writable: writable})
	}
	slices.SortFunc(all, func(a, b doctor.File) int { return strings.Compare(a.Where, b.Where) })
	return all
}

// openToAll reports what everybody on the machine may do with a file. A folder
// above it that is closed to others closes it.
func openToAll(file string) (readable, writable bool) {
	path, err := filepath.EvalSymlinks(file)
	if err != nil {
		return false, false // an absent file is a fault of its own
	}
	if path, err = filepath.Abs(path); err != nil {
		return false, false
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, false
	}
	mode := info.Mode().Perm()
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm()&0o001 == 0 {
			return false, false
		}
		if folder == filepath.Dir(folder) {
			return mode&0o004 != 0, mode&0o002 != 0
		}
	}
}

// certificates tells how long certificates are valid, by the settings that name
// their files.
func certificates(named map[string]string) (all []doctor.Validity) {
	for where, file := range named {
		text, err := os.ReadFile(file)
		if file == "" || err != nil {
			continue // a fault of its own
		}
		block, _ := pem.Decode(text)
		if block == nil {
			continue
		}
		if leaf, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, doctor.Validity{Where: where, From: leaf.NotBefore, Until: leaf.NotAfter})
		}
	}
	slices.SortFunc(all, func(a, b doctor.Validity) int { return strings.Compare(a.Where, b.Where) })
	return all
}
