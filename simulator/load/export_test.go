package load

import (
	"bufio"
	"io"
	"strings"
)

// listening is a line on which a text comes in.
func listening(text string) *line {
	left := &io.LimitedReader{R: strings.NewReader(text), N: maxHead + maxAnswer}
	return &line{left: left, in: bufio.NewReader(left)}
}

// Answer reads an answer as a line does, AnyAnswer as package net/http does; rest is
// what they leave.
func Answer(text string) (status int, body []byte, keep bool, rest string, err error) {
	l := listening(text)
	_, _ = l.in.Peek(1) // as a line does, before it reads
	status, body, keep, err = l.answer(nil)
	return status, body, keep, l.rest(), err
}

// AnyAnswer is the oracle.
func AnyAnswer(text string) (status int, body []byte, keep bool, rest string, err error) {
	l := listening(text)
	status, body, keep, err = l.anyAnswer(nil)
	return status, body, keep, l.rest(), err
}

func (l *line) rest() string {
	text, _ := l.in.Peek(l.in.Buffered())
	return string(text)
}
