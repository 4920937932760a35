package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/store"
)

func auditContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	if entries, next, err := w.Recent(t.Context(), 10, ""); err != nil || len(entries) != 0 || next != "" {
		t.Errorf("empty log: %v, %q, %v", entries, next, err)
	}
	var want []store.AuditEntry
	for i := range 5 {
		e := store.AuditEntry{At: w.clock.Now().Add(time.Duration(i) * time.Second), Key: "ops", Action: "create", BindingID: 7, UserID: "用户 1"}
		if err := w.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		want = append([]store.AuditEntry{e}, want...)
	}
	var got []store.AuditEntry
	for cursor, more := "", true; more; more = cursor != "" {
		page, next, err := w.Recent(t.Context(), 2, cursor)
		if err != nil || len(page) > 2 {
			t.Fatalf("page of %d, %v", len(page), err)
		}
		got, cursor = append(got, page...), next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if _, _, err := w.Recent(t.Context(), 2, "nonsense"); !errors.Is(err, store.ErrCursor) {
		t.Errorf("bad cursor: %v", err)
	}
}
