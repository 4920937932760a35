package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xmode/fixtures"
)

// curl is a command that sends a message to an endpoint, whose address may have
// the beginning of a path.
func curl(m fixtures.Message, endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil {
		return "", usageError{"--curl: not of the form https://endpoint.example"}
	}
	words := []string{"curl -sS -i"}
	if m.Method != http.MethodGet {
		words = append(words, "-X "+m.Method)
	}
	words = append(words, inShell(strings.TrimSuffix(endpoint, "/")+m.Target))
	for _, line := range m.HeaderLines {
		name, _, _ := strings.Cut(line, ":")
		if !strings.EqualFold(name, "Host") && !strings.EqualFold(name, "Content-Length") { // curl's own matter
			words = append(words, "-H "+inShell(line))
		}
	}
	if len(m.Body) > 0 {
		if m.Header.Get("Content-Type") == "" {
			words = append(words, "-H 'Content-Type:'") // or curl says that it is a form
		}
		words = append(words, "--data-raw "+inShell(string(m.Body)))
	}
	return strings.Join(words, " \\\n  ") + "\n", nil
}

// inShell quotes a text for a shell.
func inShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// agedNote says, as comments of a shell, how old the message is and what follows
// from that.
func agedNote(m fixtures.Message, now time.Time) string {
	ago := age(m.At, now)
	if !carriesSignature(m) {
		return fmt.Sprintf("# It is of %s, %s. Nothing in it is signed, so that an endpoint takes it at any time.\n", m.At.UTC().Format(time.RFC3339), ago)
	}
	return fmt.Sprintf("# Its timestamp is old: it was signed for %s, %s. An endpoint whose clock stands elsewhere\n"+
		"# refuses it for that, as it should; nothing is signed anew here. xmode simulate sends messages of today.\n", m.At.UTC().Format(time.RFC3339), ago)
}

// carriesSignature tells a message that carries a signature, good or bad.
func carriesSignature(m fixtures.Message) bool {
	return m.Header.Get("X-AKSK")+m.Header.Get("X-WSSE") != "" || strings.Contains(strings.ToLower(m.Query+string(m.Body)), "signaturenonce")
}

// age is how long ago an instant is.
func age(at, now time.Time) string {
	const day = 24 * time.Hour
	switch ago := now.Sub(at); {
	case ago < 0:
		return "which is still to come"
	case ago < 2*day:
		return fmt.Sprintf("%d hours ago", ago/time.Hour)
	default:
		return fmt.Sprintf("%d days ago", ago/day)
	}
}
