package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// pieces is in how many pieces a slow download comes.
const pieces = 8

// errCut: the body ends here, on purpose.
var errCut = errors.New("cut off on purpose")

// send serves a download that was let in.
func (s *Storage) send(w http.ResponseWriter, r *http.Request, name string) {
	a, modified, mode := s.begun(name)
	d := &download{ResponseWriter: w, storage: s, name: name, ctx: r.Context(), size: a.Size, whole: -1}
	d.cutOff, d.slow = s.c.Trouble.Download(name)
	defer d.end(false)
	w.Header().Set("Content-Type", a.Format.ContentType())
	if mode != nil {
		mode(d, r, a)
	} else {
		w.Header().Set("ETag", a.etag())
		http.ServeContent(d, r, "", modified, a.Open())
	}
	if d.isCut {
		panic(http.ErrAbortHandler) // closes the connection, whatever the length was said to be
	}
}

// etag is a strong one: other bytes, other tag.
func (a Audio) etag() string {
	return fmt.Sprintf(`"%016X%016X"`, mix(a.Seed), mix(uint64(a.Size))^uint64(a.Format))
}

// download is a response that counts, pauses and ends as it has to.
type download struct {
	http.ResponseWriter
	storage *Storage
	name    string
	ctx     context.Context
	size    int64   // of the file
	cutOff  float64 // share of the body; 0: all of it
	slow    bool

	wrote bool
	sent  int64
	whole int64 // bytes after which the end of the file is reached; -1: never
	cut   int64 // bytes after which the body ends; 0: never
	piece int64 // bytes between pauses; 0: no pauses
	isCut bool
	over  bool
}

// Unwrap lets an [http.ResponseController] do its work.
func (d *download) Unwrap() http.ResponseWriter { return d.ResponseWriter }

// WriteHeader sees how much there is to send.
func (d *download) WriteHeader(status int) {
	d.wrote = true
	body := d.size
	if n, err := strconv.ParseInt(d.Header().Get("Content-Length"), 10, 64); err == nil {
		body = n
	}
	switch status {
	case http.StatusOK:
		d.whole = d.size
	case http.StatusPartialContent:
		var from, to, size int64
		if _, err := fmt.Sscanf(d.Header().Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &size); err == nil && to == size-1 {
			d.whole = to - from + 1
		}
	}
	if d.cutOff > 0 {
		d.cut = max(1, int64(d.cutOff*float64(body)))
	}
	if d.slow {
		d.piece = body/pieces + 1
	}
	if d.whole == 0 {
		d.end(true)
	}
	d.ResponseWriter.WriteHeader(status)
}

// Write sends bytes, piece by piece where it is slow, and no further than to
// where the body is cut off.
func (d *download) Write(p []byte) (int, error) {
	if !d.wrote {
		d.WriteHeader(http.StatusOK)
	}
	done := 0
	for done < len(p) {
		n := int64(len(p) - done)
		if d.cut > 0 {
			n = min(n, d.cut-d.sent)
		}
		if n == 0 {
			d.isCut = true
			_ = http.NewResponseController(d.ResponseWriter).Flush()
			return done, errCut
		}
		if d.piece > 0 {
			n = min(n, d.piece-d.sent%d.piece)
		}
		m, err := d.pass(p[done : done+int(n)])
		done += m
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// pass counts bytes, sends them, and pauses if a piece is full.
func (d *download) pass(p []byte) (int, error) {
	d.storage.sending(d.name, len(p))
	d.sent += int64(len(p))
	if d.sent == d.whole {
		d.end(true)
	}
	n, err := d.ResponseWriter.Write(p)
	if err == nil && d.piece > 0 && d.sent%d.piece == 0 {
		_ = http.NewResponseController(d.ResponseWriter).Flush()
		d.storage.c.Pause(d.ctx)
	}
	return n, err
}

// end counts the end once.
func (d *download) end(complete bool) {
	if !d.over {
		d.over = true
		d.storage.ended(d.name, complete)
	}
}
