package doctor

import (
	"time"
)

// Fault is a setting that is wrong.
type Fault struct{ Name, Text string }

// File is one that holds a secret.
type File struct {
	// Where is the setting that names it.
	Where string
	// Readable and Writable: by everybody on the machine, folders considered.
	Readable, Writable bool
}

// Validity is that of a certificate.
type Validity struct {
	// Where is the setting that names it.
	Where string
	// From and Until bound it.
	From, Until time.Time
}

// Setup is what the settings say, as far as it is judged here.
type Setup struct {
	// Faults are those that stop a start.
	Faults []Fault
	// Platforms and Keys: one has keys; the admin listener has.
	Platforms, Keys bool
	// Secrets are all of them, Files those that they and private keys came from,
	// Certificates those of the listeners.
	Secrets      []Secret
	Files        []File
	Certificates []Validity
	// PublicOpen: the public listener can be reached from elsewhere; PublicTLS:
	// it speaks TLS; PublicSources: it knows whom to let in.
	PublicOpen, PublicTLS, PublicSources bool
	// AdminInClear: the admin listener can be reached from elsewhere without TLS.
	AdminInClear bool
	// Embedded: the store is in this process. HasRedis: the address of another can
	// be read. RedisLocal: all servers are on this machine; RedisTLS and
	// RedisPassword guard the way there.
	Embedded, HasRedis, RedisLocal, RedisTLS, RedisPassword bool
	// HasArchive: recordings are archived; ArchiveFault says why that fails.
	HasArchive   bool
	ArchiveFault string
}

// Judge holds the settings against what is safe at an instant.
func (s Setup) Judge(now time.Time) (found Findings) {
	for _, f := range s.Faults {
		found.add(Problem, Settings, f.Name, "%s", f.Text)
	}
	if len(s.Faults) == 0 {
		found.add(OK, Settings, "", "no fault")
	}
	found.hold(s.Platforms, NoPlatforms, "a platform has keys", "no platform has keys")
	found.hold(s.Keys, NoKeys, "there are some", "there are none")
	found = append(found, Secrets(s.Secrets)...)
	found.files(s.Files)
	for _, c := range s.Certificates {
		found.certificate(c, now)
	}
	found.public(s)
	found.hold(!s.AdminInClear, AdminListener, "on loopback, or by TLS", "it leaves loopback without TLS")
	if s.HasArchive && s.ArchiveFault != "" {
		found.add(Problem, Archive, "", "%s", s.ArchiveFault)
	} else if s.HasArchive {
		found.add(OK, Archive, "", "it can be reached and written")
	}
	found.access(s)
	return found
}

// hold notes a warning unless something is so.
func (f *Findings) hold(so bool, check, good, bad string) {
	if so {
		f.add(OK, check, "", "%s", good)
		return
	}
	f.add(Warning, check, "", "%s", bad)
}

func (f *Findings) files(all []File) {
	open := 0
	for _, file := range all {
		switch {
		case file.Writable:
			f.add(Problem, SecretFile, file.Where, "everybody on this machine can write the file")
		case file.Readable:
			f.add(Warning, SecretFile, file.Where, "everybody on this machine can read the file")
		default:
			continue
		}
		open++
	}
	if len(all) > 0 && open == 0 {
		f.add(OK, SecretFile, "", "none of %d is open to everybody", len(all))
	}
}

// How soon a certificate ends.
const (
	soon     = 14 * 24 * time.Hour
	verySoon = 3 * 24 * time.Hour
)

func (f *Findings) certificate(c Validity, now time.Time) {
	left := c.Until.Sub(now)
	day := c.Until.UTC().Format(time.RFC3339)
	switch {
	case now.Before(c.From):
		f.add(Problem, Certificate, c.Where, "not valid before %s", c.From.UTC().Format(time.RFC3339))
	case left <= 0:
		f.add(Problem, Certificate, c.Where, "expired at %s", day)
	case left < verySoon:
		f.add(Problem, Certificate, c.Where, "expires at %s", day)
	case left < soon:
		f.add(Warning, Certificate, c.Where, "expires at %s", day)
	default:
		f.add(OK, Certificate, c.Where, "valid until %s", day)
	}
}

// public only notes: the platforms come from the world, and who is none has no key.
func (f *Findings) public(s Setup) {
	switch {
	case !s.PublicOpen:
		f.add(OK, PublicListener, "", "on loopback: something on this machine has to hand it what the platforms send")
	case !s.PublicTLS && !s.PublicSources:
		f.add(OK, PublicListener, "", "open to every source, without TLS of its own: phone numbers are in the clear up to whatever ends TLS before it")
	case !s.PublicTLS:
		f.add(OK, PublicListener, "", "open to the sources in the settings, without TLS of its own")
	case !s.PublicSources:
		f.add(OK, PublicListener, "", "open to every source, by TLS: the signatures keep strangers out")
	default:
		f.add(OK, PublicListener, "", "open to the sources in the settings, by TLS")
	}
}

func (f *Findings) access(s Setup) {
	switch {
	case s.Embedded:
		f.add(Warning, Persistence, "", "the store is in the process of the endpoint, and is gone when it stops")
	case !s.HasRedis:
	case s.RedisLocal:
		f.add(OK, RedisAccess, "", "on this machine")
	case !s.RedisPassword && !s.RedisTLS:
		f.add(Warning, RedisAccess, "", "beyond this machine, without password and TLS")
	case !s.RedisPassword:
		f.add(Warning, RedisAccess, "", "beyond this machine, without a password")
	case !s.RedisTLS:
		f.add(Warning, RedisAccess, "", "beyond this machine, without TLS")
	default:
		f.add(OK, RedisAccess, "", "by TLS, with a password")
	}
}
