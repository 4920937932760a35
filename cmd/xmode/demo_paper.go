package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// paper takes the transcript and counts what went as it should.
type paper struct {
	out            io.Writer
	chapters       int
	passed, failed int
}

func (p *paper) printf(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *paper) chapter(title string) {
	p.chapters++
	p.printf("\n%d. %s\n", p.chapters, title)
}

// exchange writes down one message and its answer.
func (p *paper) exchange(what, request string, status int, answer []byte, meaning string, ok bool) {
	p.printf("\n  %s\n", what)
	p.printf("    > %s\n", strings.ReplaceAll(request, "\n", "\n    > "))
	p.printf("    < %d %s\n", status, bytes.TrimSpace(answer))
	verdict := "as it should be"
	p.passed++
	if !ok {
		verdict = "NOT AS IT SHOULD BE"
		p.passed--
		p.failed++
	}
	if meaning != "" {
		verdict = meaning + " (" + verdict + ")"
	}
	p.printf("    = %s\n", verdict)
}

// close adds up; the error is errDemo where a step failed.
func (p *paper) close() error {
	p.printf("\n%d of %d steps did what they should.\n", p.passed, p.passed+p.failed)
	if p.failed > 0 {
		return errDemo
	}
	return nil
}
