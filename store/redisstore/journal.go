package redisstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// ref leads to a document: time and place, newest first.
type ref struct {
	source
	member string
}

// place is where in the journal the document is.
func (r ref) place() string { return r.member[timeLength:] }

// chunk is the number of the entry, position that of the document in it.
func (r ref) chunk() uint64 {
	return binary.BigEndian.Uint64(append(make([]byte, 8-chunkLength, 8), r.place()[:chunkLength]...))
}
func (r ref) position() int { return int(r.member[timeLength+placeLength-1]) }

// compare orders a list: newest first, and at the same instant by source and
// place.
func (r ref) compare(o ref) int {
	return cmp.Or(cmp.Compare(r.member[:timeLength], o.member[:timeLength]),
		cmp.Compare(r.rank, o.rank), cmp.Compare(r.member, o.member))
}

// kept is a document of the journal, as it is now.
type kept struct {
	document
	at       ref
	contents []string // places of all contents of its identity, the first one first
}

// entryOf is one entry of the journal.
type entryOf struct {
	partition int
	chunk     uint64
}

// documents reads what refs lead to, in two round trips to a shard: the chunks,
// then what became of the identities. A reference whose document has been
// retired meanwhile is left out.
func (s *Store) documents(ctx context.Context, refs []ref) ([]kept, error) {
	entries := make(map[entryOf]*redis.XMessageSliceCmd, len(refs))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for _, r := range refs {
			at := entryOf{r.partition, r.chunk()}
			if entries[at] == nil {
				id := strconv.FormatUint(at.chunk, 10) + "-0"
				entries[at] = p.XRange(ctx, s.keys.partition(at.partition).key("j"), id, id)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	chunks := make(map[entryOf][]document, len(entries))
	found := make([]kept, 0, len(refs))
	for _, r := range refs {
		at := entryOf{r.partition, r.chunk()}
		chunk, read := chunks[at]
		if !read {
			if chunk, err = s.unchunk(entries[at].Val()); err != nil {
				return nil, err
			}
			chunks[at] = chunk
		}
		if r.position() < len(chunk) {
			found = append(found, kept{document: chunk[r.position()], at: r})
		}
	}
	return found, s.update(ctx, found)
}

// unchunk reads an entry of the journal; nothing where there is none.
func (s *Store) unchunk(entry []redis.XMessage) ([]document, error) {
	if len(entry) == 0 {
		return nil, nil
	}
	text, _ := entry[0].Values["d"].(string)
	return s.packer.unchunk(text)
}

// update brings pushes, conflicts and recordings of documents up to date.
func (s *Store) update(ctx context.Context, found []kept) error {
	counts, recordings := make([]*redis.StringCmd, len(found)), make([]recordingOf, len(found))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, d := range found {
			base := s.keys.partition(d.at.partition)
			if identity, ok := identityOf(d.document); ok {
				counts[i] = p.HGet(ctx, base.key("i"), string(identity[:memberLength]))
			}
			if recordings[i] = recordingFor(d.document); recordings[i].id != "" {
				recordings[i].value = p.HGet(ctx, base.key("v"), recordings[i].id)
			}
		}
	})
	if err != nil {
		return err
	}
	for i, cmd := range counts {
		if cmd != nil {
			d := &found[i]
			pushes, contents := contentsOf(cmd.Val(), d.at.place())
			d.json, d.contents = store.Update(d.json, pushes, len(contents) > 1), contents
		}
		if r := recordings[i]; r.id != "" && (r.named || r.value.Val() != "") {
			found[i].json = store.UpdateRecording(found[i].json, r.id, s.recordingNow(r.value.Val(), found[i].json))
		}
	}
	return nil
}

// recordingOf is the recording of a record.
type recordingOf struct {
	id    string
	named bool // by the record itself
	value *redis.StringCmd
}

// recordingFor is the recording that a record names or, where it names none, the
// one that something else may have named for its call.
func recordingFor(d document) recordingOf {
	if d.sort != sortRecord {
		return recordingOf{}
	}
	if id := store.RecordingIn(d.json); id != "" {
		return recordingOf{id: id, named: true}
	}
	if h, err := headOf(d); err == nil && h.CallID != "" {
		return recordingOf{id: call.RecordingID(h.Platform, h.CallID)}
	}
	return recordingOf{}
}

// soonFiled is far longer than a recording waits to be filed, and no longer than any
// retention.
const soonFiled = time.Hour

// recordingNow is the state in a recording's value. One that is not there is still to
// be filed, or went with the retention.
func (s *Store) recordingNow(value string, document []byte) call.RecordingState {
	if value != "" {
		return stateOf(value)
	}
	if times, err := timesOf(document); err != nil || s.now().Sub(times.First) < soonFiled {
		return call.RecordingPending
	}
	return call.RecordingExpired
}

// contentsOf reads an identity's value: the places of its contents, and how
// often the one at a place was pushed.
func contentsOf(value, place string) (pushes int, places []string) {
	const length = contentLength + placeLength + 3
	pushes = 1
	for ; len(value) >= length; value = value[length:] {
		at := value[contentLength : contentLength+placeLength]
		if at == place {
			pushes = int(binary.BigEndian.Uint32([]byte("\x00" + value[contentLength+placeLength:length])))
		}
		places = append(places, at)
	}
	return pushes, places
}

// errDocument: a document is none of ours.
var errDocument = errors.New("document in the store cannot be read")

// documentHead is what stands first in every document.
type documentHead struct {
	Platform call.Platform `json:"platform"`
	RecordID string        `json:"record_id"`
	EventID  string        `json:"event_id"`
	CallID   string        `json:"call_id"`
}

// headOf reads the members up to call_id without reading the rest.
func headOf(d document) (h documentHead, err error) {
	end := endOfHead(d.json)
	if end < 0 {
		return h, fmt.Errorf("%w: %c", errDocument, d.sort)
	}
	head := append(append(make([]byte, 0, end+1), d.json[:end]...), '}')
	if err := json.Unmarshal(head, &h); err != nil {
		return h, fmt.Errorf("%w: %c", errDocument, d.sort)
	}
	return h, nil
}

// identityOf reads a document's identity; queries have none.
func identityOf(d document) (call.Fingerprint, bool) {
	h, err := headOf(d)
	switch {
	case err != nil || d.sort == sortQuery:
		return call.Fingerprint{}, false
	case d.sort == sortEvent:
		return (&call.Event{Platform: h.Platform, ID: h.EventID}).Identity(), true
	}
	return (&call.Record{Platform: h.Platform, ID: h.RecordID}).Identity(), true
}
