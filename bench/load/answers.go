package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// answers reads HTTP answers that have a Content-Length, and nothing else.
type answers struct {
	in   *bufio.Reader
	body []byte
}

func newAnswers(r io.Reader) *answers { return &answers{in: bufio.NewReader(r)} }

// errWrong: the endpoint answered, and not what it should.
var errWrong = errors.New("wrong answer")

// connects reads one answer, which has to be a 200 that connects callee.
func (a *answers) connects(callee string) error {
	status, err := a.read()
	if err != nil {
		return err
	}
	right := bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) &&
		bytes.Contains(a.body, []byte(`"controlOperate":"CONTINUE"`)) &&
		bytes.Contains(a.body, []byte(`"calledNo":"`+callee+`"`))
	if !right {
		return fmt.Errorf("%w: %s %s", errWrong, bytes.TrimSpace(status), a.body)
	}
	return nil
}

// read takes one answer in; the body is valid until the next one.
func (a *answers) read() (status []byte, err error) {
	line, err := a.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	status = bytes.Clone(line)
	length := -1
	for {
		line, err := a.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("%w: no Content-Length", errWrong)
	}
	a.body = append(a.body[:0], make([]byte, length)...)
	_, err = io.ReadFull(a.in, a.body)
	return status, err
}
