package lab

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// ErrWrong: the endpoint answered, and not what it should.
var ErrWrong = errors.New("wrong answer")

// Answers reads HTTP answers that have a Content-Length, and nothing else.
type Answers struct {
	in   *bufio.Reader
	body []byte
}

// NewAnswers reads from a connection.
func NewAnswers(r io.Reader) *Answers { return &Answers{in: bufio.NewReader(r)} }

// Read takes one answer in; status is its first line, and body is valid until
// the next answer.
func (a *Answers) Read() (status, body []byte, err error) {
	line, err := a.in.ReadSlice('\n')
	if err != nil {
		return nil, nil, err
	}
	status = bytes.TrimSpace(bytes.Clone(line))
	length := -1
	for {
		line, err := a.in.ReadSlice('\n')
		if err != nil {
			return nil, nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, nil, err
			}
		}
	}
	if length < 0 {
		return nil, nil, fmt.Errorf("%w: no Content-Length", ErrWrong)
	}
	a.body = append(a.body[:0], make([]byte, length)...)
	_, err = io.ReadFull(a.in, a.body)
	return status, a.body, err
}
