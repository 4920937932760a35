// Command inbox is what somebody would write by hand in an afternoon: a net/http
// handler that verifies the digest of a push of Huawei call records, and for each
// record asks Redis whether it is new and then appends it to a stream, one call
// after the other. It keeps no index, joins nothing, and forgets a record that
// was announced as new when the process dies before it is appended.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/bench/internal/lab"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	address := flag.String("redis", "127.0.0.1:6379", "address of Redis")
	flag.Parse()

	mux := http.NewServeMux()
	mux.Handle("POST /huawei/cdrs", &handler{
		verifier: verifier{lab.AppKey: lab.AppSecret},
		// A connection for each client.
		inbox: inbox{redis.NewClient(&redis.Options{Addr: *address, PoolSize: 64})},
	})
	server := http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
