package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"xmode/handlers"
	aliyun "xmode/platform/aliyun/sim"
	huawei "xmode/platform/huawei/sim"
	"xmode/simulator"
)

// What the platforms' storage has.
const (
	huaweiFile = "2405010203.wav"
	aliyunFile = "demo-recorded.mp3"
)

// recordings are fetched from both platforms.
func (d *demo) recordings(ctx context.Context) error {
	d.chapter("Recordings: fetched before the platforms throw them away")
	d.platforms.storage.Put(huaweiFile, simulator.Audio{Format: simulator.WAV, Size: 96_044, Seed: 1})
	d.platforms.storage.Put(aliyunFile, simulator.Audio{Format: simulator.MP3, Size: 60_000, Seed: 2})
	if err := d.huaweiRecords(ctx); err != nil {
		return err
	}
	if err := d.aliyunRecords(ctx); err != nil {
		return err
	}
	d.clock.jump(aliyunDelay)
	d.printf("\n  … the demo's clock jumps %s: the file of Alibaba Cloud appears some 15 to 20 minutes after the call\n", aliyunDelay)
	for _, c := range []struct{ platform, file string }{{"huawei", huaweiFile}, {"aliyun", aliyunFile}} {
		if err := d.archived(ctx, c.platform, c.file); err != nil {
			return err
		}
	}
	return nil
}

// huaweiRecords names the recording in the record of its call.
func (d *demo) huaweiRecords(ctx context.Context) error {
	at := func(s int) string {
		return d.clock.now().Add(time.Duration(s) * time.Second).UTC().Format(time.DateTime)
	}
	e, err := d.huawei.PushFees(ctx, huawei.Fee{
		AppKey: appKey, ICID: "demo-icid-recorded", SessionID: "demo-recorded", BindNum: china(xPair), CallerNum: china(rider), CalleeNum: china(xPair),
		FwdDstNum: china(driver), CallInTime: at(-90), FwdStartTime: at(-89), FwdAlertingTime: at(-86), FwdAnswerTime: at(-79), CallEndTime: at(0),
		RecordFlag: 1, RecordStartTime: at(-79), RecordDomain: "ostor.huawei.com", RecordBucketName: "demo", RecordObjectName: huaweiFile, NotifyMode: "Block",
	})
	if err != nil {
		return fmt.Errorf("demo: recording: %w", err)
	}
	d.exchange("Huawei: a call record that names a recording", e.Request(), e.Status, e.Raw, "acknowledged", e.Accepted())
	return nil
}

// aliyunRecords has a call decided, and tells that it was recorded: receipts are
// not signed, so that a recording is fetched only for a call that was ours.
func (d *demo) aliyunRecords(ctx context.Context) error {
	now := d.clock.now()
	c := aliyun.Call{
		ID: 20240502, PoolKey: "FC100000012345", SubsID: 100001, CallID: "demo^recorded", Phone: rider, X: xPair, Peer: driver,
		Dialled: now, Out: now.Add(time.Second), Rang: now.Add(2 * time.Second), Answered: now.Add(3 * time.Second), Released: now.Add(8 * time.Second),
		ReleaseDir: 1, ReleaseCause: 16,
	}
	d.platforms.aliyun.Keep(c, aliyunFile)
	if err := d.ask(ctx, "Alibaba Cloud: the rider calls the driver", aliyun.Query{Caller: rider, X: xPair, CallID: c.CallID}, connects(driver)); err != nil {
		return err
	}
	d.clock.jump(10 * time.Second)
	for _, push := range []struct {
		kind    aliyun.Type
		receipt aliyun.Receipt
	}{{aliyun.SecretReport, c.Report()}, {aliyun.SecretRecording, c.Recording()}} {
		p, err := d.receiver.Push(ctx, push.kind, push.receipt)
		if err != nil {
			return fmt.Errorf("demo: receipt: %w", err)
		}
		d.exchange("Alibaba Cloud: "+string(push.kind), "POST …/aliyun/receipts/TOKEN/"+string(push.kind)+"\n"+string(p.Body), p.Status, p.Raw, "acknowledged", p.Acknowledged)
	}
	return nil
}

// archived waits for the recording of a platform, and holds the file against the
// one in the platform's storage.
func (d *demo) archived(ctx context.Context, platform, file string) error {
	var list struct{ Items []handlers.Recording }
	path := "/v1/recordings?platform=" + platform
	holds := func(b []byte) bool {
		list.Items = nil
		return json.Unmarshal(b, &list) == nil && len(list.Items) == 1 && list.Items[0].State == "archived"
	}
	if err := d.read(ctx, platform+": the recording is in the archive", path, holds); err != nil || len(list.Items) != 1 {
		return err
	}
	kept := list.Items[0]
	address := "/v1/recordings/" + kept.ID + "/content"
	content, status, err := d.content(ctx, address)
	if err != nil {
		return fmt.Errorf("demo: %s: %w", path, err)
	}
	audio, _ := d.platforms.storage.Audio(file)
	sum := sha256.Sum256(content)
	lies := filepath.Join(d.platforms.archive, filepath.FromSlash(kept.Key))
	onDisk, err := os.Stat(lies)
	same := hex.EncodeToString(sum[:]) == audio.SHA256() && kept.SHA256 == audio.SHA256() && err == nil && onDisk.Size() == audio.Size
	d.exchange("and can be heard", "GET "+address, status, fmt.Appendf(nil, "%d bytes of %s, SHA-256 %s", len(content), kept.ContentType, kept.SHA256),
		"it lies in "+lies, same)
	return nil
}

// content reads a recording.
func (d *demo) content(ctx context.Context, path string) (content []byte, status int, err error) {
	req, err := d.admin.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, 0, err
	}
	resp, err := d.admin.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	content, err = io.ReadAll(io.LimitReader(resp.Body, maxReply))
	return content, resp.StatusCode, err
}
