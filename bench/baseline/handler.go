package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// binding is what a lookup finds.
type binding struct {
	id, called string
	record     bool
}

// lookup files the nonce of a query and finds the binding for it.
type lookup interface {
	find(ctx context.Context, nonce, x, caller string) (binding, error)
}

// Errors of a lookup.
var (
	errReplayed  = errors.New("nonce replayed")
	errNoBinding = errors.New("no binding")
)

// handler answers call control queries.
type handler struct {
	verifier verifier
	lookup   lookup
}

type answer struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Model   model  `json:"model"`
}

type model struct {
	ControlOperate  string `json:"controlOperate"`
	ControlMsg      string `json:"controlMsg"`
	SubsID          string `json:"subsId"`
	CalledNo        string `json:"calledNo,omitempty"`
	CalledDisplayNo string `json:"calledDisplayNo,omitempty"`
	NeedRecord      bool   `json:"needRecord,omitempty"`
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !h.verifier.verify(q) {
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	}
	x := q.Get("secretNo")
	b, err := h.lookup.find(r.Context(), q.Get("signatureNonce"), x, q.Get("callNo"))
	switch {
	case errors.Is(err, errReplayed):
		http.Error(w, "replayed", http.StatusUnauthorized)
	case errors.Is(err, errNoBinding):
		write(w, answer{Code: "OK", Message: "reject: no_binding",
			Model: model{ControlOperate: "REJECT", ControlMsg: "NO_SUBS_EXIST", SubsID: "0"}})
	case err != nil:
		http.Error(w, "store", http.StatusServiceUnavailable)
	default:
		write(w, answer{Code: "OK", Message: "connect: peer",
			Model: model{ControlOperate: "CONTINUE", ControlMsg: "OK", SubsID: b.id,
				CalledNo: b.called, CalledDisplayNo: x, NeedRecord: b.record}})
	}
}

func write(w http.ResponseWriter, a answer) {
	body, err := json.Marshal(a)
	if err != nil {
		http.Error(w, "answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}
