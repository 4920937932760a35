package recording

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// archivePlace is where an archive lies.
type archivePlace struct {
	url *url.URL
	// prefix of all keys in a bucket, with its slash; empty: none.
	prefix string
	// volatile: files in a folder are not forced to the disk.
	volatile bool
}

// CheckURL reports what is wrong with the address of an archive, without looking
// whether it is there. The error repeats no part of it but its scheme and the
// names of parameters.
func CheckURL(address string) error {
	_, err := parsePlace(address)
	return err
}

func parsePlace(address string) (archivePlace, error) {
	u, err := url.Parse(address)
	if err != nil {
		return archivePlace{}, fmt.Errorf("is no URL; file:///folder or s3://bucket is")
	}
	if u.User != nil {
		return archivePlace{}, fmt.Errorf("holds a user or a password: credentials belong into the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)")
	}
	switch {
	case u.Scheme == "file":
		return filePlace(u)
	case u.Scheme == "s3":
		return bucketPlace(u)
	case u.Scheme == "":
		return archivePlace{}, fmt.Errorf("has no scheme; file:///folder and s3://bucket are supported")
	}
	return archivePlace{}, fmt.Errorf("scheme %q is not supported; file:///folder and s3://bucket are", u.Scheme)
}

// filePlace makes what fileblob is to do out of what was written.
func filePlace(u *url.URL) (archivePlace, error) {
	if u.Host != "" && u.Host != "." && u.Host != "localhost" {
		// fileblob would leave the first part of the path out.
		return archivePlace{}, fmt.Errorf("file: has a host; an absolute folder has three slashes (file:///folder), a relative one a dot (file://./folder)")
	}
	if strings.Trim(u.Path, "/") == "" {
		return archivePlace{}, fmt.Errorf("file: names no folder")
	}
	q, err := parameters(u, "create_dir", "dir_file_mode", "no_tmp_dir", "metadata", "fsync")
	if err != nil {
		return archivePlace{}, err
	}
	fsync := q.Get("fsync")
	if q.Has("fsync") && fsync != "true" && fsync != "false" {
		return archivePlace{}, fmt.Errorf("file: fsync is to be true or false")
	}
	q.Del("fsync") // ours, and not fileblob's
	// Temporary files lie beside their targets: a rename cannot leave a file system,
	// and a container from scratch has no /tmp. What is known of a recording is in
	// the store, not in files beside it. Recordings are nothing for everybody.
	for name, value := range map[string]string{"no_tmp_dir": "true", "metadata": "skip", "dir_file_mode": "0750"} {
		if !q.Has(name) {
			q.Set(name, value)
		}
	}
	return archivePlace{url: withQuery(u, q), volatile: fsync == "false"}, nil
}

// bucketPlace makes what s3blob is to do out of what was written. It knows no path
// and would ignore one.
func bucketPlace(u *url.URL) (archivePlace, error) {
	if u.Host == "" || u.Port() != "" {
		return archivePlace{}, fmt.Errorf("s3: names no bucket (s3://bucket?region=…)")
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" && keyFault(prefix) != "" {
		return archivePlace{}, fmt.Errorf("s3: %s after the bucket", keyFault(prefix))
	}
	q, err := parameters(u, "region", "endpoint", "use_path_style", "s3ForcePathStyle", "disable_https", "anonymous",
		"profile", "role", "hostname_immutable", "dualstack", "fips", "accelerate", "ssetype", "kmskeyid",
		"request_checksum_calculation", "response_checksum_validation")
	if err != nil {
		return archivePlace{}, err
	}
	if q.Has("endpoint") {
		if err := checkEndpoint(q); err != nil {
			return archivePlace{}, err
		}
	}
	if prefix != "" {
		prefix += "/"
	}
	bucket := withQuery(u, q)
	bucket.Path, bucket.RawPath = "", ""
	return archivePlace{url: bucket, prefix: prefix}, nil
}

// checkEndpoint looks at the address of a compatible store. Most of them do not know the
// checksums that the SDK adds of late, so that it adds none unless told to.
func checkEndpoint(q url.Values) error {
	e, err := url.Parse(q.Get("endpoint"))
	if err != nil || e.Host == "" || e.Scheme != "http" && e.Scheme != "https" || e.User != nil {
		return fmt.Errorf("s3: endpoint is to be https://host, without user and password")
	}
	for _, name := range []string{"request_checksum_calculation", "response_checksum_validation"} {
		if !q.Has(name) {
			q.Set(name, "when_required")
		}
	}
	return nil
}

// parameters are the query of an archive's URL, in which unknown ones are faults:
// whoever misspells one is not to find out later.
func parameters(u *url.URL, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("%s: its parameters cannot be read", u.Scheme)
	}
	for name, values := range q {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%s: parameter %q is not known; known are %s", u.Scheme, name, strings.Join(known, ", "))
		}
		if len(values) > 1 {
			return nil, fmt.Errorf("%s: parameter %q occurs twice", u.Scheme, name)
		}
	}
	return q, nil
}

func withQuery(u *url.URL, q url.Values) *url.URL {
	c := *u
	c.RawQuery = q.Encode()
	return &c
}
