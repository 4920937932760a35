package recording_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xmode/recording"
)

// redirects answers with a Location; an empty one is left out.
func redirects(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(status)
	}
}

func TestRedirectionsAreFollowedByTheSamePolicy(t *testing.T) {
	there := serve(t, gives("audio/wav", wav(5000)))
	for _, status := range []int{301, 302, 303, 307, 308} {
		fetches(t, downloader(t, nil), serve(t, redirects(status, there)), wav(5000))
	}
	const offList = "address_refused: the host is not on the list"
	for location, want := range map[string]string{
		"":                               "status: 302 without Location",
		"https://evil.org/" + secretPath: offList,
		"http://169.254.169.254/latest/meta-data": offList,
		"http://[::ffff:169.254.169.254]/":        offList,
		"http://2130706433/" + secretPath:         "address_refused: no host name",
		"http://x@127.0.0.1/" + secretPath:        "address_refused: holds a user",
		"http://plain.example.com/":               "insecure: plain HTTP is not allowed for this host",
		"ftp://127.0.0.1/" + secretPath:           "address_refused: neither https nor http",
		"file:///etc/passwd":                      "address_refused: neither https nor http",
		"http://127.0.0.1:x/" + secretPath:        "address_refused: redirected to no URL",
		"/" + strings.Repeat("x", 9000):           "address_refused: too long",
	} {
		d := downloader(t, func(c *recording.DownloadConfig) { c.Hosts = append(c.Hosts, "plain.example.com") })
		fails(t, d, serve(t, redirects(302, location)), want)
	}
}

func TestOnlyAFewRedirectionsAreFollowed(t *testing.T) {
	for hops, want := range map[int]string{5: "", 6: "address_refused: too many redirections"} {
		address := serve(t, func(w http.ResponseWriter, r *http.Request) {
			n := 0
			_, _ = fmt.Sscanf(r.URL.Path, "/hop/%d", &n)
			if n == hops {
				gives("audio/wav", wav(99))(w, r)
				return
			}
			redirects(302, fmt.Sprintf("/hop/%d", n+1))(w, r)
		})
		if want == "" {
			fetches(t, downloader(t, nil), address, wav(99))
		} else {
			fails(t, downloader(t, nil), address, want)
		}
	}
	loop := serve(t, redirects(301, "?again"))
	fails(t, downloader(t, nil), loop, "address_refused: too many redirections")
}

// A name on the list may resolve to anything: whoever runs its zone decides.
func TestWhatAHostResolvesToIsChecked(t *testing.T) {
	const refused = "address_refused: the host has no public address"
	port := strings.TrimPrefix(closedPort(t), "127.0.0.1")
	for ip, want := range map[string]string{
		"127.0.0.1": refused, "10.0.0.1": refused, "169.254.169.254": refused, "100.100.100.200": refused,
		"0.0.0.0": refused, "::1": refused, "::ffff:169.254.169.254": refused, "64:ff9b::a9fe:a9fe": refused, "2002:7f00:1::": refused,
		"": "unreachable: no such host",
	} {
		t.Run(ip, func(t *testing.T) {
			host := secretHost + ".aliyuncs.com"
			d := downloader(t, func(c *recording.DownloadConfig) {
				c.Hosts, c.AllowPrivate = []string{".aliyuncs.com"}, false
				c.Resolver = names(t, map[string]string{host + ".": ip})
			})
			fails(t, d, "https://"+host+port+secretPart, want)
			fails(t, d, "http://"+host+port+secretPart, want, ".aliyuncs.com")
		})
	}
}

func TestARedirectionIsDialledByTheSamePolicy(t *testing.T) {
	resolver := names(t, map[string]string{"near.example.com.": "127.0.0.1", "meta.example.com.": "169.254.169.254", "mapped.example.com.": "::ffff:169.254.169.254"})
	for _, location := range []string{"https://meta.example.com/", "https://mapped.example.com/", "https://169.254.169.254/", "https://[::ffff:a9fe:a9fe]/"} {
		d := downloader(t, func(c *recording.DownloadConfig) {
			c.Hosts = append(c.Hosts, ".example.com", "169.254.169.254", "::ffff:169.254.169.254")
			c.Resolver = resolver
		})
		fails(t, d, serve(t, redirects(302, location)), "address_refused: the host has no public address")
	}
}

func TestLiteralAddressesAreNotDialledEvenIfListed(t *testing.T) {
	s := httptest.NewServer(gives("audio/wav", wav(99)))
	t.Cleanup(s.Close)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "localhost", "169.254.169.254"} {
		d := downloader(t, func(c *recording.DownloadConfig) {
			c.Hosts, c.AllowPrivate = []string{host}, false
			c.InsecureHosts = c.Hosts
		})
		fails(t, d, "http://"+host+port+secretPart, "address_refused: the host has no public address")
	}
}

func TestNobodyThereIsUnreachable(t *testing.T) {
	fails(t, downloader(t, nil), "http://"+closedPort(t)+secretPart, "unreachable: connection refused")
}
