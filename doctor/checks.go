package doctor

// Check is one thing that is looked at.
type Check struct {
	// Name is short and stays.
	Name string
	// Looks says what is looked at, and which outcome is which level.
	Looks string
	// Why it matters, and what to do.
	Why, Do string
}

// The names of the checks.
const (
	Settings       = "settings"
	NoPlatforms    = "platforms"
	NoKeys         = "api-keys"
	WeakSecret     = "weak-secret"
	SharedSecret   = "shared-secret"
	SecretFile     = "secret-file"
	Certificate    = "certificate"
	PublicListener = "public-listener"
	AdminListener  = "admin-listener"
	Archive        = "archive"
	RedisAccess    = "redis-access"
	Redis          = "redis"
	Role           = "redis-role"
	Version        = "redis-version"
	Hidden         = "redis-config"
	Eviction       = "eviction"
	Memory         = "memory"
	Persistence    = "persistence"
	Durability     = "durability"
	ClusterState   = "cluster"
	Sentinels      = "sentinel"
	Partitions     = "partitions"
	Clock          = "clock"
	ShardClocks    = "shard-clocks"
)

// Checks are all there are, in the order in which they are made.
func Checks() []Check {
	return []Check{
		{Settings, "The settings are right, as `xmode serve` demands. Problem: it would not start.",
			"with these settings the endpoint does not start", "mend the setting; docs/SETTINGS.md says what it may be"},
		{NoPlatforms, "A platform has keys. Warning: none has.",
			"a platform without keys has no paths: nobody can ask for a decision, and every call fails", "set XMODE_ALIYUN_KEYS or XMODE_HUAWEI_APPS"},
		{NoKeys, "The admin listener has keys. Warning: none.",
			"nobody can provision bindings or read call records", "set XMODE_API_KEYS"},
		{WeakSecret, "Signing keys, apps' secrets, receipt tokens, API keys, and Redis' password beyond loopback. Problem: an example of the documentation, fewer than 8 characters, or hardly any different ones. Warning: fewer than 16, a row or a repetition, or little to guess.",
			"who guesses it asks, pushes or reads as if they were entitled to", "make a new one at random (openssl rand -hex 16), and let old and new be valid together while the other side changes"},
		{SharedSecret, "No two secrets are equal. Problem: one is used twice.",
			"who learns it in one place, where it may travel in an address, has the other as well", "give each its own"},
		{SecretFile, "Files of secrets and private keys. Problem: everybody on the machine can write one. Warning: everybody can read one; folders that are closed to others count.",
			"any other account or program on the machine has the secret", "chmod 600 the file, or close its folder (chmod 700)"},
		{Certificate, "Certificates of the listeners. Problem: expired, not valid yet, or within 3 days. Warning: within 14 days.",
			"with an expired certificate a platform does not connect, and every call fails", "renew it; a changed file is taken without a restart"},
		{PublicListener, "What the public listener is open to. A note only: that it faces the world is usual.", "", ""},
		{AdminListener, "The admin listener stays on loopback or speaks TLS. Warning: neither.",
			"API keys and phone numbers travel in the clear", "let it listen on 127.0.0.1, or set --admin-tls-cert and --admin-tls-key; publish it to loopback only"},
		{Archive, "The archive of recordings takes files. Problem: it does not.",
			"recordings are gone for good once their platform has thrown them away", "mend the folder, its owner or the bucket's rights"},
		{RedisAccess, "Redis beyond this machine has a password, and is spoken to by TLS. Warning: one is missing.",
			"whoever is on the network reads phone numbers, or writes bindings", "set a password or ACL user, and use rediss:// unless the network is yours alone"},
		{Redis, "Redis answers. Problem: it does not, or refuses us.",
			"without it every query gets the fallback, and every push 503", "start Redis, or mend the address, the password or the network between"},
		{Role, "The server takes writes, and is what the address says. Problem: a replica, or part of a cluster that is spoken to as a single server.",
			"it refuses writes, or keys that other servers have", "name the master, several servers by redis+sentinel:// or a cluster by redis+cluster://"},
		{Version, "Redis is 7.0 or newer. Problem: older. Before 7.2 a note where durability is fsync.",
			"what scripts and pushes are made of is not there", "upgrade Redis"},
		{Hidden, "The server tells its configuration (CONFIG GET). Warning: it hides it, and durability is `fsync`. Otherwise a note.",
			"when its log goes to disk cannot be seen", "grant it (+config|get), or compare with the provider's pages; fsync=assumed trusts the server"},
		{Eviction, "maxmemory-policy is noeviction. Problem: another one under a limit of memory. Warning: another one, without a limit as yet.",
			"volatile-* throws away nonces and leases first, so that old messages are accepted again; allkeys-* loses bindings and call records as well, silently", "CONFIG SET maxmemory-policy noeviction, and in the configuration file"},
		{Memory, "Used memory against maxmemory, or the machine's. Warning: from 80 %. Problem: from 95 %.",
			"a full Redis refuses writes: pushes get 503 and no binding can be made; a full machine ends it", "raise maxmemory, shorten --retention, or leave the raw JSON out of the stream (--no-stream-raw)"},
		{Persistence, "What a restart of Redis leaves. Problem: its last write to disk failed. Warning: nothing is kept on disk.",
			"a restart of Redis forgets bindings and call records; as a master without disk it also empties its replicas", "appendonly yes; or mend the disk"},
		{Durability, "The servers can keep what --durability promises. Problem: they cannot, and pushes get 503. Warning: they hardly can in time.",
			"a push is acknowledged only once it is as safe as promised; otherwise the platform is refused, and gives up after some repetitions", "appendonly yes and appendfsync always for fsync; as many connected replicas of each master as replicas=N names; or promise less"},
		{ClusterState, "Of a cluster, its state, its slots, and a replica of each master. Problem: down, or slots without a server. Warning: a master without a replica.",
			"X numbers and records in slots without a server get the fallback, and pushes 503", "redis-cli --cluster check, then fix; add replicas"},
		{Sentinels, "Sentinels that the address names, those that watch with them, and a replica of the master. Problem: none answers. Warning: one does not, fewer than three watch, or there is no replica.",
			"when the master dies, nobody is promoted, or nobody tells us", "run three sentinels or more on machines of their own, name them all, and give the master a replica"},
		{Partitions, "--record-partitions is that of the first start. Problem: it is not.",
			"the endpoint ends rather than scatter records", "set --record-partitions to what it was at first"},
		{Clock, "Our clock against that of Redis. Warning: from 1 s. Problem: from half of --clock-skew.",
			"one of both is wrong. If it is ours, genuine messages are refused as TimestampOutOfRange, and old ones accepted", "let both machines follow NTP (chronyc tracking); compare ours with any other"},
		{ShardClocks, "The clocks of a cluster's masters against each other. Warning: from 1 s.",
			"leases and retries go by the clock of the server that has the key", "let all machines of the cluster follow NTP"},
	}
}
