// Command instant is an endpoint that answers at once, whatever it is asked: for
// measuring whoever asks.
package main

import (
	"context"
	"flag"
	"io"
	"log"
	"net/http"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// What every query is answered.
const (
	aliyun = `{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001","calledNo":"13800000021",` +
		`"calledDisplayNo":"17000000001","needRecord":true}}`
	huawei = `{"operation":"connect","connectInfo":{"displayCalleeNum":"+8617000000001","calleeNum":"+8613800000021","recordFlag":"true"}}`
)

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: *listen, Handler: http.HandlerFunc(answer), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); ctx.Err() == nil {
		stop()
		log.Fatal(err)
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	text := aliyun
	if strings.HasPrefix(r.URL.Path, "/huawei/") {
		text = huawei
	}
	_, _ = io.WriteString(w, text)
}
