package simulator

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// accessKey names whoever signed an address; it is no secret.
const accessKey = "SimulatedStorage"

// Address hands out the signed address of a name, which holds from now on for
// the storage's validity. Whoever has it has the recording.
func (s *Storage) Address(name string) string {
	return s.AddressUntil(name, s.c.Now().Add(s.c.Validity))
}

// AddressUntil is Address with an end of its own, in whole seconds.
func (s *Storage) AddressUntil(name string, end time.Time) string {
	s.mu.Lock()
	base := s.base
	s.mu.Unlock()
	expires := strconv.FormatInt(end.Unix(), 10)
	query := url.Values{"Expires": {expires}, "OSSAccessKeyId": {accessKey}, "Signature": {s.sign(name, expires)}}
	return base + "/" + url.PathEscape(name) + "?" + query.Encode()
}

// sign is the signature of an address, in the form of the first
// version of OSS' own: method, two empty headers, end, name.
func (s *Storage) sign(name, expires string) string {
	h := hmac.New(sha1.New, []byte(s.c.Secret))
	h.Write([]byte("GET\n\n\n" + expires + "\n/" + name))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// refusal is an answer that is no recording.
type refusal struct {
	status        int
	code, message string
}

// admit decides whether a request gets its recording: then the status is 200.
func (s *Storage) admit(name string, r *http.Request, now time.Time) refusal {
	query, err := url.ParseQuery(r.URL.RawQuery)
	expires, timed := strconv.ParseInt(query.Get("Expires"), 10, 64)
	signature := s.sign(name, query.Get("Expires"))
	_, there := s.Audio(name)
	switch {
	case r.Method != http.MethodGet: // a signature holds for one method
		return refusal{http.StatusForbidden, "SignatureDoesNotMatch", "The address was signed for GET."}
	case r.Header.Get("Authorization") != "":
		return refusal{http.StatusBadRequest, "InvalidArgument", "Only one of Authorization header and signed address may be used."}
	case err != nil || timed != nil || query.Get("OSSAccessKeyId") != accessKey || !hmac.Equal([]byte(signature), []byte(query.Get("Signature"))):
		return refusal{http.StatusForbidden, "SignatureDoesNotMatch", "The address is not one that was handed out."}
	case !now.Before(time.Unix(expires, 0)):
		return refusal{http.StatusForbidden, "AccessDenied", "Request has expired."}
	case !there:
		return refusal{http.StatusNotFound, "NoSuchKey", "The specified key does not exist."}
	}
	return refusal{status: http.StatusOK, code: "OK"}
}

// write answers with an error as object storages do.
func (f refusal) write(w http.ResponseWriter) {
	body, _ := xml.Marshal(struct { // texts alone: it does not fail
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: f.code, Message: f.message})
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(f.status)
	_, _ = w.Write(append([]byte(xml.Header), body...))
}

// CheckDownloads returns what in the requests that reached the storage breaks
// the contract of signed addresses: that credentials of a platform's API came
// along, that a redirection of an API was followed blindly, that something else
// than a plain GET was sent. The strings hold no address.
func (s *Storage) CheckDownloads() []string {
	s.mu.Lock()
	base := s.base
	s.mu.Unlock()
	var list []string
	for i, r := range s.Requests() {
		for _, what := range downloadFaults(r, base) {
			list = append(list, fmt.Sprintf("download %d: %s", i+1, what))
		}
	}
	return list
}

func downloadFaults(r Request, base string) []string {
	var list []string
	if r.Method != http.MethodGet {
		list = append(list, "method "+r.Method+", want GET")
	}
	if r.Body != "" {
		list = append(list, "has a body")
	}
	for name := range r.Header {
		if name == "Authorization" || strings.HasPrefix(name, "X-Aksk") || strings.HasPrefix(name, "X-Wsse") || name == "Cookie" {
			list = append(list, "header "+name+": credentials do not belong here")
		}
	}
	if from := r.Header.Get("Referer"); from != "" && !strings.HasPrefix(from, base+"/") {
		list = append(list, "header Referer: a redirection of the API was followed")
	}
	slices.Sort(list)
	return list
}
