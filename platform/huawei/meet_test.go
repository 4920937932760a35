package huawei_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/huawei"
	"xmode/platform/huawei/sim"
	"xmode/signature"
)

// serve answers every question with a decision and counts what is pushed.
func serve(t *testing.T, s huawei.Settings, d call.Decision) (base string, pushed *[]call.Report) {
	t.Helper()
	a := adapter(t, s)
	pushed = &[]call.Report{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, err := a.Receive(platform.Message{Path: r.URL.Path, Header: r.Header, Body: body}, now)
		refusal, refused := errors.AsType[*platform.Refusal](err)
		switch {
		case refused:
			http.Error(w, refusal.Error(), http.StatusUnauthorized)
		case got.Query != nil:
			_, _ = w.Write(a.Answer(*got.Query, d))
		default:
			for _, item := range got.Push.Items {
				*pushed = append(*pushed, a.Read(got.Push.Kind, item, got.Proof.SignedAt))
			}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, pushed
}

// TestBothSidesMeet: what the simulator writes from the platform's pages, the
// adapter reads, and the other way round.
func TestBothSidesMeet(t *testing.T) {
	for _, info := range []string{"object", "array"} {
		for _, scheme := range []signature.TokenScheme{signature.AKSK, signature.WSSE} {
			s := settings()
			s.Info = info
			base, pushed := serve(t, s, connect(call.ByPeer, binding(t)))
			p, err := sim.New(sim.Config{Addresses: sim.AddressesAt(base), AppKey: testKey, AppSecret: testSecret, Scheme: scheme,
				Spaces: info == "array", Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			asksAndPushes(t, p, pushed)
		}
	}
}

func asksAndPushes(t *testing.T, p *sim.Client, pushed *[]call.Report) {
	t.Helper()
	d, x, err := p.Ask(t.Context(), sim.Event{SessionID: "s", Caller: "+8613800000021", Called: "+8617000000001"})
	if err != nil || d.Connect.CalleeNum != "+8613900000022" || d.Connect.MaxDuration != 60 || d.Connect.RecordFlag != "true" {
		t.Fatalf("%+v, %+v, %v", d, x, err)
	}
	r, x, err := p.AskText(t.Context(), sim.Text{SMSIdentifier: "i", Calling: "+8613800000021", VirtualNumber: "+8617000000001"})
	if err != nil || r != (sim.Routing{Forwarded: true, Called: "+8613900000022", Calling: "+8613800000021"}) {
		t.Fatalf("%+v, %+v, %v", r, x, err)
	}
	for _, send := range []func() (sim.Exchange, error){
		func() (sim.Exchange, error) { return p.Tell(t.Context(), "alerting", sim.Event{SessionID: "s"}) },
		func() (sim.Exchange, error) {
			return p.PushFees(t.Context(), sim.Fee{ICID: "1", SessionID: "s"}, sim.Fee{ICID: "2"})
		},
		func() (sim.Exchange, error) {
			return p.PushNumbers(t.Context(), sim.Number{Number: "+8617000000001", Status: "5"})
		},
		func() (sim.Exchange, error) {
			return p.TellText(t.Context(), sim.Text{SMSIdentifier: "i", Called: "+8613900000022"})
		},
	} {
		if x, err := send(); err != nil || !x.Accepted() {
			t.Errorf("%+v, %v", x, err)
		}
	}
	if len(*pushed) != 5 {
		t.Fatalf("%d things were pushed, want 5", len(*pushed))
	}
	for _, report := range *pushed {
		if report.Fault != "" {
			t.Errorf("not understood: %s", report.Fault)
		}
	}
}
