package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// leakWorld is an endpoint with everything configured, to which everything is sent
// that may be sent, with values that can be recognised.
type leakWorld struct {
	*endpoint
	*clouds
	*marks
	t         *testing.T
	redis     *server
	elsewhere sync.Map // addresses of recordings
	archive   string   // folder
	secrets   string   // folder of their files
	mu        sync.Mutex
	heard     []heard
}

// heard is something that was said to somebody.
type heard struct {
	by, text string
	begin    string // of the names of fields that it must not hold
}

// TestNothingLeaks: phone numbers, secrets, ids of calls, what customers attach to
// them, names of recordings, addresses and texts are in Redis and in the answers that
// are made of them, and nowhere else, whatever is sent and whatever goes wrong.
func TestNothingLeaks(t *testing.T) {
	for format, fallback := range map[string]string{"text": "stale", "json": "reject"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newLeakWorld(t, "--log-format="+format, "--fallback="+fallback)
			w.driveRoutes()
			w.recordingsGoWrong()
			w.secretsAreExchanged()
			if format == "text" { // they have no log
				w.commandsAreRun()
				w.tlsGoesWrong()
			}
			w.redisGoesWrong()
			w.crashes(format == "json")
			w.leaksNothing()
		})
	}
}

func newLeakWorld(t *testing.T, flags ...string) *leakWorld {
	t.Helper()
	w := &leakWorld{t: t, marks: newMarks(), archive: t.TempDir(), secrets: t.TempDir(), redis: restartable(t, nil)}
	w.clouds = newClouds(t, cloudConfig{elsewhere: &w.elsewhere, xmlErrors: true})
	w.allowUser()
	address := "redis://" + w.word("Redis user") + ":" + w.word(secret+"Redis password") + "@" + w.redis.addr
	env := w.clouds.env("XMODE_REDIS=" + address)
	for variable, value := range w.keyFiles() {
		env = append(env, variable+"_FILE="+w.keyFile(variable, value))
	}
	w.endpoint = serve(t, env, w.clouds.flags(append(flags, "--recordings=file://"+w.archive, "--max-body=1MiB", "--auth-failures=100000", "--recording-max-size=64KiB")...)...)
	return w
}

// keyFiles are the secrets that can be exchanged.
func (w *leakWorld) keyFiles() map[string]string {
	return map[string]string{
		"XMODE_ALIYUN_KEYS": signingKey, "XMODE_ALIYUN_RECEIPT_TOKEN": receiptToken, "XMODE_HUAWEI_APPS": appKey + ":" + appSecret,
		"XMODE_API_KEYS": "e2e:admin:" + apiKey + ",viewer:read:" + readKey,
	}
}

func (w *leakWorld) keyFile(variable, value string) string {
	w.t.Helper()
	file := filepath.Join(w.secrets, variable)
	if err := os.WriteFile(file, []byte(value), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return file
}

// allowUser makes the user of the endpoint known to Redis.
func (w *leakWorld) allowUser() {
	w.t.Helper()
	w.acl("on", ">"+w.word(secret+"Redis password"), "~*", "&*", "+@all")
}

func (w *leakWorld) acl(rules ...string) {
	w.t.Helper()
	command := []any{"ACL", "SETUSER", w.word("Redis user")}
	for _, rule := range rules {
		command = append(command, rule)
	}
	if err := w.redis.client().Do(w.t.Context(), command...).Err(); err != nil {
		w.t.Fatal(err)
	}
}

// kind is what of the source is the same for many.
func (h heard) kind() string { kind, _, _ := strings.Cut(h.by, " with "); return kind }

// hears notes what was said to anybody.
func (w *leakWorld) hears(by, text string) { w.note(heard{by, text, ""}) }

// shows notes what was said to its own user, who may see numbers and no secrets.
func (w *leakWorld) shows(by, text string) { w.note(heard{by, text, secret}) }

func (w *leakWorld) note(h heard) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, h)
}

// leaksNothing looks at all that was heard, and at all that the process has written.
func (w *leakWorld) leaksNothing() {
	w.t.Helper()
	log, told := w.log.String(), map[string]bool{}
	for line := range strings.Lines(log) {
		if fields := w.in(line, ""); len(fields) > 0 {
			w.t.Errorf("the log holds %q:\n%s", fields, line)
		}
	}
	for _, h := range w.heard {
		fields := slices.DeleteFunc(w.in(h.text, h.begin), func(f string) bool { return strings.HasPrefix(f, name) })
		if key := strings.Join(fields, ", ") + h.kind(); len(fields) > 0 && !told[key] {
			told[key] = true
			w.t.Errorf("%s holds %q:\n%.2000s", h.by, fields, h.text)
		}
	}
	if len(w.heard) < 100 || strings.Count(log, "\n") < 300 {
		w.t.Errorf("little was said: %d answers, and in the log\n%s", len(w.heard), log)
	}
}

