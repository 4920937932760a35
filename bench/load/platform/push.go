package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"xmode/bench/internal/lab"
	"xmode/platform/huawei/sim"
)

// perPush is how many records the platform puts into a push.
const perPush = 50

// push has all records go to an endpoint, as the platform signs them.
func (p *platform) push(w http.ResponseWriter, r *http.Request) {
	if err := p.pushAll(r.Context(), r.FormValue("to")); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

// errPush: an endpoint does not take a push.
var errPush = errors.New("a push was not acknowledged")

func (p *platform) pushAll(ctx context.Context, to string) error {
	client, err := sim.New(sim.Config{
		Addresses: sim.AddressesAt(to), AppKey: lab.AppKey, AppSecret: lab.AppSecret, Now: time.Now,
	})
	if err != nil {
		return err
	}
	for fees := range slices.Chunk(p.fees(), perPush) {
		e, err := client.PushFees(ctx, fees...)
		if err != nil {
			return err
		}
		if !e.Accepted() {
			return fmt.Errorf("%w: %d", errPush, e.Status)
		}
	}
	return nil
}

// fees are the records of calls that were recorded, one for each recording.
func (p *platform) fees() []sim.Fee {
	list := make([]sim.Fee, len(p.names))
	at := func(s int) string {
		return time.Now().Add(time.Duration(s-900) * time.Second).UTC().Format(time.DateTime)
	}
	for i, name := range p.names {
		x := fmt.Sprintf("+86170%08d", i%1000)
		list[i] = sim.Fee{
			AppKey: lab.AppKey, ICID: fmt.Sprintf("bench-icid-%d", i), SessionID: fmt.Sprintf("bench-session-%d", i),
			BindNum: x, CallerNum: fmt.Sprintf("+86139%08d", i), CalleeNum: x, FwdDisplayNum: x, FwdDstNum: fmt.Sprintf("+86138%08d", i),
			CallInTime: at(0), FwdStartTime: at(1), FwdAlertingTime: at(3), FwdAnswerTime: at(9), CallEndTime: at(140),
			RecordFlag: 1, RecordStartTime: at(9), RecordDomain: "ostor.huawei.com", RecordBucketName: "bench-sp-x", RecordObjectName: name,
			NotifyMode: "Block",
		}
	}
	return list
}
