package life

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/signature"
	"xmode/simulator"
	"xmode/simulator/load"
)

// Config says how the platform is set up.
type Config struct {
	// AppKey and AppSecret sign.
	AppKey, AppSecret string
	// Scheme of the signature; empty: AKSK.
	Scheme signature.TokenScheme
	// Events, Records and Texts are the paths of the endpoint's addresses; empty:
	// those of this project's endpoint.
	Events, Records, Texts string
	// Schedule is how the times of repeated pushes are read; empty: [Offsets].
	Schedule Schedule
	// Storage keeps the recordings, of AudioSize bytes each, or, if that is 0, as
	// long as the calls; nil: there are none to be fetched.
	Storage   *simulator.Storage
	AudioSize int64
}

// Schedule is a reading of "after 1, 4, 9, 106, 203 and 300 minutes": the page does
// not say after what.
type Schedule string

// The readings.
const (
	Offsets   Schedule = "offsets"   // after the first push
	Intervals Schedule = "intervals" // after the push before
)

// ErrSchedule: the reading is none.
var ErrSchedule = errors.New("schedule must be offsets or intervals")

// Platform is a [load.Platform].
type Platform struct {
	c       Config
	repeats []time.Duration
	// right signs, wrong with a secret that is none.
	right, wrong *signature.TokenSigner
}

// New returns a platform. The error lists all faults, and no secret.
func New(c Config) (*Platform, error) {
	var err error
	if c.AppKey == "" || c.AppSecret == "" {
		err = sim.ErrApp
	}
	if c.Scheme == "" {
		c.Scheme = signature.AKSK
	}
	if c.Scheme != signature.AKSK && c.Scheme != signature.WSSE {
		err = errors.Join(err, sim.ErrScheme)
	}
	err = errors.Join(err, c.setPaths())
	repeats := repeatsOf(c.Schedule)
	if repeats == nil {
		err = errors.Join(err, ErrSchedule)
	}
	if err != nil {
		return nil, fmt.Errorf("make platform: %w", err)
	}
	return &Platform{
		c: c, repeats: repeats, right: signature.NewTokenSigner(c.Scheme, c.AppSecret), wrong: signature.NewTokenSigner(c.Scheme, c.AppSecret+"?"),
	}, nil
}

// setPaths sets the paths that were left out; the error is [sim.ErrURL].
func (c *Config) setPaths() (err error) {
	usual := sim.AddressesAt("")
	for _, path := range []struct {
		set   *string
		usual string
	}{{&c.Events, usual.Status}, {&c.Records, usual.Records}, {&c.Texts, usual.SMS}} {
		*path.set = cmp.Or(*path.set, path.usual)
		if !strings.HasPrefix(*path.set, "/") {
			err = sim.ErrURL
		}
	}
	return err
}

// repeatsOf are the times of repeated pushes after the first one; nil: no reading.
func repeatsOf(s Schedule) []time.Duration {
	var out []time.Duration
	var before time.Duration
	for _, minutes := range []time.Duration{1, 4, 9, 106, 203, 300} {
		at := minutes * time.Minute
		switch s {
		case "", Offsets:
		case Intervals:
			at += before
		default:
			return nil
		}
		out, before = append(out, at), at
	}
	return out
}

// String hides the secret.
func (p *Platform) String() string { return "life.Platform" }

// Name is "huawei".
func (*Platform) Name() string { return "huawei" }

// Terms are the platform's. How long it waits is not known (inferred); nor is what
// a clock may be off: ten minutes ahead is more than anybody should take.
func (p *Platform) Terms() load.Terms {
	return load.Terms{Query: 3 * time.Second, Push: 3 * time.Second, Repeats: p.repeats, Skew: 10 * time.Minute}
}

// What a recording takes: the head of the file, and a second of A-law at 8 kHz.
const (
	headSize   = 58
	secondSize = 8000
)

// Keep puts the recording into the storage.
func (p *Platform) Keep(c load.Call, d load.Decision) {
	if p.c.Storage == nil {
		return
	}
	size := cmp.Or(p.c.AudioSize, headSize+secondSize*int64(c.Talked(d)/time.Second))
	p.c.Storage.Put(File(c.ID), simulator.Audio{Format: simulator.WAV, Size: size, Seed: uint64(c.N)})
}

// File is the recordObjectName of a call's recording.
func File(callID string) string { return callID + ".wav" }
