package recording

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"gocloud.dev/gcerrors"
)

// Reasons of a [Failure]. They are words for metrics and for readers of the API.
const (
	ReasonAddressRefused = "address_refused" // not on the list, not public, no address, too many redirections
	ReasonInsecure       = "insecure"        // plain HTTP where it is not allowed
	ReasonUnreachable    = "unreachable"     // no connection
	ReasonTLS            = "tls"             // no handshake, or a certificate that does not verify
	ReasonTimeout        = "timeout"         // silent for too long, or too long altogether
	ReasonStatus         = "status"          // another status than 200; Detail is the status
	ReasonTooLarge       = "too_large"       // more bytes than a recording may have
	ReasonCutOff         = "cut_off"         // fewer bytes than were promised
	ReasonNotAudio       = "not_audio"       // neither WAV nor MP3
	ReasonStorage        = "storage"         // the archive does not take or give it
)

// Failure is why a recording was not fetched, or not kept. It holds no address, no
// part of one, and no number.
type Failure struct {
	// Reason is one of the words above.
	Reason string
	// Detail says more, in words of ours or of the operating system: "403",
	// "no space left on device"; empty: nothing to add.
	Detail string
	// Err is what errors.Is can tell: an errno, the end of a context, or what the
	// caller's own target returned; nil: nothing that is free of addresses.
	Err error
}

// Error returns "reason" or "reason: detail".
func (f *Failure) Error() string {
	if f.Detail == "" {
		return f.Reason
	}
	return f.Reason + ": " + f.Detail
}

// Unwrap returns Err.
func (f *Failure) Unwrap() error { return f.Err }

func newFailure(reason, detail string) *Failure { return &Failure{Reason: reason, Detail: detail} }

// harmless returns the part of an error that cannot hold an address: most errors
// of net, net/http, os and the storage libraries quote names, paths and URLs.
func harmless(err error) error {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	for _, known := range []error{
		context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.ErrUnexpectedEOF, io.EOF,
	} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// storageFailure is what an archive or a target says, as a Failure. One that is a
// Failure stays what it is.
func storageFailure(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Reason: ReasonStorage, Detail: storageDetail(err), Err: harmless(err)}
}

func storageDetail(err error) string {
	if plain := harmless(err); plain != nil {
		return plain.Error()
	}
	if word := networkWord(err); word != "" {
		return word
	}
	// S3 and its like give their errors names.
	type named interface {
		error
		ErrorCode() string
	}
	if n, ok := errors.AsType[named](err); ok && isWord(n.ErrorCode()) {
		return n.ErrorCode()
	}
	if code := gcerrors.Code(err); code != gcerrors.Unknown && code != gcerrors.OK {
		return code.String()
	}
	return "failed"
}

// networkWord is why there is no connection; empty: that was not the trouble.
func networkWord(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return "no such host"
		}
		return "the name could not be looked up"
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return "timed out"
	}
	return ""
}

// isWord reports whether a text of somebody else's is but a name: "AccessDenied".
func isWord(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if c < 'A' || c > 'z' || c > 'Z' && c < 'a' {
			return false
		}
	}
	return true
}
