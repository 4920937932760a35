package call_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"xmode/call"
)

// crashing is the variable by which a process of the test's own is told how to end.
const crashing = "XMODE_TEST_CRASH"

// crashes are the ways to panic over a number.
func crashes() map[string]func(call.Number) {
	return map[string]func(call.Number){
		"number":    func(n call.Number) { panic(n) },
		"pointer":   func(n call.Number) { panic(&n) },
		"error":     func(n call.Number) { panic(fmt.Errorf("no binding of %v, %+v, %#v, %s", n, n, n, n)) },
		"joined":    func(n call.Number) { panic(errors.Join(errors.New("first"), fmt.Errorf("then %q", n))) },
		"text":      func(n call.Number) { panic(fmt.Sprint("caller ", n)) },
		"query":     func(n call.Number) { panic(call.Query{Caller: n, X: n}) },
		"binding":   func(n call.Number) { panic(&call.Binding{X: n, A: n, Peers: []call.Number{n}}) },
		"printed":   func(n call.Number) { panic(fmt.Sprintf("%+v", call.Query{Caller: n, X: n})) },
		"argument":  func(n call.Number) { deep(n, n.Full(), map[string]call.Number{n.Full(): n}, nil) },
		"re-raised": func(n call.Number) { defer func() { panic(fmt.Errorf("again: %v", recover())) }(); panic(n) },
	}
}

// deep crashes with a number among the arguments on the stack.
//
//go:noinline
func deep(n call.Number, full string, all map[string]call.Number, none *call.Binding) {
	all[full] = n
	none.X = n
}

// TestCrashesMaskNumbers: a panic that nobody recovers prints its value and the stacks of
// all goroutines. None of it holds a whole number, as long as it is a [call.Number].
func TestCrashesMaskNumbers(t *testing.T) {
	if way := os.Getenv(crashing); way != "" {
		n, _ := call.ParseParty(os.Getenv("XMODE_TEST_NUMBER"))
		crashes()[way](n)
		return
	}
	const number = "13800000021"
	for way := range crashes() {
		t.Run(way, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashesMaskNumbers$")
			cmd.Env = append(os.Environ(), "GOTRACEBACK=system", crashing+"="+way, "XMODE_TEST_NUMBER="+number)
			out, err := cmd.CombinedOutput()
			text := string(out)
			if err == nil || !strings.Contains(text, "panic") || !strings.Contains(text, "goroutine ") {
				t.Fatalf("no crash: %v\n%s", err, text)
			}
			if strings.Contains(text, number) {
				t.Errorf("the whole number is in\n%s", text)
			}
		})
	}
}
