package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
)

// push is the body of a push of call records.
type push struct {
	EventType string            `json:"eventType"`
	FeeLst    []json.RawMessage `json:"feeLst"`
}

// identity is what tells a record from others.
type identity struct {
	ICID string `json:"icid"`
}

// handler takes call records.
type handler struct {
	verifier verifier
	inbox    inbox
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.verifier.verify(r.Header) {
		http.Error(w, "digest", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	var p push
	if err := json.Unmarshal(body, &p); err != nil || p.EventType != "fee" {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	for _, raw := range p.FeeLst {
		var id identity
		if err := json.Unmarshal(raw, &id); err != nil || id.ICID == "" {
			http.Error(w, "record", http.StatusBadRequest)
			return
		}
		if err := h.inbox.take(r.Context(), id.ICID, raw); err != nil {
			http.Error(w, "store", http.StatusServiceUnavailable)
			return
		}
	}
	w.WriteHeader(http.StatusOK)
}

// identityMemory is how long a record is known.
const identityMemory = 24 * time.Hour

// inbox makes up to two calls for a record, one after the other.
type inbox struct{ client *redis.Client }

func (i inbox) take(ctx context.Context, icid string, raw []byte) error {
	fresh, err := i.client.SetNX(ctx, "baseline:r:"+icid, 1, identityMemory).Result()
	if err != nil || !fresh {
		return err
	}
	return i.client.XAdd(ctx, &redis.XAddArgs{
		Stream: "baseline:records", Values: []any{"id", icid, "record", raw},
	}).Err()
}
