// Package s3test runs a real server that speaks S3 for a test: versitygw, with a
// bucket and credentials of its own. It is none of ours, so that what is stored
// through it was understood by somebody else.
package s3test

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Server is a running server with one empty bucket.
type Server struct {
	// Endpoint is its address, "http://127.0.0.1:12345"; buckets are paths below it.
	Endpoint string
	// Region and Bucket are those to ask for.
	Region, Bucket string
	// AccessKey and SecretKey may do everything.
	AccessKey, SecretKey string
	// Folder is where the objects of the bucket lie, each as a file under its
	// key. The server's own files in it begin with a dot.
	Folder string
}

// Env is the environment in which a program that reads the usual variables finds
// the credentials, and none of the machine's.
func (s Server) Env() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + s.AccessKey, "AWS_SECRET_ACCESS_KEY=" + s.SecretKey, "AWS_REGION=" + s.Region,
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
	}
}

// Start starts a server on a free port, in temporary folders. It ends with the
// test. A repository without the program fails the test: skipping would hide that
// nothing real was tested.
func Start(t testing.TB) Server {
	t.Helper()
	program, err := find(".")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // the free port may be taken before the server binds it
		if s, ok := start(t, program); ok {
			return s
		}
	}
	t.Fatal("versitygw does not start")
	return Server{}
}

func start(t testing.TB, program string) (Server, bool) {
	port := strconv.Itoa(freePort(t))
	buckets, metadata := t.TempDir(), t.TempDir()
	s := Server{
		Endpoint: "http://127.0.0.1:" + port, Region: "us-east-1", Bucket: "recordings",
		AccessKey: "tester", SecretKey: "s3cr3t-of-the-tests", Folder: filepath.Join(buckets, "recordings"),
	}
	if err := os.Mkdir(s.Folder, 0o755); err != nil { // a folder is a bucket
		t.Fatal(err)
	}
	// A file system without extended attributes will do: metadata lie in files.
	cmd := exec.Command(program, "--port", "127.0.0.1:"+port, "--region", s.Region, "--health", healthPath,
		"--quiet", "posix", "--sidecar", metadata, buckets)
	cmd.Env = []string{"ROOT_ACCESS_KEY_ID=" + s.AccessKey, "ROOT_SECRET_ACCESS_KEY=" + s.SecretKey}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting versitygw: %v", err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	stop := func() { _ = cmd.Process.Kill(); <-exited }
	t.Cleanup(stop)
	if answers(s.Endpoint, exited) {
		return s, true
	}
	stop()
	t.Logf("versitygw did not answer; it said:\n%s", said.String())
	return s, false
}

// healthPath is no name of a bucket, which have at least three characters.
const healthPath = "/up"

// answers waits until the server does, for at most twenty seconds; false: it does
// not, or has exited.
func answers(endpoint string, exited <-chan struct{}) bool {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for {
		select {
		case <-exited:
			return false
		case <-limit:
			return false
		case <-tick.C:
			if healthy(client, endpoint) {
				return true
			}
		}
	}
}

func healthy(client http.Client, endpoint string) bool {
	resp, err := client.Get(endpoint + healthPath)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK && resp.Header.Get("Server") == "VERSITYGW"
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
