package server

import (
	"time"

	"github.com/alecthomas/kong"

	"xmode/platform"
)

// Settings is everything an operator can choose. A setting named "clock-skew"
// is the flag --clock-skew and the variable XMODE_CLOCK_SKEW; a
// [platform.Secret] is a variable or a file, never a flag. The tags are read by
// kong (flags, defaults, help), by the validator, and by the generator of
// docs/SETTINGS.md.
//
// Make one with [NewSettings], which adds what the platforms contribute.
type Settings struct {
	Listeners `embed:""`

	Redis       platform.Secret `kong:"-" secret:"XMODE_REDIS" help:"The store: redis://, rediss:// (TLS), redis+sentinel://user:pw@h1:p1,h2:p2/master/db or redis+cluster://h1:p1,h2:p2, rediss+… for TLS, ?ca=FILE for a private authority, ?sentinel=USER:PASSWORD for sentinels with a login of their own; see docs/REDIS.md; or embedded, which keeps everything in this process and loses it when it stops. Required by serve."`
	RedisPrefix string          `name:"redis-prefix" default:"xmode" validate:"prefix" help:"First part of every key in Redis."`
	APIKeys     platform.Secret `kong:"-" secret:"XMODE_API_KEYS" entry:"name:role:secret" help:"Keys for the admin listener, name:role:key,…; the role is read, provision or admin, a key has at least 16 characters. Without them every call that needs a key is refused."`

	Platforms kong.Plugins `embed:""`

	Decisions `embed:""`

	Records `embed:""`

	Recordings `embed:""`

	Presets string `name:"presets" placeholder:"FILE" help:"JSON file of binding defaults that config_id of /provision_x names, {\"12345\":{\"record\":true}}."`
	MaxBody Size   `name:"max-body" default:"1MiB" validate:"min=16384,max=67108864" help:"Largest body of a push or a JSON call, 16KiB to 64MiB. A query is limited to 16 KiB and a line of an import to 64 KiB whatever this says."`

	Guards `embed:""`

	Logging `embed:""`

	files map[string]string // that secrets came from, by variable
}

// Listeners says where xmode listens.
type Listeners struct {
	Listen        string `name:"listen" default:":8080" validate:"address" help:"Address of the public listener: the platforms' paths and /healthz, nothing else."`
	AdminListen   string `name:"admin-listen" default:"127.0.0.1:8081" validate:"address" help:"Address of the admin listener: provisioning, reading, metrics, readiness."`
	AdminInsecure bool   `name:"admin-insecure" help:"Lets the admin listener leave loopback without TLS; keys and phone numbers then travel in the clear."`
	TLSCert       string `name:"tls-cert" placeholder:"FILE" help:"Certificate chain (PEM) of the public listener, read again when it changes."`
	TLSKey        string `name:"tls-key" placeholder:"FILE" help:"Private key (PEM) of tls-cert."`
	AdminTLSCert  string `name:"admin-tls-cert" placeholder:"FILE" help:"Certificate chain (PEM) of the admin listener, read again when it changes."`
	AdminTLSKey   string `name:"admin-tls-key" placeholder:"FILE" help:"Private key (PEM) of admin-tls-cert."`
}

// Decisions says how queries are answered.
type Decisions struct {
	ClockSkew       time.Duration `name:"clock-skew" default:"5m" validate:"min=1s,max=1h" help:"How far the signed timestamp of a query may be off, both ways, 1s to 1h."`
	DecisionBudget  time.Duration `name:"decision-budget" default:"500ms" validate:"min=10ms,max=10s" help:"Time after which the fallback answers a query, 10ms to 10s."`
	Fallback        string        `name:"fallback" default:"reject" validate:"oneof=reject stale" help:"Answer while the store is away: reject, or stale, which decides by what this process found for the same caller, X number and extension in the last 10 minutes, and rejects where there is nothing. Only for platforms whose signature covers the parameters: Alibaba Cloud."`
	LandlineCallers string        `name:"landline-callers" default:"allow" validate:"oneof=allow reject" help:"Whether callers who are fixed lines for certain reach owners through open bindings and extensions: allow or reject."`
	MaxAsks         int           `name:"max-asks" default:"3" validate:"min=0,max=100" help:"How often one call is asked for an extension, 0 to 100."`
	CallbackWindow  time.Duration `name:"callback-window" default:"72h" validate:"min=1m,max=8784h" help:"How long an owner can call back the last caller, 1m to 8784h."`
}

