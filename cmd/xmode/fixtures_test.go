package main_test

import (
	"strings"
	"testing"

	"xmode/fixtures"
)

func TestFixturesListIsATable(t *testing.T) {
	got := run(t, nil, "fixtures", "list")
	messages, err := fixtures.Messages()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if got.status != 0 || got.err != "" || len(lines) != len(messages)+1 {
		t.Fatalf("status %d, %d lines\n%s%s", got.status, len(lines), got.out, got.err)
	}
	expect, source := strings.Index(lines[0], "EXPECT"), strings.Index(lines[0], "SOURCE")
	for i, m := range messages {
		line := lines[i+1]
		if len(line) < source || strings.TrimSpace(line[:expect]) != m.Name || strings.TrimSpace(line[expect:source]) != m.Expect || line[source:] != m.Source {
			t.Errorf("line %d: %s", i+2, line)
		}
	}
}

func TestFixturesShowIsTheFile(t *testing.T) {
	text, err := fixtures.Files.ReadFile("messages/huawei/fee.http")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, run(t, nil, "fixtures", "show", "huawei/fee"), 0, string(text), "")
	for _, name := range []string{"huawei/nothing", "../vectors/pop-v1", "huawei"} {
		expect(t, run(t, nil, "fixtures", "show", name), 2, "",
			"xmode: no message is called \""+name+"\": xmode fixtures list prints the names\n")
	}
}

// What is shown can be explained as it stands.
func TestShownFixturesAreExplained(t *testing.T) {
	for name, first := range map[string]string{
		"aliyun/query-voice":           "The signature is right.",
		"aliyun/query-wrong-signature": `The signature is wrong: callNo was signed as "13900000022" and arrived as "13900000023".`,
		"huawei/callin-aksk":           "The signature is right.",
		"huawei/callin-wsse":           "The signature is right.",
	} {
		key := "example-signing-key"
		platform, _, _ := strings.Cut(name, "/")
		if platform == "huawei" {
			key = "example-app:example-secret"
		}
		shown := run(t, nil, "fixtures", "show", name)
		got := runWith(t, shown.out, []string{"XMODE_EXPLAIN_KEY=" + key}, "explain", platform, "--at=2026-03-04T05:06:08Z", "--request=-")
		if line, _, _ := strings.Cut(got.out, "\n"); line != first || got.err != "" {
			t.Errorf("%s: %s%s", name, got.out, got.err)
		}
	}
}
