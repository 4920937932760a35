package simulator

import (
	"io"
	"net/http"
	"strconv"
)

// Mode is a way for a download to go other than the right one. The Content-Type
// of the recording is set already.
type Mode func(w http.ResponseWriter, r *http.Request, a Audio)

// Endless sends a recording that does not end, and does not say how long it is.
func Endless(w http.ResponseWriter, r *http.Request, a Audio) {
	_, _ = io.Copy(w, &reader{audio: Audio{Format: a.Format, Size: 1 << 62, Seed: a.Seed}})
}

// Short says how long the recording is, and sends half of it.
func Short(w http.ResponseWriter, _ *http.Request, a Audio) {
	w.Header().Set("Content-Length", strconv.FormatInt(a.Size, 10))
	_, _ = io.CopyN(w, a.Open(), a.Size/2)
}

// HTML sends a page in place of the recording, as a proxy on the way might.
func HTML(w http.ResponseWriter, _ *http.Request, _ Audio) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please log in.</body></html>\n")
}

// XML sends an error with the status 200 in place of the recording.
func XML(w http.ResponseWriter, _ *http.Request, _ Audio) {
	refusal{http.StatusOK, "InternalError", "We encountered an internal error. Please try again."}.write(w)
}

// Empty sends nothing, and says so.
func Empty(w http.ResponseWriter, _ *http.Request, _ Audio) {
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}

// TenBytes sends the first ten bytes as if they were all.
func TenBytes(w http.ResponseWriter, _ *http.Request, a Audio) {
	w.Header().Set("Content-Length", "10")
	_, _ = io.CopyN(w, a.Open(), 10)
}

// Chunked sends the recording without saying how long it is.
func Chunked(w http.ResponseWriter, _ *http.Request, a Audio) {
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	_, _ = io.Copy(w, a.Open())
}

// Undelimited sends the recording until the connection is closed: nothing tells
// the whole from a part. With HTTP/1.1 only.
func Undelimited(w http.ResponseWriter, r *http.Request, a Audio) {
	w.Header().Set("Transfer-Encoding", "identity") // to package net/http: no chunks, close at the end
	Chunked(w, r, a)
}

// NoRanges sends the whole recording, whatever range was asked for.
func NoRanges(w http.ResponseWriter, _ *http.Request, a Audio) {
	w.Header().Set("Content-Length", strconv.FormatInt(a.Size, 10))
	_, _ = io.Copy(w, a.Open())
}

// Redirect sends the client elsewhere, to any address.
func Redirect(to string) Mode {
	return func(w http.ResponseWriter, _ *http.Request, _ Audio) {
		w.Header().Del("Content-Type")
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// Status answers with an error of this status.
func Status(status int) Mode {
	return func(w http.ResponseWriter, _ *http.Request, _ Audio) {
		refusal{status, "InternalError", "We encountered an internal error. Please try again."}.write(w)
	}
}
