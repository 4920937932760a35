package redisstore

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"xmode/call"
)

// buckets is over how many hash tags the indexes by id and by owner spread. At
// a million bindings a bucket holds about 60, which Redis keeps in its compact
// encoding; more bindings only cost that saving.
const buckets = 1 << 14

// keys names every key. All keys of one X number share its hash tag, all keys
// of one index bucket the bucket's.
type keys struct{ prefix string }

func (k keys) x(x call.Number, rest string) string {
	return k.prefix + ":{" + x.Full() + "}:" + rest
}

// routes is a hash of what decisions look up:
//
//	"o"                       the open binding
//	"c"+number                the binding of which the number is owner or peer
//	"e"+extension             the binding that the extension reaches
//	"m"+extension:number      id of that binding, if it admits the number
//	"x", "x"+platform         latest expiry, in ms, of bindings with extensions
//
// Bindings are there as id, tab and body, without the peers of a group. No TTL:
// it lives and goes with its bindings.
func (k keys) routes(x call.Number) string { return k.x(x, "r") }

// bodies is a hash: id -> binding. No TTL: bindings end when swept.
func (k keys) bodies(x call.Number) string { return k.x(x, "b") }

// ids is a sorted set of the X number's binding ids, 16 digits, for lists.
// No TTL: as bodies.
func (k keys) ids(x call.Number) string { return k.x(x, "i") }

// extensions is a sorted set: ids of the bindings with extensions that are
// bound to platform ("" for none), by expiry in ms. No TTL: as bodies.
func (k keys) extensions(x call.Number, p call.Platform) string { return k.x(x, "e:"+string(p)) }

// last is a string: last caller of an owner, tab, binding id. TTL: the
// callback window.
func (k keys) last(x, owner call.Number) string {
	return k.prefix + ":{" + x.Full() + "}:l:" + owner.Full()
}

// asks is a string: the digests, 16 bytes each, of the messages of one call that
// were answered with an ask. TTL: askMemory.
func (k keys) asks(q call.Query) string {
	return k.prefix + ":{" + q.X.Full() + "}:k:" + string(q.Platform) + ":" + q.CallID
}

// partition begins all keys of the nth partition of what platforms push, which
// share its hash tag. Behind it stand:
//
//	"records"            stream for consumers: id, type, record
//	"j"                  stream: the journal. Entry N-0 is a packed chunk of documents
//	"seq"                number of the newest entry of the journal
//	"i"                  hash: identity -> its contents, as deposit.lua has them
//	"c"                  hash: call -> places in the journal, six bytes each
//	"x:"platform:X       sorted set: time and place, newest first
//	"p:"bucket           sorted set: caller, time and place
//	"t:"platform:minute  string: places of all records of that minute of the epoch
//	"m:"platform         sorted set: the minutes that have records
//	"a:"platform         sorted set: the same by when the last one came
//	"n:"nonce            string: see nonce
//	"ping"               empty string that was waited for. TTL: pingMemory
//	"v"                  hash: recording -> how far it has come, then what is said of it
//	"vq"                 list: what pushes named and nobody has filed yet, as in file.lua
//	"vt", "vn"           hash: recording -> token of its claim; string: the last token
//	"vd:"platform        sorted set: recordings still to be fetched, by when they are
//	                     due, ms
//	"vl:"platform        sorted set: claimed recordings, by the end of the lease, ms
//	"vs:"platform:state  sorted set: time and recording, the one named last first
//
// and in the first partition only, since they are few:
//
//	"numbers"            hash: platform and number -> ms, status, cause, text
//	"q", "qn", "qt"      quarantine: id -> packed text, id -> pushes, times
//	"va:"platform:second string: questions put to a platform. TTL: two seconds
//	"vp:"platform        empty string: nobody asks that platform. TTL: the pause
//
// No TTL: all of them but the nonces, the numbers, seq and vn, which stay, lose their
// entries through [Store.Retire] after the retention, those of recordings through
// [Store.ForgetRecording].
func (k keys) partition(n int) partition {
	return partition(k.prefix + ":{r" + strconv.Itoa(n) + "}:")
}

