package signature_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"xmode/signature"
)

func TestParseUsernameToken(t *testing.T) {
	want := signature.UsernameToken{Username: "ak", PasswordDigest: "d/+=", Nonce: "n", Created: "c"}
	for name, header := range map[string]string{
		"no spaces":      `UsernameToken Username="ak",PasswordDigest="d/+=",Nonce="n",Created="c"`,
		"as documented":  `UsernameToken Username="ak", PasswordDigest="d/+=", Nonce="n", Created="c"`,
		"spaces around":  " UsernameToken  Username=\"ak\" ,\tPasswordDigest=\"d/+=\"  ,  Nonce=\"n\",Created=\"c\"\t",
		"small letters":  `usernametoken username="ak",passworddigest="d/+=",nonce="n",created="c"`,
		"capitals":       `USERNAMETOKEN USERNAME="ak",PASSWORDDIGEST="d/+=",NONCE="n",CREATED="c"`,
		"other order":    `UsernameToken Created="c",Nonce="n",PasswordDigest="d/+=",Username="ak"`,
		"unknown beside": `UsernameToken x-1_y="z",Username="ak",PasswordDigest="d/+=",Nonce="n",Created="c",x-1_y=""`,
	} {
		if got, err := signature.ParseUsernameToken(header); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for header, want := range map[string]signature.UsernameToken{
		`UsernameToken`:                    {},
		`UsernameToken Nonce=""`:           {},
		`UsernameToken Nonce="a,b=\u0022"`: {},
		`UsernameToken Nonce="a, b='c'"`:   {Nonce: "a, b='c'"},
		`UsernameToken Username="密钥"`:      {Username: "密钥"},
	} {
		got, err := signature.ParseUsernameToken(header)
		if strings.Contains(header, `\`) != errors.Is(err, signature.ErrTokenHeader) || got != want {
			t.Errorf("%s: %+v, %v", header, got, err)
		}
	}
}

func TestParseUsernameTokenRefuses(t *testing.T) {
	for name, header := range map[string]string{
		"nothing":               ``,
		"other scheme":          `UsernameTokens Nonce="n"`,
		"no scheme":             `Username="ak",Nonce="n"`,
		"twice":                 `UsernameToken Nonce="n",Nonce="n"`,
		"twice, first empty":    `UsernameToken Nonce="",nonce="n"`,
		"no quotes":             `UsernameToken Nonce=n`,
		"no closing quote":      `UsernameToken Nonce="n`,
		"comma at the end":      `UsernameToken Nonce="n",`,
		"comma at the front":    `UsernameToken ,Nonce="n"`,
		"two commas":            `UsernameToken Nonce="n",,Created="c"`,
		"no comma":              `UsernameToken Nonce="n" Created="c"`,
		"semicolon":             `UsernameToken Nonce="n";Created="c"`,
		"space before the sign": `UsernameToken Nonce ="n"`,
		"no name":               `UsernameToken ="n"`,
		"control character":     "UsernameToken Nonce=\"n\x00\"",
		"line break":            "UsernameToken Nonce=\"n\",\r\n Created=\"c\"",
		"17 parameters":         `UsernameToken ` + strings.TrimSuffix(strings.Repeat(`a="b",`, 17), ","),
		"1025 bytes":            `UsernameToken Nonce="` + strings.Repeat("n", 1025-22) + `"`,
	} {
		if got, err := signature.ParseUsernameToken(header); !errors.Is(err, signature.ErrTokenHeader) || got != (signature.UsernameToken{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := signature.ParseUsernameToken(`UsernameToken ` + strings.TrimSuffix(strings.Repeat(`a="b",`, 16), ",")); err != nil {
		t.Errorf("16 parameters: %v", err)
	}
	if _, err := signature.ParseUsernameToken(`UsernameToken Nonce="` + strings.Repeat("n", 1024-22) + `"`); err != nil {
		t.Errorf("1024 bytes: %v", err)
	}
}

func TestParseTokenProfile(t *testing.T) {
	for header, want := range map[string]signature.TokenProfile{
		`AKSK realm="SDP",profile="UsernameToken",type="Appkey"`:   {Scheme: "aksk", Realm: "SDP", Profile: "UsernameToken", Type: "Appkey"},
		`wsse Realm="SDP", Profile="UsernameToken", Type="Appkey"`: {Scheme: "wsse", Realm: "SDP", Profile: "UsernameToken", Type: "Appkey"},
		`AKSK`: {Scheme: "aksk"},
	} {
		if got, err := signature.ParseTokenProfile(header); err != nil || got != want {
			t.Errorf("%s: %+v, %v", header, got, err)
		}
	}
	for _, header := range []string{``, `Basic YTpi`, `AKSKx realm="SDP"`, `AKSK realm="a",realm="a"`, `Bearer realm="SDP",profile="UsernameToken",type="Appkey"`} {
		if got, err := signature.ParseTokenProfile(header); !errors.Is(err, signature.ErrTokenHeader) || got != (signature.TokenProfile{}) {
			t.Errorf("%q: %+v, %v", header, got, err)
		}
	}
}

func TestGarbageInHeadersCostsNoMemory(t *testing.T) {
	for _, header := range []string{
		"", "x", strings.Repeat("a", 1000), strings.Repeat("a", 100000), `UsernameToken ` + strings.Repeat(`a="b",`, 200), `AKSK ` + strings.Repeat(`"`, 900),
	} {
		if n := testing.AllocsPerRun(20, func() {
			_, _ = signature.ParseUsernameToken(header)
			_, _ = signature.ParseTokenProfile(header)
		}); n != 0 {
			t.Errorf("%.20q: %v allocations", header, n)
		}
	}
}

func seedHeaders(f *testing.F) {
	f.Add(`UsernameToken Username="ak",PasswordDigest="d/+=",Nonce="n",Created="c"`)
	f.Add("usernametoken Created=\"c\" ,\tnonce=\"n\" , x=\"\"")
	f.Add(`AKSK realm="SDP", profile="UsernameToken", type="Appkey"`)
	f.Add(`WSSE realm="SDP",realm="SDP"`)
	f.Add(`UsernameToken a="\"",=,"`)
	f.Add("")
}

// The shapes of a header, for the reader that the parser is held against.
var (
	headerShape = regexp.MustCompile(`^[ \t]*([^ ]*?)[ \t]*(?: [ \t]*((?:[A-Za-z0-9_-]+="[^"\\\x00-\x1f\x7f]*"(?:[ \t]*,[ \t]*|[ \t]*$))+))?$`)
	commaAtEnd  = regexp.MustCompile(`,[ \t]*$`)
	pairShape   = regexp.MustCompile(`([A-Za-z0-9_-]+)="([^"]*)"`)
	wantedName  = regexp.MustCompile(`^(username|passworddigest|nonce|created)$`)
)

// naiveHeader reads a header with regular expressions: the scheme, and the
// parameters by their names in small letters.
func naiveHeader(text string) (scheme string, parameters map[string]string, ok bool) {
	whole := headerShape.FindStringSubmatch(text)
	if whole == nil || len(text) > 1024 || commaAtEnd.MatchString(whole[2]) {
		return "", nil, false
	}
	pairs := pairShape.FindAllStringSubmatch(whole[2], -1)
	if len(pairs) > 16 {
		return "", nil, false
	}
	parameters = map[string]string{}
	for _, p := range pairs {
		name := strings.ToLower(p[1])
		if _, twice := parameters[name]; twice && wantedName.MatchString(name) {
			return "", nil, false
		}
		parameters[name] = p[2]
	}
	return strings.ToLower(whole[1]), parameters, true
}

func FuzzUsernameToken(f *testing.F) {
	seedHeaders(f)
	f.Fuzz(func(t *testing.T, header string) {
		got, err := signature.ParseUsernameToken(header)
		scheme, p, ok := naiveHeader(header)
		if (err == nil) != (ok && scheme == "usernametoken") {
			t.Fatalf("%q: %v, the naive reader says %v, %q", header, err, ok, scheme)
		}
		want := signature.UsernameToken{Username: p["username"], PasswordDigest: p["passworddigest"], Nonce: p["nonce"], Created: p["created"]}
		if err == nil && got != want {
			t.Errorf("%q: %+v, want %+v", header, got, want)
		}
	})
}

func FuzzTokenProfile(f *testing.F) {
	seedHeaders(f)
	f.Fuzz(func(t *testing.T, header string) {
		got, err := signature.ParseTokenProfile(header)
		if err != nil {
			if !errors.Is(err, signature.ErrTokenHeader) || got != (signature.TokenProfile{}) {
				t.Errorf("%q: %+v, %v", header, got, err)
			}
			return
		}
		again := string(got.Scheme) + ` realm="` + got.Realm + `", profile="` + got.Profile + `",type="` + got.Type + `"`
		if second, err := signature.ParseTokenProfile(again); len(again) <= 1024 && (err != nil || second != got) {
			t.Errorf("%q reads as %+v, and that, written again, as %+v, %v", header, got, second, err)
		}
	})
}

func FuzzTokenVerify(f *testing.F) {
	f.Add("ak", "s3cr3t", "n", "2026-03-04T05:06:07Z", "ORWZLLAwn/ZE/zsF7O6sH0DSrYB9hjGaKqnh3r4SdDY=")
	f.Fuzz(func(t *testing.T, user, secret, nonce, created, digest string) {
		v := signature.NewTokenVerifier(map[string]string{user: secret})
		for _, scheme := range []signature.TokenScheme{signature.AKSK, signature.WSSE} {
			good := signature.UsernameToken{Username: user, Nonce: nonce, Created: created, PasswordDigest: scheme.Digest(secret, nonce, created)}
			if err := v.Verify(scheme, good); err != nil {
				t.Errorf("refuses a good digest: %v", err)
			}
			other := good
			other.PasswordDigest = digest
			if err := v.Verify(scheme, other); (err == nil) != (digest == good.PasswordDigest) {
				t.Errorf("%q: %v, right is %q", digest, err, good.PasswordDigest)
			}
		}
	})
}
