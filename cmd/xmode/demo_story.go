package main

import (
	"context"
	"net/http"
	"time"

	"xmode/handlers"
	aliyun "xmode/platform/aliyun/sim"
)

// The numbers of the story.
const (
	xPair, xOpen, xShop, xTrip    = "17000000001", "17000000002", "17000000003", "17000000004"
	driver, rider                 = "13800000021", "13900000022"
	seller, shop, stranger, guest = "13800000023", "13800000024", "13700000031", "13700000032"
)

// tell plays the story. The error is errDemo, or that of the endpoint.
func (d *demo) tell(ctx context.Context) error {
	d.chapter("Bindings are provisioned")
	expiry := d.clock.now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, b := range []handlers.Binding{
		{ID: "100001", X: xPair, A: driver, Peers: []string{rider}, Record: true, MaxDuration: 3600, UserData: "order-1"},
		{ID: "100002", X: xOpen, A: seller},
		{ID: "100003", X: xShop, A: shop, Extension: "801"},
		{ID: "100004", X: xTrip, A: driver, Peers: []string{rider}, ExpiresAt: expiry},
	} {
		if err := d.provision(ctx, b); err != nil {
			return err
		}
	}
	for _, scene := range []func(context.Context) error{
		d.pair, d.open, d.extension, d.unknown, d.expiry, d.text, d.forged,
		d.huaweiAsks, d.huaweiTells, d.broken, d.receipts, d.wholeCall, d.recordings,
	} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	return d.close()
}

func (d *demo) pair(ctx context.Context) error {
	d.chapter("Pair: two parties reach each other through one X number")
	if err := d.ask(ctx, "the rider calls the driver", aliyun.Query{Caller: rider, X: xPair}, connects(driver)); err != nil {
		return err
	}
	return d.ask(ctx, "the driver calls the rider", aliyun.Query{Caller: driver, X: xPair}, connects(rider))
}

func (d *demo) open(ctx context.Context) error {
	d.chapter("Open: anyone reaches the owner, who can call back")
	if err := d.ask(ctx, "a stranger calls the seller", aliyun.Query{Caller: stranger, X: xOpen}, connects(seller)); err != nil {
		return err
	}
	// The last caller is written after the answer has gone out.
	return d.ask(ctx, "the seller calls back", aliyun.Query{Caller: seller, X: xOpen}, connects(stranger).soon())
}

func (d *demo) extension(ctx context.Context) error {
	d.chapter("Extension: many owners share one X number")
	id := d.callID()
	if err := d.ask(ctx, "a guest calls, and is asked for an extension", aliyun.Query{Caller: guest, X: xShop, CallID: id}, asks()); err != nil {
		return err
	}
	return d.ask(ctx, "and types it", aliyun.Query{Caller: guest, X: xShop, CallID: id, Extension: "801"}, connects(shop))
}

func (d *demo) unknown(ctx context.Context) error {
	d.chapter("Unknown caller")
	if err := d.ask(ctx, "a stranger calls the pair's X number", aliyun.Query{Caller: stranger, X: xPair}, rejects("NO_SUBS_EXIST")); err != nil {
		return err
	}
	return d.ask(ctx, "so does somebody who withholds the number", aliyun.Query{X: xPair}, rejects("NO_SUBS_EXIST"))
}

func (d *demo) expiry(ctx context.Context) error {
	d.chapter("Expiry: a binding of one hour")
	if err := d.ask(ctx, "the rider calls within the hour", aliyun.Query{Caller: rider, X: xTrip}, connects(driver)); err != nil {
		return err
	}
	d.clock.jump(2 * time.Hour)
	d.printf("\n  … the demo's clock jumps two hours\n")
	return d.ask(ctx, "and again", aliyun.Query{Caller: rider, X: xTrip}, rejects("NO_SUBS_EXIST"))
}

func (d *demo) text(ctx context.Context) error {
	d.chapter("SMS: the same question for a text message")
	return d.ask(ctx, "the rider texts the driver", aliyun.Query{Caller: rider, X: xPair, Kind: aliyun.SMS}, connects(driver).by("SMS_NORMAL_SEND"))
}

// forged sends a query that is signed with another key.
func (d *demo) forged(ctx context.Context) error {
	d.chapter("Somebody without the key")
	forger, err := aliyun.New(aliyun.Config{
		URL: "http://" + d.endpoint.PublicAddr().String() + "/aliyun/call-control", Key: "guessed", Now: d.clock.now,
	})
	if err != nil {
		return err
	}
	return d.askBy(ctx, forger, "asks who is behind the pair's X number", aliyun.Query{Caller: rider, X: xPair}, refuses(http.StatusUnauthorized, "SignatureInvalid"))
}
