package handlers

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"

	"xmode/call"
)

// maxLine is the longest line of an import in bytes.
const maxLine = 64 << 10

// importLine is one line, read and checked.
type importLine struct {
	number  int // from 1, blank lines count
	binding call.Binding
	err     error
}

// start reads lines in a goroutine of its own. stop ends it, whatever it waits
// for, and returns when it has ended.
func (im *importing) start(body io.Reader) (lines <-chan importLine, stop func()) {
	out, quit := make(chan importLine, importBatch), make(chan struct{})
	input := &patientReader{body: body, conn: im.conn, now: im.Now}
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(out)
		im.read(input, func(line importLine) bool {
			select {
			case out <- line:
				return true
			case <-quit:
				return false
			}
		})
	})
	return out, func() {
		close(quit)
		input.stop()
		reader.Wait()
	}
}

// read hands on every line that is not blank, until yield returns false. Input
// that is cut off ends with an error for the line in which it was.
func (im *importing) read(body io.Reader, yield func(importLine) bool) {
	in := bufio.NewReaderSize(body, maxLine+len("\r\n"))
	for number := 1; ; number++ {
		text, err := in.ReadSlice('\n')
		line := importLine{number: number}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			line.err = lineTooLong()
			err = skipLine(in)
		case len(bytes.TrimRight(text, "\r\n")) > maxLine:
			line.err = lineTooLong()
		case err != nil && !errors.Is(err, io.EOF):
			line.err = errCutOff
		case len(bytes.TrimSpace(text)) > 0:
			line.binding, line.err = im.parse(text)
		case err == nil:
			continue // blank
		default:
			return
		}
		if !yield(line) || err != nil {
			return
		}
	}
}

// lineTooLong refuses one line; the next ones count again.
func lineTooLong() error {
	return &apiError{Code: "too_large", Message: "line longer than 64 KiB"}
}

// skipLine drops the rest of a line that does not fit.
func skipLine(in *bufio.Reader) error {
	for {
		_, err := in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// parse reads one binding. A panic here would end the process, since no server
// recovers this goroutine.
func (im *importing) parse(text []byte) (b call.Binding, err error) {
	defer func() {
		if v := recover(); v != nil {
			im.logPanic("admin", im.request.echo.Path(), v)
			err = errPanic
		}
	}()
	return im.codec.binding(bytes.TrimSpace(text), im.Now())
}

// takeBatch takes the lines that are there, at most importBatch, and never two with
// the same id: the second one is to find the first one written. It comes back as
// the first one of the next batch.
func takeBatch(first importLine, lines <-chan importLine) (batch []importLine, next *importLine) {
	batch = []importLine{first}
	ids := map[call.ID]bool{first.binding.ID: true}
	for len(batch) < importBatch {
		select {
		case line, open := <-lines:
			if !open {
				return batch, nil
			}
			if id := line.binding.ID; id != 0 && ids[id] {
				return batch, &line
			}
			batch = append(batch, line)
			ids[line.binding.ID] = true
		default:
			return batch, nil
		}
	}
	return batch, nil
}
