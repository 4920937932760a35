package call_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xmode/call"
)

func many(n int) []call.Number {
	ns := make([]call.Number, n)
	for i := range ns {
		ns[i] = call.NumberFromStore(fmt.Sprintf("+86138%08d", 1000+i))
	}
	return ns
}

// fault is a line of a table: the fields with faults, in order; empty: valid.
type fault struct {
	name   string
	change change
	fields string
}

func checkAll(t *testing.T, table []fault) {
	t.Helper()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			b := binding(1, c.change)
			err := b.Check()
			if c.fields == "" {
				if err != nil {
					t.Errorf("valid, but: %v", err)
				}
				return
			}
			faults, ok := errors.AsType[call.FieldErrors](err)
			if got := strings.Join(slices.Sorted(maps.Keys(faults)), " "); !ok || got != c.fields {
				t.Errorf("faults in %q (%v), want %q", got, err, c.fields)
			}
		})
	}
}

func TestCheckParties(t *testing.T) {
	checkAll(t, []fault{
		{"an open binding", func(*call.Binding) {}, ""},
		{"a pair", peers(peer), ""},
		{"the largest group", peers(many(1000)...), ""},
		{"a group too large", peers(many(1001)...), "peers"},
		{"not yet assigned", func(b *call.Binding) { b.ID = 0 }, ""},
		{"the largest id", func(b *call.Binding) { b.ID = call.MaxID }, ""},
		{"an id too large", func(b *call.Binding) { b.ID = call.MaxID + 1 }, "id"},
		{"no X", func(b *call.Binding) { b.X = nobody }, "x"},
		{"no owner", ownedBy(nobody), "a"},
		{"nothing at all", func(b *call.Binding) { *b = call.Binding{} }, "a direction sms x"},
		{"the owner is the X number", ownedBy(x), "a"},
		{"the owner is a peer", peers(peer, owner), "peers"},
		{"the X number is a peer", peers(x), "peers"},
		{"a peer that is no number", peers(peer, nobody), "peers"},
		{"a peer twice", peers(peer, friend, peer), "peers"},
		{"a peer twice in a large group", peers(append(many(100), many(1)...)...), "peers"},
		{"a group whose peers are elsewhere", func(b *call.Binding) { b.PeerCount = 7 }, "peers"},
	})
}

func TestCheckFields(t *testing.T) {
	prompt := func(s string) change { return func(b *call.Binding) { b.Prompts.LastMinute = s } }
	userData := func(s string) change { return func(b *call.Binding) { b.UserData = s } }
	checkAll(t, []fault{
		{"a platform", on("aliyun"), ""},
		{"the longest platform", on("abcdefghijklmn09"), ""},
		{"a platform too long", on("abcdefghijklmn098"), "platform"},
		{"a platform in capitals", on("Aliyun"), "platform"},
		{"an extension", extension("12345678"), ""},
		{"a zero extension", extension("0"), ""},
		{"an extension too long", extension("123456789"), "extension"},
		{"an extension of letters", extension("12a"), "extension"},
		{"an extension with its end key", extension("12#"), "extension"},
		{"an extension in full width", extension("１"), "extension"},
		{"another direction", only("sideways"), "direction"},
		{"no direction", only(""), "direction"},
		{"another way of texts", texts("shred"), "sms"},
		{"the longest call", func(b *call.Binding) { b.MaxDuration = 86400 }, ""},
		{"a call too long", func(b *call.Binding) { b.MaxDuration = 86401 }, "max_duration_s"},
		{"a negative call", func(b *call.Binding) { b.MaxDuration = -1 }, "max_duration_s"},
		{"an expiry in the past", expires(-time.Hour), ""},
		{"an expiry before time", func(b *call.Binding) { b.ExpiresAt = time.Unix(-1, 0) }, "expires_at"},
		{"an expiry after time", func(b *call.Binding) { b.ExpiresAt = call.Never }, "expires_at"},
		{"a display number", showing(hotline), ""},
		{"the longest prompt", prompt(strings.Repeat("p", 128)), ""},
		{"a prompt too long", prompt(strings.Repeat("p", 129)), "prompts"},
		{"a prompt in Chinese", prompt("提示音.wav"), ""},
		{"a prompt of two lines", prompt("a\nb"), "prompts"},
		{"a prompt in no encoding", prompt("\xff"), "prompts"},
		{"user data", userData("order-1 ~!"), ""},
		{"the longest user data", userData(strings.Repeat("u", 256)), ""},
		{"user data too long", userData(strings.Repeat("u", 257)), "user_data"},
		{"user data with a brace", userData("a{b"), "user_data"},
		{"user data with the other brace", userData("a}b"), "user_data"},
		{"user data in Chinese", userData("订单"), "user_data"},
		{"user data with DEL", userData("\x7f"), "user_data"},
		{"user data with a tab", userData("\t"), "user_data"},
		{"several faults", func(b *call.Binding) { b.A, b.Extension, b.SMS = nobody, "x", "" }, "a extension sms"},
	})
}

