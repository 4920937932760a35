package recording_test

import (
	"strings"
	"testing"

	"xmode/recording"
)

func TestAddressesOfArchivesAreChecked(t *testing.T) {
	for _, ok := range []string{
		"file:///srv/recordings", "file:///srv/recordings?fsync=false", "file:///srv/recordings?create_dir=true&dir_file_mode=0700&metadata=", "file://./recordings",
		"s3://bucket", "s3://bucket?region=cn-hangzhou", "s3://bucket/some/where?profile=x",
		"s3://bucket?endpoint=https://oss-cn-hangzhou.aliyuncs.com&region=cn-hangzhou&use_path_style=false",
	} {
		if err := recording.CheckURL(ok); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	const secret = "t0psecret"
	for address, want := range map[string]string{
		"":                                    "has no scheme; file:///folder and s3://bucket are supported",
		"/srv/recordings":                     "has no scheme; file:///folder and s3://bucket are supported",
		"gs://bucket":                         `scheme "gs" is not supported; file:///folder and s3://bucket are`,
		"mem://":                              `scheme "mem" is not supported; file:///folder and s3://bucket are`,
		"file://srv/recordings":               "file: has a host; an absolute folder has three slashes (file:///folder), a relative one a dot (file://./folder)",
		"file:///":                            "file: names no folder",
		"file://":                             "file: names no folder",
		"file:///x?prefix=y":                  `file: parameter "prefix" is not known; known are create_dir, dir_file_mode, no_tmp_dir, metadata, fsync`,
		"file:///x?create_dir=1&create_dir=2": `file: parameter "create_dir" occurs twice`,
		"file:///x?fsync=no":                  "file: fsync is to be true or false",
		"file:///x?%zz":                       "file: its parameters cannot be read",
		"s3:///key":                           "s3: names no bucket (s3://bucket?region=…)",
		"s3://bucket:80":                      "s3: names no bucket (s3://bucket?region=…)",
		"s3://bucket/../x":                    "s3: key with two dots after the bucket",
		"s3://key:" + secret + "@bucket":      "holds a user or a password: credentials belong into the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)",
		"s3://key:" + secret + "/x@bucket":    "is no URL; file:///folder or s3://bucket is",
		"s3://bucket?secret_access_key=" + secret:               `s3: parameter "secret_access_key" is not known; known are region, *`,
		"s3://bucket?endpoint=https://user:" + secret + "@host": "s3: endpoint is to be https://host, without user and password",
		"s3://bucket?endpoint=host:9000":                        "s3: endpoint is to be https://host, without user and password",
	} {
		err := recording.CheckURL(address)
		start, _ := strings.CutSuffix(want, "*")
		if err == nil || err.Error() != want && (start == want || !strings.HasPrefix(err.Error(), start)) {
			t.Errorf("%s: got %v, want %s", address, err, want)
		}
		_, err = recording.OpenArchive(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: opened with %v", address, err)
		}
	}
}

func TestParametersThatTheLibraryRefusesAreNotRepeated(t *testing.T) {
	for _, address := range []string{"s3://bucket?accelerate=t0psecret", "s3://bucket?fips=t0psecret", "file:///tmp?metadata=t0psecret"} {
		_, err := recording.OpenArchive(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), "://") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
