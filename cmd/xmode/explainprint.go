package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmode/explain"
)

// printJSON prints a finding for machines.
func printJSON(w io.Writer, rep any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(rep)
}

// printReport prints a finding for people: the conclusion first, then how the
// signature comes about.
func printReport(w io.Writer, rep explain.Report) error {
	var b strings.Builder
	fmt.Fprintln(&b, printable(rep.Conclusion))
	row := func(name, text string) { fmt.Fprintf(&b, "%-14s %s\n", name, text) }
	fmt.Fprintln(&b)
	if rep.Key > 0 {
		row("matches", matched(rep))
	}
	for _, note := range rep.Notes {
		row("note", printable(note))
	}
	row("signature", printable(rep.Digest))
	printExpected(&b, rep.Expected)
	row("canonical", printable(rep.Canonical))
	row("to sign", printable(rep.StringToSign))
	if rep.Signed != "" {
		row("signed instead", printable(rep.Signed))
	}
	row("clock", clockText(rep.Clock))
	printFields(&b, rep.Received)
	_, err := io.WriteString(w, b.String())
	return err
}

// printExpected prints the digests that are due, those that forms have in common
// once.
func printExpected(b *strings.Builder, list []explain.Expected) {
	name := "expected"
	for i, e := range list {
		same := func(x explain.Expected) bool { return x.Key == e.Key && x.Digest == e.Digest }
		if slices.ContainsFunc(list[:i], same) {
			continue
		}
		forms := e.Form
		for _, x := range list[i+1:] {
			if same(x) {
				forms += " = " + x.Form
			}
		}
		mark := ""
		if e.Matches {
			mark = "  <- received"
		}
		fmt.Fprintf(b, "%-14s %s  key %d, %s%s\n", name, e.Digest, e.Key, forms, mark)
		name = ""
	}
}

// matched says under which key, and in which form or by which mistake.
func matched(rep explain.Report) string {
	if rep.Form == "" {
		return fmt.Sprintf("key %d, once the mistake is made too", rep.Key)
	}
	text := fmt.Sprintf("key %d, %s", rep.Key, rep.Form)
	if strings.HasSuffix(rep.Form, "&") {
		text += ` (the key and "&")`
	}
	return text
}

func printFields(b *strings.Builder, fields []explain.Field) {
	width := 0
	for _, f := range fields {
		width = max(width, len(f.Name))
	}
	for i, f := range fields {
		name := ""
		if i == 0 {
			name = "received"
		}
		fmt.Fprintf(b, "%-14s %-*s  %s  (%s)\n", name, min(width, 24), printable(f.Name), printable(f.Value), f.In)
	}
}

// clockText says how far the timestamp is off.
func clockText(c explain.Clock) string {
	if c.Timestamp == "" {
		return "no timestamp"
	}
	off, word := time.Duration(c.OffSeconds)*time.Second, "ahead of"
	if off < 0 {
		off, word = -off, "behind"
	}
	admitted := "outside the window"
	if c.Admitted {
		admitted = "inside the window"
	}
	text := off.String()
	if off > 48*time.Hour {
		text = fmt.Sprintf("%d days", int(off.Hours()/24))
	}
	return fmt.Sprintf("%s, %s %s %s: %s", printable(c.Timestamp), text, word, c.At.Format(time.RFC3339), admitted)
}

// printable keeps what somebody sent from steering the terminal.
func printable(s string) string {
	quoted := strconv.Quote(s)
	plain := quoted[1 : len(quoted)-1]
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(plain)
}
