package e2e_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xmode/platform/aliyun/sim"
	huaweisim "xmode/platform/huawei/sim"
	"xmode/simulator"
)

// recordingsGoWrong has recordings fetched, and fail in all the ways in which something
// of a platform's or of an archive's choosing could be told.
func (w *leakWorld) recordingsGoWrong() {
	w.t.Helper()
	var named []string // calls
	nowhere := "https://" + w.word("recording: host") + ".example.com/" + w.word("recording: path") + "?Signature=" + w.word(secret+"of an address")
	for what, wrong := range map[string]func(call, file string){
		"is there":       func(call, file string) { w.puts(call, file) },
		"is cut off":     func(call, file string) { w.puts(call, file, simulator.Short) },
		"leads away":     func(call, file string) { w.puts(call, file, simulator.Redirect(nowhere)) },
		"lies elsewhere": func(call, file string) { w.liesAt(nowhere, call, file) },
		"is no URL":      func(call, file string) { w.liesAt("https://%zz"+w.word("recording: no URL"), call, file) },
		"does not answer": func(call, file string) {
			w.liesAt("http://127.0.0.1:1/"+w.word("recording: path nobody serves")+"?s="+w.word(secret+"nobody hears"), call, file)
		},
		"speaks no HTTP": func(call, file string) {
			w.liesAt(w.babbles("HTTP/1.1 2oo "+w.word("status line")+"\r\n\r\n"), call, file)
		},
		"has odd headers": func(call, file string) {
			w.liesAt(w.babbles("HTTP/1.1 200 OK\r\n"+w.word("header")+"\r\nContent-Length: "+w.number("length")+"x\r\n\r\n"), call, file)
		},
		"says more than it should": func(call, file string) {
			audio, _ := io.ReadAll(simulator.Audio{Format: simulator.WAV, Size: 20_000}.Open())
			head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: %d\r\n\r\n", len(audio))
			w.liesAt(w.babbles(head+string(audio), w.word("unasked answer")+w.number("unasked number")), call, file)
		},
	} {
		session, file := w.session("recording: session whose file "+what), w.word("recording: file that "+what)+".wav"
		w.fees(w.feeWith(session, file))
		wrong(session, file)
		c := w.aliyunCall()
		c.CallID = w.session("recording: call whose file " + what)
		wrong(c.CallID, c.CallID+".mp3")
		w.endpoint.calls(c)
		w.reported(c)
		named = append(named, session, c.CallID)
	}
	for _, fault := range []string{"Throttling.User", "isv.RECORD_NOT_EXIST", string(sim.HTMLPage), string(sim.EmptyReply)} {
		c := w.aliyunCall()
		c.CallID = w.session("recording that is answered with " + fault)
		w.clouds.aliyun.SetFault(sim.Fault(fault), c.CallID)
		w.endpoint.calls(c)
		w.reported(c)
		named = append(named, c.CallID)
	}
	for _, call := range named {
		w.attempted(call)
	}
	w.archiveGoesWrong()
	w.askedForContent()
}

// puts a file into the storage.
func (w *leakWorld) puts(_, file string, modes ...simulator.Mode) {
	format := simulator.WAV
	if strings.HasSuffix(file, ".mp3") {
		format = simulator.MP3
	}
	w.storage.Put(file, simulator.Audio{Format: format, Size: 20_000})
	w.storage.Misbehave(file, modes...)
}

// liesAt has the platform tell an address.
func (w *leakWorld) liesAt(address, call, file string) {
	w.elsewhere.Store(call, address)
	w.elsewhere.Store(file, address)
}

// babbles is the address of a server that says these things, whatever it is asked, each
// a little after the one before.
func (w *leakWorld) babbles(says ...string) string {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go babble(conn, says)
		}
	}()
	return "http://" + l.Addr().String() + "/" + w.word("recording: path of a babbler")
}

func babble(conn net.Conn, says []string) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = conn.Read(make([]byte, 4<<10))
	for _, text := range says {
		_, _ = io.WriteString(conn, text)
		time.Sleep(50 * time.Millisecond) // so that it comes by itself, and unasked
	}
	_, _ = io.Copy(io.Discard, conn)
}

// feeWith is the record of a recorded call.
func (w *leakWorld) feeWith(session, file string) huaweisim.Fee {
	f := recordedFee(session, file)
	f.ICID, f.RecordDomain, f.RecordBucketName = w.word("icid of "+file), w.word("recording: domain"), w.word("recording: bucket")
	f.BindNum, f.CallerNum, f.CalleeNum, f.FwdDstNum = "+86"+w.x("pair: X"), "+86"+w.number("pair: peer"), "+86"+w.x("pair: X"), "+86"+w.number("pair: owner")
	return f
}

// of is the recording of a call.
func (w *leakWorld) of(callID string) recorded {
	w.t.Helper()
	for _, r := range w.pages("limit=100") {
		if r.CallID == callID && r.ID != "" {
			return r
		}
	}
	return recorded{}
}

// attempted waits until a recording was tried, and notes why it is not there.
func (w *leakWorld) attempted(callID string) (r recorded) {
	w.t.Helper()
	within(w.t, 60*time.Second, "an attempt at a recording", func() bool {
		r = w.of(callID)
		return r.Attempts > 0
	})
	w.hears("why a recording is not there", r.Error)
	return r
}

// archiveGoesWrong has a file lie where a folder should.
func (w *leakWorld) archiveGoesWrong() {
	w.t.Helper()
	for platform, names := range map[string]func(call string){
		"huawei": func(call string) {
			file := w.word("file that cannot be kept") + ".wav"
			w.puts(call, file)
			w.fees(w.feeWith(call, file))
		},
		"aliyun": func(call string) {
			c := w.aliyunCall()
			c.CallID = call
			w.puts(call, call+".mp3")
			w.endpoint.calls(c)
			w.reported(c)
		},
	} {
		folder, aside := filepath.Join(w.archive, platform), filepath.Join(w.archive, platform+"-aside")
		if err := os.Rename(folder, aside); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(folder, nil, 0o600); err != nil {
			w.t.Fatal(err)
		}
		call := w.session("recording that cannot be kept by " + platform)
		names(call)
		if r := w.attempted(call); !strings.HasPrefix(r.Error, "storage") {
			w.t.Errorf("%+v", r)
		}
		if err := os.Remove(folder); err != nil {
			w.t.Fatal(err)
		}
		if err := os.Rename(aside, folder); err != nil {
			w.t.Fatal(err)
		}
	}
}

// askedForContent asks for a file that is there, and once it is not.
func (w *leakWorld) askedForContent() {
	w.t.Helper()
	kept := w.pages("state=archived&limit=100")
	if len(kept) < 2 {
		w.t.Fatalf("%d recordings archived", len(kept))
	}
	for _, r := range kept {
		for _, method := range []string{"GET", "GET"} {
			w.asAdmin(method, "/v1/recordings/"+r.ID+"/content", "")
			_ = os.Remove(filepath.Join(w.archive, filepath.FromSlash(r.Key)))
		}
		w.asAdmin("POST", "/v1/recordings/"+r.ID+"/retry", "")
	}
}
