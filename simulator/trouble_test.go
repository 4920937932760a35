package simulator_test

import (
	"errors"
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmode/simulator"
)

func trouble(t testing.TB, c simulator.TroubleConfig) *simulator.Trouble {
	t.Helper()
	made, err := simulator.NewTrouble(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTroubleMeetsItsShare(t *testing.T) {
	c := simulator.TroubleConfig{Seed: 11, Throttled: 0.1, NotReady: 0.1, CutOff: 0.05, Slow: 0.02}
	one, two := trouble(t, c), trouble(t, c)
	c.Seed++
	other := trouble(t, c)
	var throttled, late, cut, slow, both, differ float64
	for i := range 10_000 {
		name := fmt.Sprintf("rec-%d.wav", i)
		f := one.Fate(name)
		if f != two.Fate(name) || f.CutOff < 0 || f.CutOff >= 1 || f.NotReady > 1 {
			t.Fatalf("%s: %+v, %+v", name, f, two.Fate(name))
		}
		count := func(n *float64, is bool) {
			if is {
				*n++
			}
		}
		count(&throttled, f.Throttled)
		count(&late, f.NotReady > 0)
		count(&cut, f.CutOff > 0)
		count(&slow, f.Slow)
		count(&both, f.Throttled && f.NotReady > 0)
		count(&differ, f != other.Fate(name))
	}
	for what, c := range map[string][2]float64{
		"throttled": {throttled, 1000}, "not ready": {late, 1000}, "cut off": {cut, 500}, "slow": {slow, 200}, "throttled and not ready": {both, 100},
	} {
		if got, want := c[0], c[1]; math.Abs(got-want) > 5*math.Sqrt(want) {
			t.Errorf("%s: %v, want about %v", what, got, want)
		}
	}
	if differ < 1000 {
		t.Errorf("another seed changes %v fates", differ)
	}
}

func TestAsk(t *testing.T) {
	const ok, throttle, notYet = simulator.NoObstacle, simulator.Throttle, simulator.NotYet
	for name, c := range map[string]struct {
		config simulator.TroubleConfig
		want   []simulator.Obstacle
	}{
		"none":      {simulator.TroubleConfig{}, []simulator.Obstacle{ok, ok}},
		"throttled": {simulator.TroubleConfig{Throttled: 1}, []simulator.Obstacle{throttle, ok, ok}},
		"not ready": {simulator.TroubleConfig{NotReady: 1}, []simulator.Obstacle{notYet, ok, ok}},
		"for long":  {simulator.TroubleConfig{NotReady: 1, NotReadyAsks: 3}, []simulator.Obstacle{notYet, notYet, notYet, ok, ok}},
		"both":      {simulator.TroubleConfig{Throttled: 1, NotReady: 1, NotReadyAsks: 2}, []simulator.Obstacle{throttle, notYet, notYet, ok, ok}},
	} {
		made := trouble(t, c.config)
		for i, want := range c.want {
			for _, file := range []string{"a", "b"} { // each has a count of its own
				if got := made.Ask(file); got != want {
					t.Errorf("%s: ask %d for %s: %d, want %d", name, i+1, file, got, want)
				}
			}
		}
	}
}

func TestNoTrouble(t *testing.T) {
	var none *simulator.Trouble
	if cut, slow := none.Download("a"); none.Ask("a") != simulator.NoObstacle || none.Fate("a") != (simulator.Fate{}) || cut != 0 || slow {
		t.Error("trouble")
	}
}

func TestRates(t *testing.T) {
	for _, rate := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := simulator.NewTrouble(simulator.TroubleConfig{CutOff: rate}); !errors.Is(err, simulator.ErrRate) {
			t.Errorf("%v: %v", rate, err)
		}
	}
}

func TestRead(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	r := httptest.NewRequest("POST", "http://h/a%2Fb?x=%20", strings.NewReader("body"))
	r.Header.Set("X", "y")
	got, err := simulator.Read(r, at)
	if err != nil || got.Method != "POST" || got.Host != "h" || got.Path != "/a%2Fb" || got.Query != "x=%20" || got.Body != "body" || got.Header.Get("X") != "y" || !got.At.Equal(at) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := simulator.Read(httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 70<<10))), at); !errors.Is(err, simulator.ErrBody) || len(got.Body) != 64<<10 {
		t.Errorf("%d bytes, %v", len(got.Body), err)
	}
}

func TestLogHoldsSoMuch(t *testing.T) {
	var l simulator.Log
	for i := range 100_002 {
		l.Add(simulator.Request{Status: i})
	}
	if list := l.List(); len(list) != 100_000 || list[99_999].Status != 99_999 || l.Dropped() != 2 {
		t.Errorf("%d, %d dropped", len(list), l.Dropped())
	}
}

func TestLogHoldsAsMuchAsItIsTold(t *testing.T) {
	l := simulator.Log{Size: 2}
	for i := range 5 {
		l.Add(simulator.Request{Status: i})
	}
	if list := l.List(); len(list) != 2 || list[1].Status != 1 || l.Dropped() != 3 {
		t.Errorf("%+v, %d dropped", list, l.Dropped())
	}
}
