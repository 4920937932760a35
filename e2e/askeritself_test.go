package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestAskerSeesFaults: an open loop goes on while nothing is answered, counts from when
// each question was due, and what is not as documented is no answer.
func TestAskerSeesFaults(t *testing.T) {
	const stall = 300 * time.Millisecond
	var began time.Time
	for _, c := range []struct {
		aliyun, huawei string
		status         int
		faults         int // of the platforms' two
	}{
		{`{"code":"OK","message":"reject: store_unavailable","model":{"controlOperate":"REJECT","controlMsg":"STORE_UNAVAILABLE","subsId":"0"}}`,
			`{"operation":"close","closeInfo":{}}`, 200, 0},
		{`{"code":"OK","message":"m","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"1","calledNo":"1","calledDisplayNo":"2"}}`,
			`{"operation":"connect","connectInfo":{"calleeNum":"+8613800000099","displayCalleeNum":"+8617000000001"}}`, 200, 2},
		{`{"code":"OK","message":"m","model":{"controlOperate":"REJECT","controlMsg":"X","subsId":"0"},"more":1}`, `{"operation":"close"}`, 200, 2},
		{`{"code":"NotStored"}`, ``, 503, 2},
	} {
		stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Until(began.Add(stall))) // nobody is answered before
			w.WriteHeader(c.status)
			if strings.HasPrefix(r.URL.Path, "/aliyun/") {
				fmt.Fprint(w, c.aliyun)
				return
			}
			fmt.Fprint(w, c.huawei)
		}))
		began = time.Now()
		got := askFor(&endpoint{t: t, public: strings.TrimPrefix(stub.URL, "http://")}, 200, stall/2)
		stub.Close()
		faults := map[string]bool{}
		for _, one := range got {
			if answered := one.due.Add(one.took); answered.Before(began.Add(stall)) {
				t.Errorf("answered %v too early", began.Add(stall).Sub(answered))
			}
			if one.fault != "" {
				faults[one.fault] = true
			}
		}
		if n := len(got); n < 15 || n > 31 || len(faults) != c.faults {
			t.Errorf("%d questions, faults %v, want %d", n, faults, c.faults)
		}
	}
}
