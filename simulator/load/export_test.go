package load

import "bufio"

// Answer reads an answer as a line does, AnyAnswer as package net/http does.
func Answer(in *bufio.Reader) (status int, body []byte, keep bool, err error) { return answer(in, nil) }

// AnyAnswer is the oracle.
func AnyAnswer(in *bufio.Reader) (status int, body []byte, keep bool, err error) {
	return anyAnswer(in, nil)
}