// partition is what all keys of a partition begin with.
type partition string

func (p partition) key(rest string) string { return string(p) + rest }

// callers is the bucket in which callers are found.
func (p partition) callers(bucket uint16) string { return string(p) + "p:" + hex4(bucket) }

// dialled lists the records of an X number; "" for no number.
func (p partition) dialled(platform call.Platform, x call.Number) string {
	if x.IsZero() {
		return ""
	}
	return string(p) + "x:" + string(platform) + ":" + x.Full()
}

// slice holds the records of one minute, minutes which of them there are.
func (p partition) slice(platform call.Platform, minute string) string {
	return string(p) + "t:" + string(platform) + ":" + minute
}

func (p partition) minutes(platform call.Platform) string { return string(p) + "m:" + string(platform) }

// recordings lists those of a platform in a state.
func (p partition) recordings(platform call.Platform, state call.RecordingState) string {
	return string(p) + "vs:" + string(platform) + ":" + string(state)
}

// hex4 writes a bucket.
func hex4(n uint16) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[n>>12], digits[n>>8&15], digits[n>>4&15], digits[n&15]})
}

// partitions is a string: how many there are. No TTL: it is fixed at the first
// start.
func (k keys) partitions() string { return k.prefix + ":partitions" }

// nonceRest is the part of nonce behind the partition: a digest, since nonces
// are long and the sender's to choose.
func nonceRest(p call.Platform, nonce string) string {
	sum := sha256.Sum256([]byte(string(p) + "\x00" + nonce))
	return "n:" + base64.RawURLEncoding.EncodeToString(sum[:15])
}

// nonce is a string: digest and time of the message that used it. TTL: until
// the message's timestamp has left every window. It lies in the partition that
// takes the push which carries it; queries file theirs in the same place, for
// the same signature may serve for both.
func (s *Store) nonce(p call.Platform, nonce string) string {
	rest := nonceRest(p, nonce)
	return s.keys.partition(s.partitionOf(rest)).key(rest)
}

// ping is an empty string that shows that Redis takes writes. TTL: pingMemory.
func (k keys) ping() string { return k.prefix + ":ping" }

func (k keys) bucket(id call.ID) string {
	return fmt.Sprintf("%s:{i%04x}:", k.prefix, uint64(id)%buckets)
}

func (k keys) nthBucket(n int) string { return fmt.Sprintf("%s:{i%04x}:", k.prefix, n) }

// index is a hash: id -> X number, one per bucket. No TTL: repaired by the
// sweeper.
func (k keys) index(id call.ID) string { return k.bucket(id) + "x" }

// due is a sorted set: ids that the sweeper has to look at, by time in ms. No
// TTL: emptied by the sweeper.
func (k keys) due(id call.ID) string { return k.bucket(id) + "d" }

// lease is a string: token of the id's present writer. TTL: leaseTime.
func (k keys) lease(id call.ID) string { return k.bucket(id) + "l:" + id.String() }

// owner is a sorted set, one per bucket, of owner and id as ownerMember writes
// them. No TTL: repaired by readers and the sweeper.
func (k keys) owner(owner call.Number) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(owner.Full()))
	return fmt.Sprintf("%s:{o%04x}", k.prefix, h.Sum32()%buckets)
}

// audit is a stream, capped at auditLength. No TTL: capped.
func (k keys) audit() string { return k.prefix + ":{audit}" }

// padded writes an id so that ids sort as text.
func padded(id call.ID) string { return fmt.Sprintf("%016d", uint64(id)) }

func ownerMember(owner call.Number, id call.ID) string { return owner.Full() + ":" + padded(id) }

// memberID reads the id at the end of an ids or owner member.
func memberID(member string) (call.ID, error) {
	digits := member[strings.LastIndexByte(member, ':')+1:]
	return call.ParseID(strings.TrimLeft(digits, "0"))
}
