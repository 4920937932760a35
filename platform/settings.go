package platform

import "time"

// Settings is what an operator chooses for one platform: a pointer to a struct
// with a field for each setting, whose tags are read by kong (flags, defaults,
// help), by the validator, and by the generator of the settings page. The names
// begin with the platform's; what is kept from view is a [Secret]. One by which
// somebody is admitted says what an entry of its list looks like ("secret",
// "appkey:secret"), so that weak ones are found:
//
//	Keys  Secret `kong:"-" secret:"XMODE_ACME_KEYS" entry:"secret" help:"…"`
//	Model string `name:"acme-model" default:"object" validate:"oneof=object string" help:"…"`
type Settings interface {
	// Adapter makes the platform's adapter; nil without keys, when the platform
	// is not served. The error is [call.FieldErrors] with all faults, those of
	// settings without keys too, by the settings' names ("acme-keys",
	// "acme-model"); it holds no secret.
	Adapter(shared Shared) (Adapter, error)
}

// Shared is what an operator chooses for all platforms alike.
type Shared struct {
	// ClockSkew is how far the signed timestamp of a query may be off, both
	// ways; "clock-skew" in faults.
	ClockSkew time.Duration
	// PushWindow is how old the signed timestamp of any other push may be;
	// "push-window" in faults.
	PushWindow time.Duration
}

// Rotator is an [Adapter] whose secrets can be exchanged while it serves.
type Rotator interface {
	// Rotations gives, by the secret's variable ("XMODE_ACME_KEYS"), what puts
	// a new one in force for all messages from then on. On an error, which holds
	// no secret, the old one stays.
	Rotations() map[string]func(Secret) error
}
