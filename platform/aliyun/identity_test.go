package aliyun_test

import (
	"regexp"
	"strings"
	"testing"

	"xmode/call"
)

// without an id a record is known by call, type and time.
func anonymous() item { return answered().with("id", nil) }

func TestSpellingsOfOneRecord(t *testing.T) {
	same := func(name string, spellings ...item) {
		first := record(t, spellings[0])
		for _, i := range spellings[1:] {
			other := record(t, i)
			if first.Identity() != other.Identity() || first.Content() != other.Content() {
				t.Errorf("%s: %+v\nis not %+v", name, first, other)
			}
		}
	}
	spelled := func(i item) []item {
		return []item{
			i,
			i.with("sub_id", "1000000001", "call_type", "0", "release_dir", "1", "release_cause", "16", "unconnected_cause", "0"),
			i.with("call_time", 1772600767000, "start_time", "1772600780000"),
			i.renamed("ring_time", "ring_Time"), i.renamed("ring_time", "ringTime"), i.renamed("secret_no", "secretNo"), i.renamed("sub_id", "subs_id"),
			i.renamed("pool_key", "poolKey"), i.with("phone_no", 13800000021, "secret_no", "+8617000000001", "peer_no", "008613900000012"),
			i.with("city", "上海", "anything", []int{1}, "unconnected_cause", nil, "record_url", "http://records.aliyuncs.com/2.mp3"),
		}
	}
	same("with an id", append(spelled(answered()), answered().with("id", "100042"))...)
	same("without one", append(spelled(anonymous()), anonymous().with("id", ""))...)
	bare := item{"phone_no": "13800000021", "peer_no": "13900000012", "call_type": 0, "sub_id": 1}
	same("without anything", bare, bare.with("call_type", "0", "sub_id", "1"), bare.with("call_time", "", "extension", ""))
}

func TestIdentityInDisorder(t *testing.T) {
	a := adapter(t, settings())
	one := a.Read("SecretReport", []byte(`{"phone_no":"13800000021","x":{"b":1,"a":[null,"é"]}}`), now)
	two := a.Read("SecretReport", []byte(" {\"x\" : {\"a\":[ null,\"\\u00e9\"],\"b\":1.0 } ,\n\"phone_no\":\"13800000021\",\"city\":null}"), now)
	if one.Record == nil || two.Record == nil || one.Record.ID == two.Record.ID {
		t.Errorf("1 and 1.0 are told apart, as are all numbers: %+v, %+v", one, two)
	}
	two = a.Read("SecretReport", []byte(" {\"x\" : {\"a\":[ null,\"\\u00e9\"],\"b\":\"1\" } ,\n\"phone_no\":\"13800000021\",\"city\":null}"), now)
	if two.Record == nil || one.Record.ID != two.Record.ID {
		t.Errorf("%+v, %+v", one, two)
	}
}

func TestOtherRecordsAreOthers(t *testing.T) {
	seen := map[string]int{}
	for n, i := range []item{
		answered(), answered().with("id", 100043),
		anonymous(), anonymous().with("call_type", 1), anonymous().with("call_id", "112633^104923"), anonymous().with("call_time", 1772600767001),
		// Where a part of the identity is missing, everything counts.
		anonymous().with("call_type", nil), anonymous().with("call_type", nil, "release_cause", 17),
		anonymous().with("call_id", nil), anonymous().with("call_id", nil, "release_cause", 17),
		anonymous().with("call_time", nil), anonymous().with("call_time", nil, "release_cause", 17),
	} {
		c := record(t, i)
		if other, taken := seen[c.ID]; taken {
			t.Errorf("records %d and %d are the same: %s", other, n, c.ID)
		}
		seen[c.ID] = n
		if hashed := regexp.MustCompile(`^h[0-9a-f]{32}$`).MatchString(c.ID); hashed == (i["id"] != nil) {
			t.Errorf("%d: id %s", n, c.ID)
		}
	}
}

func TestConflictsAreSeen(t *testing.T) {
	one, two := record(t, answered()), record(t, answered().with("release_time", "2026-03-04 13:08:06"))
	if one.Identity() != two.Identity() || one.Content() == two.Content() {
		t.Errorf("%+v, %+v", one, two)
	}
}

// A receipt of another type about the same call and time is something else.
func TestTypesHaveIdentitiesOfTheirOwn(t *testing.T) {
	i := item{"call_id": "c-1", "call_time": "2026-03-04 13:06:07", "start_time": "2026-03-04 13:06:07", "ring_time": "2026-03-04 13:06:07", "secret_no": "17000000001"}
	seen := map[string]string{}
	for _, kind := range []string{"SecretStartReport", "SecretRingReport", "SecretPickUpReport", "SecretRecording", "SecretSmsIntercept", "SecretReport", "SecretAsrReport", "SmartLogisticsReport"} {
		report := read(t, kind, i.with("call_type", 0))
		id := idOf(report)
		if id == "" || seen[id] != "" || strings.TrimLeft(id, "h0123456789abcdef") != "" {
			t.Errorf("%s: %q, as %q", kind, id, seen[id])
		}
		seen[id] = kind
	}
}

// idOf is the id of a record or event.
func idOf(r call.Report) string {
	if r.Record != nil {
		return r.Record.ID
	}
	return r.Event.ID
}
