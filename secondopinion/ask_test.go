package secondopinion_test

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/aliyun"
)

// asker is our client, which asks the place.
func asker(t *testing.T, p place, poolKey string) platform.Recordings {
	t.Helper()
	settings := aliyun.Settings{
		Keys:        platform.NewSecret("a signing key"),
		AccessKeyID: platform.NewSecret(keyID), AccessKeySecret: platform.NewSecret(secret),
		PoolKey: poolKey, API: "http://" + p.host,
	}
	adapter, err := settings.Adapter(platform.Shared{ClockSkew: 5 * time.Minute, PushWindow: 11 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	recordings, ok := adapter.(platform.Recordings)
	if !ok {
		t.Fatalf("%T cannot be asked for recordings", adapter)
	}
	return recordings
}

// send sends what our client composes, and returns what arrives.
func send(t *testing.T, p place, from platform.Recordings, names map[string]string) received {
	t.Helper()
	now := time.Date(2026, 3, 4, 13, 6, 7, 0, time.FixedZone("Beijing", 8*3600))
	req, err := from.Ask(call.Recording{Platform: aliyun.Name, Names: names}, now)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return <-p.requests
}

// signedByTheSDKAlike asserts that the SDK gives the signature that came with our request.
func (r received) signedByTheSDKAlike(t *testing.T) {
	t.Helper()
	params := r.all(t)
	ours := params["Signature"]
	delete(params, "Signature")
	if want := theirs(secret, r.method, params); ours != want {
		t.Errorf("%s %v\nsigned %q by us\n   and %q by the SDK", r.method, params, ours, want)
	}
}

func TestOurRequestIsTheOneOfTheProductsPackage(t *testing.T) {
	p := listen(t)
	client := asker(t, p, "")
	for name, question := range questions() {
		if question["PoolKey"] == "" {
			continue // is not asked: see below
		}
		t.Run(name, func(t *testing.T) {
			ours := send(t, p, client, question)
			ours.signedByTheSDKAlike(t)
			ours.has(t, question)
			ours.has(t, map[string]string{"Timestamp": "2026-03-04T05:06:07Z"})

			product, _ := askProduct(t, p, "POST", question)
			if ours.method != product.method || len(ours.form) != len(product.form) {
				t.Errorf("%s with the form %v, want %s with %v", ours.method, ours.form, product.method, product.form)
			}
			asksWithTheSame(t, ours.all(t), product.all(t))
		})
	}
}

// asksWithTheSame asserts that two requests say the same, but for what is another
// in each, and for what the product has no use for.
func asksWithTheSame(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, unused := range []string{"RegionId", "SignatureType"} {
		delete(want, unused)
	}
	for _, each := range []string{"SignatureNonce", "Timestamp", "Signature"} {
		if got[each] == "" || got[each] == want[each] {
			t.Errorf("%s is %q, and %q in the SDK's", each, got[each], want[each])
		}
		delete(got, each)
		delete(want, each)
	}
	if !maps.Equal(got, want) {
		t.Errorf("asks with\n     %v\nwant %v", got, want)
	}
}

func TestThePoolOfTheSettingsStandsIn(t *testing.T) {
	p := listen(t)
	names := map[string]string{"CallId": "112633^104922", "CallTime": "2026-03-04 13:06:07"}
	r := send(t, p, asker(t, p, "FC 1*~"), names)
	r.signedByTheSDKAlike(t)
	r.has(t, names)
	r.has(t, map[string]string{"PoolKey": "FC 1*~"})

	_, err := asker(t, p, "").Ask(call.Recording{Platform: aliyun.Name, Names: names}, time.Time{})
	if trouble, ok := errors.AsType[*platform.Trouble](err); !ok || trouble.Reason != platform.ReasonNoNames {
		t.Errorf("without a pool: %v, want %s", err, platform.ReasonNoNames)
	}
}

func TestEachRequestHasItsOwnNonce(t *testing.T) {
	p := listen(t)
	client := asker(t, p, "")
	var nonces []string
	for range 20 {
		r := send(t, p, client, questions()["ordinary"])
		nonces = append(nonces, r.query.Get("SignatureNonce"))
	}
	if slices.Sort(nonces); len(slices.Compact(nonces)) != 20 {
		t.Errorf("repeated: %q", nonces)
	}
}
