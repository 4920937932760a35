package main

import (
	"bytes"
	"fmt"

	"xmode/bench/internal/lab"
)

// connects reads one answer, which has to be a 200 that connects callee.
func connects(answers *lab.Answers, callee string) error {
	status, body, err := answers.Read()
	if err != nil {
		return err
	}
	right := bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) &&
		bytes.Contains(body, []byte(`"controlOperate":"CONTINUE"`)) &&
		bytes.Contains(body, []byte(`"calledNo":"`+callee+`"`))
	if !right {
		return fmt.Errorf("%w: %s %s", lab.ErrWrong, status, body)
	}
	return nil
}
