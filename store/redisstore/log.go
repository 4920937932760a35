package redisstore

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// SetLog has Redis clients tell their troubles, at debug level: what matters of
// them, callers get as errors. The library has one log for the whole process,
// and writes to standard error until it is given one.
func SetLog(log *slog.Logger) { redis.SetLogger(clientLog{log}) }

// clientLog is the log as the library wants it.
type clientLog struct{ log *slog.Logger }

// Printf logs at debug.
func (l clientLog) Printf(ctx context.Context, format string, v ...any) {
	if l.log.Enabled(ctx, slog.LevelDebug) {
		l.log.DebugContext(ctx, fmt.Sprintf(format, v...))
	}
}