// Records says how pushes are taken and kept.
type Records struct {
	PushBudget       time.Duration `name:"push-budget" default:"500ms" validate:"min=10ms,max=10s" help:"Time after which a push is refused with 503, so that the platform sends it again, 10ms to 10s. Alibaba Cloud waits 700 ms."`
	PushWindow       time.Duration `name:"push-window" default:"11h" validate:"min=1m,max=168h" help:"How old the signed timestamp of a push may be, 1m to 168h: it is not known whether a repeated push is signed again."`
	Durability       string        `name:"durability" default:"memory" validate:"durability" help:"How safe a push is before it is acknowledged: memory; replicas=N, that many replicas have it; fsync, it is on disk (WAITAOF from Redis 7.2 on, before that appendfsync always); fsync=assumed where Redis hides its configuration. While it cannot be confirmed, pushes get 503."`
	RecordPartitions int           `name:"record-partitions" default:"1" validate:"min=1,max=1024" help:"Over how many hash tags records spread, for a Redis Cluster, 1 to 1024; all of a call are under one. Fixed at the first start. With more than one, records of one identity that name different calls are not seen to conflict."`
	Retention        time.Duration `name:"retention" default:"2160h" validate:"min=1h,max=87600h" help:"How long records, events, logged decisions and quarantined texts are kept after they came, 1h to 87600h."`
	StreamRaw        bool          `name:"stream-raw" default:"true" negatable:"" help:"Whether entries of the stream for consumers carry the platform's own JSON. Without it they take less than half of the memory; it can be read at /v1/cdrs either way."`
}

// Recordings says how recordings are fetched and kept.
type Recordings struct {
	Archive       string        `name:"recordings" placeholder:"URL" validate:"archive" help:"Where recordings are kept: file:///FOLDER, or s3://BUCKET?region=… (endpoint=…&use_path_style=true for what is compatible with S3; the keys come from the environment of AWS). Without it they are looked up, but not archived."`
	Hosts         string        `name:"recording-hosts" default:".aliyuncs.com,.huawei.com,.myhuaweicloud.com" validate:"hosts" help:"Hosts that recordings may be fetched from; one that begins with a dot stands for all below it."`
	AllowPrivate  bool          `name:"recording-allow-private" help:"Lets downloads reach private and loopback addresses, and loopback by http."`
	InsecureHosts string        `name:"recording-insecure-hosts" placeholder:"HOST,…" validate:"hosts" help:"Hosts, written like those above, whose certificate is not checked, and which may be reached by http."`
	CA            string        `name:"recording-ca" placeholder:"FILE" help:"Certificates (PEM) of authorities that vouch for hosts of recordings, beside those of the system."`
	MaxSize       Size          `name:"recording-max-size" default:"1024MiB" validate:"min=65536" help:"Largest recording, 64KiB or more; a day of a call has some 700 MiB."`
	Workers       int           `name:"recording-workers" default:"4" validate:"min=1,max=64" help:"How many recordings of each platform are fetched at a time, 1 to 64."`
	Retry         time.Duration `name:"recording-retry" default:"30s" validate:"min=10ms,max=1h" help:"Pause after an attempt that failed, 10ms to 1h; each later one is twice as long, up to 1h."`
	PerSecond     int           `name:"recording-rate" default:"0" validate:"min=0,max=100000" help:"How often a second all endpoints on one store together ask a platform for the address of a recording; 0: 100 for Alibaba Cloud, 20 for Huawei Cloud."`
	Keep          time.Duration `name:"recording-retention" default:"2160h" validate:"min=1h,max=87600h" help:"How long recordings are kept after a push named them, 1h to 87600h; then their files are deleted."`
}

// Logging says how the log on standard error looks.
type Logging struct {
	LogFormat string `name:"log-format" default:"text" validate:"oneof=text json" help:"Form of the log on standard error: text or json."`
	LogLevel  string `name:"log-level" default:"info" validate:"oneof=debug info warn error" help:"Least level that is logged: debug, info, warn or error."`
}

// NewSettings returns settings without values, ready to be embedded in a
// command line and filled by an [Input].
func NewSettings() Settings {
	s := Settings{}
	for _, row := range platformTable() {
		s.Platforms = append(s.Platforms, row.settings())
	}
	return s
}

// parts are the structs that hold settings, s itself first.
func (s *Settings) parts() []any { return append([]any{s}, s.Platforms...) }
