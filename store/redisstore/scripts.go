package redisstore

import (
	"context"
	"embed"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed scripts/*.lua
var sources embed.FS

// script is a Lua script that Redis keeps under its digest.
type script struct{ sha, source string }

// scripts are the atomic steps; each file's header says what goes in and out.
type scripts struct {
	apply, reserve, release, deposit, log, retire script
	file, claim, hold, settle, admit              script
}

func readScripts() scripts {
	read := func(name string) script {
		text, err := sources.ReadFile("scripts/" + name)
		if err != nil {
			panic(err) // embedded at build time
		}
		return script{sha: redis.NewScript(string(text)).Hash(), source: string(text)}
	}
	return scripts{
		read("apply.lua"), read("reserve.lua"), read("release.lua"),
		read("deposit.lua"), read("log.lua"), read("retire.lua"),
		read("file.lua"), read("claim.lua"), read("hold.lua"), read("settle.lua"), read("admit.lua"),
	}
}

func (s scripts) all() []script {
	return []script{
		s.apply, s.reserve, s.release, s.deposit, s.log, s.retire,
		s.file, s.claim, s.hold, s.settle, s.admit,
	}
}

func (s scripts) digests() []string {
	var list []string
	for _, sc := range s.all() {
		list = append(list, sc.sha)
	}
	return list
}

// call queues the script; exec runs it.
func (sc script) call(ctx context.Context, p redis.Pipeliner, keys []string, args ...any) *redis.Cmd {
	return p.EvalSha(ctx, sc.sha, keys, args...)
}

// exec runs what fill queues in one round trip, on Cluster in one to each node.
func (s *Store) exec(ctx context.Context, fill func(redis.Pipeliner)) error {
	return execOn(ctx, s.client, s.scripts, fill)
}

// execHot is exec for what a caller waits for.
func (s *Store) execHot(ctx context.Context, fill func(redis.Pipeliner)) error {
	return execOn(ctx, s.hot, s.scripts, fill)
}

// execOn runs what fill queues. Scripts that the server does not know, a
// restarted or newly promoted one, are loaded and run again, and so is a wait
// behind them; we run nothing else twice. The client of a Cluster
// does, whole pipelines, after a redirection or a broken connection: what is
// queued must bear that. Errors of single commands stay with the commands.
func execOn(ctx context.Context, client redis.UniversalClient, known scripts, fill func(redis.Pipeliner)) error {
	pipe := client.Pipeline()
	fill(pipe)
	cmds, err := pipe.Exec(ctx)
	unknown := unknownScripts(cmds)
	if len(unknown) == 0 {
		return transportError(cmds, err)
	}
	if err := known.load(ctx, client); err != nil {
		return err
	}
	again := client.Pipeline()
	for _, cmd := range unknown {
		cmd.SetErr(nil)
		_ = again.Process(ctx, cmd)
	}
	_, second := again.Exec(ctx)
	return transportError(cmds, second)
}

// load gives the scripts to the server, on Cluster to every node.
func (s scripts) load(ctx context.Context, client redis.UniversalClient) error {
	for _, sc := range s.all() {
		if err := client.ScriptLoad(ctx, sc.source).Err(); err != nil {
			return err
		}
	}
	return nil
}

func unknownScripts(cmds []redis.Cmder) []redis.Cmder {
	var list []redis.Cmder
	for _, cmd := range cmds {
		wait := len(list) > 0 && strings.HasPrefix(cmd.Name(), "wait") // it waited for nothing
		if err := cmd.Err(); wait || err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") {
			list = append(list, cmd)
		}
	}
	return list
}

// transportError keeps the first error that is no answer: nil replies are
// answers.
func transportError(cmds []redis.Cmder, err error) error {
	for _, cmd := range cmds {
		if e := cmd.Err(); e != nil && !errors.Is(e, redis.Nil) {
			return e
		}
	}
	if errors.Is(err, redis.Nil) {
		return nil
	}
	return err
}
