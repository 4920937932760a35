package redisstore

import (
	"context"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"xmode/store"
)

// Watchers asks the sentinels that an address names, beside each other, who else
// watches the master; none where it names no sentinels. The error is [Connect]'s.
func Watchers(ctx context.Context, address string) ([]store.Watcher, error) {
	o, kind, err := parseURL(address)
	if err != nil || kind != "sentinel" {
		return nil, err
	}
	all := make([]store.Watcher, len(o.Addrs))
	var asked sync.WaitGroup
	for i, addr := range o.Addrs {
		asked.Go(func() { all[i] = watcher(ctx, &o, addr) })
	}
	asked.Wait()
	return all, nil
}

// watcher asks one.
func watcher(ctx context.Context, o *redis.UniversalOptions, addr string) store.Watcher {
	w := store.Watcher{Name: addr}
	plain := *o.Simple()
	plain.Addr, plain.Username, plain.Password, plain.DB = addr, o.SentinelUsername, o.SentinelPassword, 0
	plain.MinIdleConns = 0
	client := redis.NewSentinelClient(&plain)
	defer func() { _ = client.Close() }()
	others, err := client.Sentinels(ctx, o.MasterName).Result()
	if err != nil {
		w.Away = classOf(err)
		if isReply(err) && strings.Contains(err.Error(), "No such master") {
			w.Away = "it knows no master of that name"
		}
		return w
	}
	w.Others = len(others)
	for _, other := range others {
		if strings.Contains(other["flags"], "s_down") { // only "disconnected": it was just found
			w.Down++
		}
	}
	return w
}
