package recording_test

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xmode/recording"
)

// cloud is what a customer of both platforms allows.
func cloud(t testing.TB, change func(*recording.DownloadConfig)) *recording.Downloader {
	return downloader(t, func(c *recording.DownloadConfig) {
		c.Hosts = []string{".aliyuncs.com", ".MyHuaweiCloud.com.", "files.example.com", "127.0.0.1", "localhost", "::1"}
		c.AllowPrivate = false
		if change != nil {
			change(c)
		}
	})
}

func TestAddressesThatMayBeAsked(t *testing.T) {
	d := cloud(t, func(c *recording.DownloadConfig) { c.InsecureHosts = []string{".myhuaweicloud.com"} })
	plain := []string{".aliyuncs.com"}
	for _, c := range []struct{ address, first, asked string }{
		{"https://a.aliyuncs.com/r?x=1", "https://a.aliyuncs.com/r?x=1", "https://a.aliyuncs.com/r?x=1"},
		{"https://A.AliyunCS.com./r", "https://a.aliyuncs.com/r", "https://a.aliyuncs.com/r"},
		{"HTTPS://files.example.com:8443/a%2Fb#f", "https://files.example.com:8443/a%2Fb", "https://files.example.com:8443/a%2Fb"},
		{"http://a.aliyuncs.com/r", "https://a.aliyuncs.com/r", "http://a.aliyuncs.com/r"},
		{"http://a.aliyuncs.com:80/r", "https://a.aliyuncs.com/r", "http://a.aliyuncs.com:80/r"},
		{"http://a.aliyuncs.com:8080/r", "https://a.aliyuncs.com:8080/r", "http://a.aliyuncs.com:8080/r"},
		{"http://a.myhuaweicloud.com/r", "http://a.myhuaweicloud.com/r", "http://a.myhuaweicloud.com/r"},
		{"https://127.0.0.1/r", "https://127.0.0.1/r", "https://127.0.0.1/r"},
		{"https://[0:0:0:0:0:0:0:1]:443/r", "https://[::1]:443/r", "https://[::1]:443/r"},
	} {
		j, err := recording.Judge(d, plain, c.address)
		if err != nil || j.First != c.first || j.Asked != c.asked {
			t.Errorf("%s: first %q, then %q, %v", c.address, j.First, j.Asked, err)
		}
	}
}

func TestLoopbackIsAskedPlainlyOnlyWherePrivateAddressesAreAllowed(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:1/r", "http://localhost:1/r", "http://[::1]:1/r"} {
		_, err := recording.Judge(cloud(t, nil), nil, address)
		failedWith(t, err, "insecure: plain HTTP is not allowed for this host")
		open := cloud(t, func(c *recording.DownloadConfig) { c.AllowPrivate = true })
		if j, err := recording.Judge(open, nil, address); err != nil || j.First != address {
			t.Errorf("%s: first %q, %v", address, j.First, err)
		}
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	const offList = "address_refused: the host is not on the list"
	for address, want := range map[string]string{
		// Suffixes are of names, with a dot before them and something before that.
		"https://evilaliyuncs.com/":                              offList,
		"https://aliyuncs.com/":                                  offList,
		"https://aliyuncs.com.evil.org/":                         offList,
		"https://a.aliyuncs.com.evil.org/":                       offList,
		"https://a.aliyuncs.com..evil.org/":                      "address_refused: no host name",
		"https://.aliyuncs.com/":                                 "address_refused: no host name",
		"https://a..aliyuncs.com/":                               "address_refused: no host name",
		"https://x.files.example.com/":                           offList,
		"https://evil.org/a.aliyuncs.com":                        offList,
		"https://evil.org?a.aliyuncs.com":                        offList,
		"https://evil.org#a.aliyuncs.com":                        offList,
		"https://a.aliyuncs.com%2eevil.org/":                     "address_refused: no URL",
		"https://evil.org\\.aliyuncs.com/":                       "address_refused: no URL",
		"https://evil.org%00.aliyuncs.com/":                      "address_refused: no URL",
		"https://а.aliyuncs.com/":                                "address_refused: no host name", // a Cyrillic letter
		"https://" + strings.Repeat("a.", 200) + "aliyuncs.com/": "address_refused: no host name",
		// Users and passwords hide hosts.
		"https://a.aliyuncs.com@evil.org/":    "address_refused: holds a user",
		"https://a.aliyuncs.com:x@evil.org/":  "address_refused: holds a user",
		"https://user@a.aliyuncs.com/":        "address_refused: holds a user",
		"https://@a.aliyuncs.com/":            "address_refused: holds a user",
		"https://evil.org\\@a.aliyuncs.com/":  "address_refused: no URL",
		"https://evil.org%2f@a.aliyuncs.com/": "address_refused: holds a user",
		// IP addresses in the spellings of other programs.
		"http://2130706433/":                "address_refused: no host name",
		"http://0x7f.1/":                    "address_refused: no host name",
		"http://0x7f000001/":                "address_refused: no host name",
		"http://0177.0.0.1/":                "address_refused: no host name",
		"http://127.1/":                     "address_refused: no host name",
		"https://[::ffff:169.254.169.254]/": offList,
		"https://169.254.169.254/":          offList,
		"https://[fe80::1%25eth0]/":         "address_refused: no host name",
		// Other schemes, other shapes.
		"http://files.example.com/":          "insecure: plain HTTP is not allowed for this host",
		"http://a.myhuaweicloud.com/":        "insecure: plain HTTP is not allowed for this host",
		"ftp://a.aliyuncs.com/":              "address_refused: neither https nor http",
		"file:///etc/passwd":                 "address_refused: neither https nor http",
		"//a.aliyuncs.com/":                  "address_refused: neither https nor http",
		"https:a.aliyuncs.com":               "address_refused: no host",
		"https:///a":                         "address_refused: no host",
		"https://a.aliyuncs.com:0/":          "address_refused: no port",
		"https://a.aliyuncs.com:65536/":      "address_refused: no port",
		"https://a.aliyuncs.com:https/":      "address_refused: no URL",
		" https://a.aliyuncs.com/":           "address_refused: no URL",
		"https://a.aliyuncs.com/\r\nHost: x": "address_refused: no URL",
		"":                                   "address_refused: neither https nor http",
		"https://a.aliyuncs.com/" + strings.Repeat("x", 8<<10): "address_refused: too long",
	} {
		_, err := recording.Judge(cloud(t, nil), []string{".aliyuncs.com"}, address)
		t.Run(address[:min(len(address), 60)], func(t *testing.T) { failedWith(t, err, want) })
	}
}

