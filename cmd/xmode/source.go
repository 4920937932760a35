package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"xmode/handlers"
)

// The forms of a file of bindings.
const (
	formatCSV    = "csv"
	formatNDJSON = "ndjson"
)

// formatOf settles the form of a file: what was asked for, else what its name
// says, else NDJSON.
func formatOf(asked, file string) string {
	switch {
	case asked != "":
		return asked
	case strings.HasSuffix(strings.ToLower(file), ".csv"):
		return formatCSV
	default:
		return formatNDJSON
	}
}

// maxLine is the longest line of an import in bytes.
const maxLine = 64 << 10

// entry is one binding on its way in.
type entry struct {
	// line of the file where it begins, from 1.
	line int
	// text is the binding as one line of JSON, without newline.
	text []byte
	// fault, when it is set, is why there is no text.
	fault error
}

// source yields the entries of a file, then io.EOF. Any other error ends the
// file.
type source interface{ next() (entry, error) }

// newSource reads a file in one of the forms, with or without byte order mark.
func newSource(r io.Reader, format string) (source, error) {
	buffered := bufio.NewReaderSize(r, maxLine+2) // a line with its CR LF
	if mark, err := buffered.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	if format == formatCSV {
		return newCSVSource(buffered)
	}
	return &ndjsonSource{in: buffered}, nil
}

// errLongLine is the fault of a line that the endpoint would refuse.
var errLongLine = errors.New("longer than 64 KiB")

// ndjsonSource reads a binding from each line that is not blank.
type ndjsonSource struct {
	in   *bufio.Reader
	line int
}

// next returns the next entry.
func (s *ndjsonSource) next() (entry, error) {
	for {
		text, long, err := s.read()
		if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0 && !long) {
			return entry{}, err
		}
		s.line++
		switch text = bytes.TrimSpace(text); {
		case long || len(text) > maxLine:
			return entry{line: s.line, fault: errLongLine}, nil
		case len(text) > 0:
			return entry{line: s.line, text: bytes.Clone(text)}, nil
		case err != nil:
			return entry{}, err
		}
	}
}

// read reads a line, of a long one only its end.
func (s *ndjsonSource) read() (text []byte, long bool, err error) {
	for {
		text, err = s.in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, long, err
		}
		long = true
	}
}

// csvSource reads a binding from each record of a CSV file.
type csvSource struct {
	in      *csv.Reader
	columns []column // in the order of the file
}

// newCSVSource reads the header, which may name the columns in any order.
func newCSVSource(r io.Reader) (source, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("CSV: no header")
	}
	if err != nil {
		return nil, fmt.Errorf("CSV header: %w", err)
	}
	s := &csvSource{in: in}
	known := map[string]column{}
	for _, c := range columns() {
		known[c.name] = c
	}
	for _, name := range header {
		c, ok := known[strings.TrimSpace(name)]
		if !ok {
			return nil, fmt.Errorf("CSV header: %q is no column, or there twice", strings.TrimSpace(name))
		}
		delete(known, c.name)
		s.columns = append(s.columns, c)
	}
	return s, nil
}

// next returns the next entry.
func (s *csvSource) next() (entry, error) {
	cells, err := s.in.Read()
	if fault, ok := errors.AsType[*csv.ParseError](err); ok {
		return entry{line: fault.StartLine, fault: fault.Err}, nil
	}
	if err != nil {
		return entry{}, err
	}
	e := entry{}
	e.line, _ = s.in.FieldPos(0)
	var b handlers.Binding
	for i, cell := range cells {
		if err := s.columns[i].set(&b, cell); err != nil {
			e.fault = fmt.Errorf("%s: %w", s.columns[i].name, err)
			return e, nil
		}
	}
	if e.text, err = json.Marshal(b); err == nil && len(e.text) > maxLine {
		e.fault = errLongLine
	}
	return e, err
}
