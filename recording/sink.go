package recording

import (
	"crypto/sha256"
	"hash"
	"io"
)

// Target takes the bytes of a recording. After Commit the file is there, whole;
// after Abort, or after a Commit that went wrong, nothing is. Abort may follow a
// Commit that went wrong.
type Target interface {
	io.Writer
	Commit() error
	Abort()
}

// CreateTarget makes a target for a file of this kind: ".wav" and "audio/wav", or
// ".mp3" and "audio/mpeg".
type CreateTarget = func(ext, contentType string) (Target, error)

// sink passes bytes on to a target, which is made as soon as they are known to be
// audio, and counts and sums them up.
type sink struct {
	create CreateTarget
	max    int64

	head   []byte // the first bytes
	kind   audio
	target Target // nil: not known yet
	sum    hash.Hash
	size   int64
}

func newSink(create CreateTarget, max int64) *sink {
	return &sink{create: create, max: max, sum: sha256.New(), head: make([]byte, 0, headSize)}
}

// write takes the next bytes. The error is a *Failure.
func (s *sink) write(p []byte) error {
	s.size += int64(len(p))
	if s.size > s.max {
		return newFailure(ReasonTooLarge, "")
	}
	if s.target == nil {
		n := min(len(p), headSize-len(s.head))
		s.head, p = append(s.head, p[:n]...), p[n:]
		if len(s.head) < headSize {
			return nil
		}
		if err := s.open(); err != nil {
			return err
		}
	}
	return s.pass(p)
}

// open makes the target and gives it the first bytes.
func (s *sink) open() error {
	kind, ok := sniff(s.head)
	if !ok {
		return newFailure(ReasonNotAudio, "the first bytes are neither WAV nor MP3")
	}
	target, err := s.create(kind.ext, kind.contentType)
	if err != nil {
		return targetFailure(err)
	}
	s.kind, s.target = kind, target
	return s.pass(s.head)
}

func (s *sink) pass(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	s.sum.Write(p)
	if _, err := s.target.Write(p); err != nil {
		return targetFailure(err)
	}
	return nil
}

// commit ends the target.
func (s *sink) commit() (Fetched, error) {
	if s.target == nil {
		return Fetched{}, newFailure(ReasonNotAudio, "empty, or nearly so")
	}
	if err := s.target.Commit(); err != nil {
		return Fetched{}, targetFailure(err)
	}
	f := Fetched{Size: s.size, ContentType: s.kind.contentType}
	s.sum.Sum(f.SHA256[:0])
	return f, nil
}

func (s *sink) abort() {
	if s.target != nil {
		s.target.Abort()
	}
}

// targetFailure is what a target says, which knows no address, and may say things
// that its maker wants to find again.
func targetFailure(err error) *Failure {
	f := storageFailure(err)
	if f.Err == nil && error(f) != err {
		f.Err = err
	}
	return f
}