func TestSettingsOfDownloadsAreCheckedAtOnce(t *testing.T) {
	_, err := recording.NewDownloader(recording.DownloadConfig{
		Hosts: []string{"https://x"}, InsecureHosts: []string{"h:80"}, Resumes: -1})
	want := "downloads: \"https://x\" is no host and no suffix of hosts\n\"h:80\" is no host and no suffix of hosts\n" +
		"the largest size has to be positive\nthe times have to be positive\nthe number of resumes is negative\nthere is no clock"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestIPAddressesThatAreDialled(t *testing.T) {
	for _, c := range []struct {
		ips             string
		public, private bool
	}{
		{"8.8.8.8 47.88.1.1 2400:3200::1 2606:4700::1 ::ffff:8.8.8.8 64:ff9b::808:808", true, true},
		{"127.0.0.1 127.255.255.254 ::1 ::ffff:127.0.0.1 64:ff9b::7f00:1", false, true},
		{"10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fc00::1 fd12::1 ::ffff:10.0.0.1 64:ff9b::a00:1", false, true},
		{"100.64.0.1 100.127.255.255", false, true},
		{"100.100.100.200 ::ffff:100.100.100.200 168.63.129.16 fd00:ec2::254 fd20:ce::254", false, false},
		{"169.254.169.254 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe fe80::1 fe80::1%eth0 fec0::1", false, false},
		{"0.0.0.0 0.1.2.3 :: ::ffff:0.0.0.0 ::8.8.8.8 ::127.0.0.1", false, false},
		{"192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1", false, false},
		{"224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 ff02::1", false, false},
		{"2001:db8::1 3fff::1 2001::1 2002:7f00:1::1 2002:808:808::1 64:ff9b:1::1 100::1 4000::1 1::1", false, false},
	} {
		for ip := range strings.FieldsSeq(c.ips) {
			a := netip.MustParseAddr(ip)
			if got := recording.Dials(false, a); got != c.public {
				t.Errorf("%s is dialled: %v", ip, got)
			}
			if got := recording.Dials(true, a); got != c.private {
				t.Errorf("%s is dialled where private addresses are allowed: %v", ip, got)
			}
		}
	}
	if recording.Dials(true, netip.Addr{}) {
		t.Error("no address is dialled")
	}
}

// FuzzAddress: what passes is http or https, without a user, and its host, as
// another reader finds it, is on the list.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"https://a.aliyuncs.com/x?y#z", "http://a.aliyuncs.com:80/", "https://a.aliyuncs.com@evil.org/", "https://[::1]/",
		"http://2130706433/", "https://evil.org\\@a.aliyuncs.com", "HTTPS://FILES.example.com.:1/%2e%2e/", "https:a.aliyuncs.com",
	} {
		f.Add(seed)
	}
	d := cloud(f, nil)
	f.Fuzz(func(t *testing.T, text string) {
		j, err := recording.Judge(d, []string{".aliyuncs.com"}, text)
		if err != nil {
			return
		}
		for _, asked := range []string{j.First, j.Asked} {
			u, err := url.Parse(asked)
			if err != nil || u.User != nil || u.Hostname() != j.Host {
				t.Fatalf("%q is asked at %q: %v", text, asked, err)
			}
			plain := u.Scheme == "http" && strings.HasSuffix(j.Host, ".aliyuncs.com")
			if u.Scheme != "https" && !plain {
				t.Fatalf("%q is asked at %q", text, asked)
			}
		}
		suffix := strings.HasSuffix(j.Host, ".aliyuncs.com") || strings.HasSuffix(j.Host, ".myhuaweicloud.com")
		if !suffix && !slices.Contains([]string{"files.example.com", "127.0.0.1", "localhost", "::1"}, j.Host) {
			t.Fatalf("%q has host %q", text, j.Host)
		}
	})
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 0-9/10")
	f.Add("bytes 5-4/*")
	f.Fuzz(func(t *testing.T, s string) {
		if first, last, total, ok := recording.ContentRange(s); ok && (first < 0 || last < 0 || total < 0) {
			t.Fatalf("%q: %d-%d/%d", s, first, last, total)
		}
	})
}