func TestPromptsAreAllChecked(t *testing.T) {
	bad := "a\x00"
	for _, p := range []call.Prompts{
		{Caller: bad}, {Callee: bad}, {Ringback: bad}, {RecordHint: bad}, {LastMinute: bad}, {Hangup: bad},
	} {
		b := binding(1, func(b *call.Binding) { b.Prompts = p })
		if err := b.Check(); err == nil {
			t.Errorf("%q passes", p)
		}
	}
}

func TestCheckOfValidPairDoesNotAllocate(t *testing.T) {
	b := binding(1, peers(peer, friend), extension("22"), on("aliyun"))
	if allocs := testing.AllocsPerRun(100, func() { _ = b.Check() }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestFieldErrorsAreSorted(t *testing.T) {
	e := call.FieldErrors{"x": "required", "a": "required", "peers": "more than 1000"}
	if got, want := e.Error(), "a: required; peers: more than 1000; x: required"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		binding call.Binding
		want    []string // how each begins
	}{
		"mobiles":              {binding(1, peers(peer)), nil},
		"the X number shown":   {binding(1, showing(x)), nil},
		"a fixed-line owner":   {binding(1, ownedBy(landline)), []string{"The owner is a fixed line"}},
		"a fixed-line peer":    {binding(1, peers(peer, landline)), []string{"A peer is a fixed line"}},
		"another number shown": {binding(1, showing(hotline)), []string{"The display number is not the X number"}},
	} {
		got := c.binding.Warnings()
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSameAs(t *testing.T) {
	base := binding(1, peers(peer, friend), extension("22"), on("aliyun"))
	with := func(c change) call.Binding { b := base; c(&b); return b }
	crowd := many(100)
	backwards := slices.Clone(crowd)
	slices.Reverse(backwards)
	for name, c := range map[string]struct {
		a, b call.Binding
		same bool
	}{
		"itself":                    {base, base, true},
		"another id and terms":      {base, with(func(b *call.Binding) { b.ID, b.Record, b.Direction, b.UserData = 2, true, call.ToA, "u" }), true},
		"another expiry":            {base, with(expires(time.Hour)), true},
		"another order":             {base, with(peers(friend, peer)), true},
		"another order of a crowd":  {with(peers(crowd...)), with(peers(backwards...)), true},
		"another in the crowd":      {with(peers(crowd...)), with(peers(append(backwards[1:], peer)...)), false},
		"another X":                 {base, with(func(b *call.Binding) { b.X = hotline }), false},
		"another platform":          {base, with(on("")), false},
		"another extension":         {base, with(extension("")), false},
		"another owner":             {base, with(ownedBy(stranger)), false},
		"another peer":              {base, with(peers(peer, stranger)), false},
		"fewer peers":               {base, with(peers(peer)), false},
		"more peers":                {base, with(peers(peer, friend, stranger)), false},
		"a group without its peers": {base, with(func(b *call.Binding) { b.Peers = nil }), false},
	} {
		if got := c.a.SameAs(&c.b); got != c.same {
			t.Errorf("%s: %v", name, got)
		}
		if got := c.b.SameAs(&c.a); got != c.same {
			t.Errorf("%s, turned round: %v", name, got)
		}
	}
}

func TestExpiry(t *testing.T) {
	for name, c := range map[string]struct {
		binding call.Binding
		live    bool
	}{
		"never expires":            {binding(1), true},
		"the last millisecond":     {binding(1, expires(time.Millisecond)), true},
		"expires this instant":     {binding(1, expires(0)), false},
		"its own platform":         {binding(1, on("aliyun")), true},
		"the other platform":       {binding(1, on("huawei")), false},
		"both expired and another": {binding(1, on("huawei"), expires(0)), false},
	} {
		if got := c.binding.Live("aliyun", now); got != c.live {
			t.Errorf("%s: live is %v", name, got)
		}
	}
}

func TestParseID(t *testing.T) {
	for in, want := range map[string]call.ID{
		"1": 1, "100001": 100001, "9007199254740991": call.MaxID,
		"": 0, "0": 0, "007": 0, "9007199254740992": 0, "90071992547409910": 0, "18446744073709551617": 0,
		"-1": 0, "+1": 0, " 1": 0, "1 ": 0, "1.0": 0, "0x1": 0, "1e3": 0, "１": 0,
	} {
		id, err := call.ParseID(in)
		if id != want || errors.Is(err, call.ErrID) != (want == 0) {
			t.Errorf("ParseID(%q) = %d, %v; want %d", in, id, err, want)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"1", "0", "007", "9007199254740991", "9007199254740992", "-1", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := strconv.ParseUint(s, 10, 64)
		valid := err == nil && 1 <= want && want <= 1<<53-1 && strconv.FormatUint(want, 10) == s
		id, err := call.ParseID(s)
		if valid != (err == nil) || valid && (uint64(id) != want || id.String() != s) {
			t.Fatalf("ParseID(%q) = %d, %v", s, id, err)
		}
	})
}
