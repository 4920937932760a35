package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"xmode/doctor"
	"xmode/recording"
	"xmode/store"
	"xmode/store/redisstore"
)

// How long the servers, and the archive, may take to be examined.
const (
	inspectTimeout = 5 * time.Second
	archiveTimeout = 5 * time.Second
)

// Examine looks at settings, Redis and clocks for what would lose or leak data.
// faults are those of the settings, by which a part may be out of reach. Nothing
// is written to Redis. The findings hold no secret.
func Examine(ctx context.Context, s *Settings, faults Faults, now func() time.Time) doctor.Findings {
	setup := s.setup(faults)
	setup.HasArchive = s.Archive != "" && !faults.has("XMODE_RECORDINGS")
	if setup.HasArchive {
		setup.ArchiveFault = archiveFault(ctx, s.Archive)
	}
	found := setup.Judge(now())
	if s.Redis.IsSet() && !setup.Embedded {
		found = append(found, s.examineRedis(ctx, now)...)
	}
	found.Sort()
	return found
}

// examineRedis judges the servers; nothing where the settings name none that can
// be spoken to, which is a fault of its own.
func (s *Settings) examineRedis(ctx context.Context, now func() time.Time) (found doctor.Findings) {
	opened, closing, err := openStore(s, now, slog.New(slog.DiscardHandler), func(string, bool) {})
	if err != nil {
		return nil
	}
	defer func() { _ = closing() }()
	ctx, cancel := context.WithTimeout(ctx, inspectTimeout)
	defer cancel()
	if watchers, err := redisstore.Watchers(ctx, s.Redis.Reveal()); err == nil && len(watchers) > 0 {
		found = doctor.Watchers(watchers)
	}
	seen, err := opened.Inspect(ctx)
	if err != nil && len(seen.Nodes) == 0 {
		return append(found, doctor.Unreachable(classOf(err))...)
	}
	return append(found, doctor.Servers(seen, s.promise())...)
}

// promise is what the servers are held against.
func (s *Settings) promise() doctor.Promise {
	d, _ := redisstore.ParseDurability(s.Durability) // checked with the settings
	return doctor.Promise{
		Replicas: d.Replicas, Fsync: d.Fsync, Assumed: d.Assumed, Budget: s.PushBudget, Skew: s.ClockSkew, Partitions: s.RecordPartitions,
	}
}

// classOf says in a word why a store did not answer.
func classOf(err error) string {
	if failure, ok := errors.AsType[*store.Failure](err); ok {
		return failure.Class
	}
	return "unavailable"
}

// archiveFault says why recordings could not be archived; empty: they could.
func archiveFault(ctx context.Context, address string) string {
	ctx, cancel := context.WithTimeout(ctx, archiveTimeout)
	defer cancel()
	archive, err := recording.OpenArchive(ctx, address)
	if err != nil {
		return oneLine(err)
	}
	defer func() { _ = archive.Close() }()
	if err := archive.Accessible(ctx); err != nil {
		return oneLine(err)
	}
	return ""
}