// wire sends a request as it is written, whatever it looks like. What is no decision
// and no content is noted: an error holds nothing of what was sent.
func (w *leakWorld) wire(listener, method, target, body string, headers ...string) reply {
	w.t.Helper()
	conn, err := net.Dial("tcp", listener)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n", method, target, listener, len(body))
	for _, h := range headers {
		head += h + "\r\n"
	}
	_, _ = io.WriteString(conn, head+"\r\n"+body) // who is refused early need not read all
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	r := reply{resp.StatusCode, resp.Header, string(text)}
	w.notes(method+" of "+listener, r)
	return r
}

// notes what an error says.
func (w *leakWorld) notes(by string, r reply) {
	if r.status >= http.StatusBadRequest {
		w.hears(fmt.Sprintf("%s: status %d", by, r.status), fmt.Sprint(r.header, r.body))
	}
}

// asAdmin calls the admin listener.
func (w *leakWorld) asAdmin(method, target, body string) reply {
	w.t.Helper()
	return w.wire(w.admin, method, target, body, "Authorization: Bearer "+apiKey, "Content-Type: application/json")
}

// gets is asAdmin for what has to be there.
func (w *leakWorld) gets(target string, into any) {
	w.t.Helper()
	r := w.asAdmin(http.MethodGet, target, "")
	if err := json.Unmarshal([]byte(r.body), into); err != nil || r.status != http.StatusOK {
		w.t.Fatalf("%s: %d %s, %v", target, r.status, r.body, err)
	}
}

// crashes ends the process: by the signal that has it write all that its goroutines
// are at, or in order.
func (w *leakWorld) crashes(hard bool) {
	w.t.Helper()
	for _, path := range []string{"/metrics", "/readyz", "/readyz?strict=1"} {
		w.hears(path, w.get("http://"+w.admin+path).body)
	}
	w.hears("/healthz", w.get("http://"+w.public+"/healthz").body)
	if !hard {
		if err := w.stop(); err != nil {
			w.t.Errorf("stopped with %v", err)
		}
		return
	}
	if err := w.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		w.t.Fatal(err)
	}
	<-w.exited
	if !strings.Contains(w.log.String(), "SIGQUIT: quit") || !strings.Contains(w.log.String(), "goroutine ") {
		w.t.Error("no stacks in the log")
	}
}

// redisGoesWrong has Redis hold what it should not, refuse commands, hang, be away, and
// come back without knowing its user.
func (w *leakWorld) redisGoesWrong() {
	w.t.Helper()
	client := w.redis.client()
	w.spoilKeys(client)
	w.everythingOnce()
	w.acl("-hmget", "-evalsha", "-eval", "-xadd", "-zrange", "-xrange")
	w.everythingOnce()
	w.acl("+@all", "resetkeys")
	w.everythingOnce()
	w.acl("~*", ">"+w.word(secret+"Redis password"))
	_ = syscall.Kill(-w.redis.group, syscall.SIGSTOP)
	w.everythingOnce()
	w.log.find(w.t, regexp.MustCompile(`the store does not answer()`), w.exited)
	_ = syscall.Kill(-w.redis.group, syscall.SIGCONT)
	w.redis.kill()
	w.everythingOnce()
	w.redis.start()
	w.everythingOnce() // WRONGPASS
	w.allowUser()
	within(w.t, 20*time.Second, "the store to be back", func() bool {
		return w.get("http://"+w.admin+"/readyz?strict=1").status == http.StatusOK
	})
}

// spoilKeys puts values of another type in place of some keys, whose names hold
// numbers and ids, and wrong contents into others.
func (w *leakWorld) spoilKeys(client *redis.Client) {
	w.t.Helper()
	ctx := w.t.Context()
	keys, err := client.Keys(ctx, "xmode:*").Result()
	if err != nil || len(keys) < 20 {
		w.t.Fatalf("%d keys, %v", len(keys), err)
	}
	slices.Sort(keys)
	keys = slices.DeleteFunc(keys, func(key string) bool { return key == "xmode:partitions" }) // nothing goes on without it
	for i, key := range keys {
		switch kind, _ := client.Type(ctx, key).Result(); {
		case i%3 == 0:
			client.Del(ctx, key)
			client.Set(ctx, key, w.word("spoilt value")+w.number("spoilt number"), 0)
		case kind == "hash":
			for field := range client.HGetAll(ctx, key).Val() {
				client.HSet(ctx, key, field, w.word("spoilt field")+w.number("spoilt number of a field"))
			}
		}
	}
}
