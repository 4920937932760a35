package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"xmode/handlers"
	aliyun "xmode/platform/aliyun/sim"
)

// want is what an answer has to be.
type want struct {
	status                     int
	code, operate, msg, callee string
	channel                    string
	// patient: the answer depends on what an earlier decision left behind,
	// which is written in the background.
	patient bool
}

func connects(callee string) want {
	return want{status: http.StatusOK, code: "OK", operate: "CONTINUE", msg: "OK", callee: callee}
}

func rejects(msg string) want {
	return want{status: http.StatusOK, code: "OK", operate: "REJECT", msg: msg}
}

func asks() want {
	return want{status: http.StatusOK, code: "OK", operate: "IVR", msg: "EXTENSION_REQUIRED"}
}

func refuses(status int, code string) want { return want{status: status, code: code} }

func (w want) soon() want { w.patient = true; return w }

func (w want) by(channel string) want { w.channel = channel; return w }

// holds reports whether the exchange is as wanted.
func (w want) holds(e aliyun.Exchange) bool {
	m := e.Answer.Model
	return e.Status == w.status && e.Answer.Code == w.code && m.ControlOperate == w.operate &&
		m.ControlMsg == w.msg && m.CalledNo == w.callee && m.SMSChannel == w.channel
}

// ask plays the platform for one query.
func (d *demo) ask(ctx context.Context, what string, q aliyun.Query, w want) error {
	return d.askBy(ctx, d.aliyun, what, q, w)
}

func (d *demo) askBy(ctx context.Context, by *aliyun.Client, what string, q aliyun.Query, w want) error {
	if q.CallID == "" {
		q.CallID = d.callID()
	}
	e, err := by.Send(ctx, q)
	for range 40 {
		if err != nil || !w.patient || w.holds(e) {
			break
		}
		time.Sleep(25 * time.Millisecond)
		e, err = by.Send(ctx, q)
	}
	if err != nil {
		return fmt.Errorf("demo: %s: %w", what, err)
	}
	d.exchange(what, e.Request(), e.Status, e.Raw, meaning(e), w.holds(e))
	return nil
}

// meaning says an answer in words.
func meaning(e aliyun.Exchange) string {
	m := e.Answer.Model
	switch {
	case e.Status != http.StatusOK:
		return "refused: " + e.Answer.Code
	case m.ControlOperate == "CONTINUE" && m.SMSChannel != "":
		return "the text is delivered to " + m.CalledNo + ", who sees " + m.CalledDisplayNo
	case m.ControlOperate == "CONTINUE":
		return "the call is connected to " + m.CalledNo + ", who sees " + m.CalledDisplayNo
	case m.ControlOperate == "IVR":
		return "the caller hears prompt " + m.CallNoPlayCode + " and types an extension"
	}
	return "the call is turned away: " + m.ControlMsg
}

// provision creates a binding as a customer's system would.
func (d *demo) provision(ctx context.Context, b handlers.Binding) error {
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	req, err := d.admin.request(ctx, http.MethodPost, "/v1/bindings", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.admin.http.Do(req)
	if err != nil {
		return fmt.Errorf("demo: provisioning: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fmt.Errorf("demo: provisioning: %w", err)
	}
	d.exchange("binding "+b.ID, "POST /v1/bindings\n"+string(body), resp.StatusCode, answer, "", resp.StatusCode == http.StatusCreated)
	return nil
}
