package server

import (
	"log/slog"
	"time"

	"xmode/handlers"
)

// Guards says who may send, how much at once, and how a stop goes.
type Guards struct {
	PlatformSources string        `name:"platform-sources" placeholder:"CIDR,…" validate:"networks" help:"From where the platforms' paths may be reached, such as 203.0.113.0/24,2001:db8::/32; others get 403 SourceNotAllowed. Without it from everywhere. /healthz can always be reached."`
	TrustedProxies  string        `name:"trusted-proxies" placeholder:"CIDR,…" validate:"networks" help:"Proxies whose X-Forwarded-For counts: the source of a request is then the last address in it that is none of them. From others the header is ignored."`
	AuthFailures    int           `name:"auth-failures" default:"600" validate:"min=0,max=1000000" help:"Failed signatures a minute from one source (an address, of IPv6 a /64) beyond which its further failures get 429 TooManyFailures, up to 1000000; valid messages never do. API keys on the admin listener likewise. 0: no limit."`
	MaxConnections  int           `name:"max-connections" default:"16384" validate:"min=16,max=1000000" help:"Most connections on the public listener, 16 to 1000000. When they are all taken, a new one takes the place of that which has been of no use for longest, those first that never carried a valid message. On the admin listener at most 1024."`
	DrainDelay      time.Duration `name:"drain-delay" default:"3s" validate:"min=0s,max=5m" help:"How long new connections are still served after /readyz turned 503 on a stop, so that load balancers notice, up to 5m; a second signal cuts it short. The rest of a stop takes up to 23 s more."`
}

// maxAdminConnections is the most that the admin listener has.
const maxAdminConnections = 1024

// adminConnections is how many connections the admin listener may have.
func (g *Guards) adminConnections() int { return min(g.MaxConnections, maxAdminConnections) }

// networks reads a list that was checked before.
func networks(text string) handlers.Networks {
	all, err := handlers.ParseNetworks(text)
	if err != nil { // who did not check it lets nobody in
		return handlers.Networks{}
	}
	return all
}

// rooms are how many connections the listeners get of what the process may open.
type rooms struct{ public, admin int }

// spareFiles are kept for Redis, the archive, the files of settings and the platforms.
const spareFiles = 512

// rooms shares out the files that may be open: no listener is to take what the store
// needs. They are less than the settings allow where the limit is low.
func (g *Guards) rooms(files int, log *slog.Logger) rooms {
	r := rooms{public: g.MaxConnections, admin: g.adminConnections()}
	need := r.public + r.admin + spareFiles
	if files <= 0 || files >= need {
		return r
	}
	r.admin = min(r.admin, max(files/8, 1))
	r.public = min(r.public, max(files-r.admin-min(spareFiles, files/4), 1))
	log.Warn("too few files may be open for --max-connections: raise the limit (ulimit -n, LimitNOFILE)",
		slog.Int("limit", files), slog.Int("needed", need), slog.Int("connections", r.public))
	return r
}
