package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"xmode/handlers"
	"xmode/simulator/load"
)

// parties are those who call: everybody that --caller names each of --x, or those
// of the bindings each other.
func (f *loadFlags) parties(s *simulated) ([]load.Party, error) {
	if f.Bindings != "" {
		return partiesOf(f.Bindings)
	}
	var all []load.Party
	for _, x := range listed(s.X) {
		for _, caller := range listed(s.Caller) {
			all = append(all, load.Party{Caller: caller, X: x, Extension: f.typed})
		}
	}
	return all, nil
}

// listed takes a list apart. An empty one is one number that is withheld.
func listed(text string) (all []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" || text == "" {
			all = append(all, one)
		}
	}
	return all
}

// maxParties is how many parties of a file call; further bindings are left out.
const maxParties = 1_000_000

// partiesOf are the parties of a file of bindings.
func partiesOf(name string) ([]load.Party, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--bindings: %w", err)
	}
	defer file.Close()
	from, err := newSource(file, formatOf("", name))
	if err != nil {
		return nil, fmt.Errorf("--bindings: %w", err)
	}
	var all []load.Party
	for len(all) < maxParties {
		e, err := from.next()
		if errors.Is(err, io.EOF) {
			break
		}
		var b handlers.Binding
		if err = errors.Join(err, e.fault); err == nil {
			err = json.Unmarshal(e.text, &b)
		}
		if err != nil {
			return nil, fmt.Errorf("--bindings: line %d: %w", e.line, err)
		}
		all = append(all, partiesIn(b)...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("--bindings: %s: no binding", name)
	}
	return all, nil
}

// anybody calls where anybody may.
const anybody = "13900000099"

// partiesIn are the parties of a binding: its peers call the owner, who calls the
// peers where there is one to be meant.
func partiesIn(b handlers.Binding) []load.Party {
	var all []load.Party
	callers := b.Peers
	if len(callers) == 0 {
		callers = []string{anybody}
	}
	for _, caller := range callers {
		if b.Direction != "from_a" {
			all = append(all, load.Party{Caller: caller, X: b.X, Extension: b.Extension})
		}
	}
	if b.Direction != "to_a" && len(b.Peers) == 1 {
		all = append(all, load.Party{Caller: b.A, X: b.X})
	}
	return all
}
