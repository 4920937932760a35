package storetest

import (
	"errors"
	"testing"
	"time"

	"xmode/store"
)

// signed gives a delivery a nonce and the digest of a body.
func signed(d store.Delivery, nonce string, body byte) store.Delivery {
	d.Message = &store.Message{Platform: d.Platform, Nonce: nonce, Digest: [16]byte{body}, At: d.At, Until: d.At.Add(time.Hour)}
	return d
}

func pushNonceContract(t *testing.T, open Open) {
	replayed := func(t *testing.T, w *world, d store.Delivery) {
		t.Helper()
		if _, err := w.Deposit(t.Context(), d); !errors.Is(err, store.ErrReplayed) {
			t.Errorf("answered %v", err)
		}
	}
	t.Run("SameBody", func(t *testing.T) {
		w := newWorld(t, open)
		d := signed(w.delivery(told{ID: "1"}), "n", 1)
		w.deposit(d, store.Deposited{Fresh: 1})
		w.deposit(d, store.Deposited{Duplicates: 1})
	})
	t.Run("AnotherBody", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(signed(w.delivery(told{ID: "1"}, told{ID: "2", Start: 1}), "n", 1), store.Deposited{Fresh: 2})
		w.deposit(signed(w.delivery(told{ID: "2", Start: 1}), "n", 2), store.Deposited{Duplicates: 1})
		replayed(t, w, signed(w.delivery(told{ID: "2", Start: 1}, told{ID: "3"}), "n", 3))
		replayed(t, w, signed(w.delivery(told{ID: "2", Talk: 9}), "n", 4))
		replayed(t, w, signed(w.delivery(told{ID: "9", Bad: true}), "n", 5))
		replayed(t, w, signed(w.delivery(told{X: "1", Status: "9"}), "n", 6))
		w.lists(store.RecordFilter{}, "2×2/0", "1×1/0")
	})
	t.Run("NonceOfAQuery", func(t *testing.T) {
		w := newWorld(t, open)
		d := signed(w.delivery(told{ID: "1"}), "n", 1)
		m := *d.Message
		m.Digest = [16]byte{9}
		if _, seen, err := w.Route(t.Context(), w.query(bob, x1, ""), &m); err != nil || seen != store.Fresh {
			t.Fatal(seen, err)
		}
		replayed(t, w, d)
	})
	t.Run("QueryWithTheNonceOfAPush", func(t *testing.T) {
		w := newWorld(t, open)
		d := signed(w.delivery(told{ID: "1"}), "n", 1)
		w.deposit(d, store.Deposited{Fresh: 1})
		m := *d.Message
		m.Digest = [16]byte{9}
		if _, seen, err := w.Route(t.Context(), w.query(bob, x1, ""), &m); err != nil || seen != store.Replayed {
			t.Error(seen, err)
		}
	})
}
