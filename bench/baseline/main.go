// Command baseline is what somebody would write by hand in an afternoon: a
// net/http handler that verifies the signature of an Aliyun query, makes two
// Redis calls one after the other, and answers. Without an address of Redis it
// answers from memory: the ceiling of what net/http can do here.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"time"

	"xmode/bench/internal/lab"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	redis := flag.String("redis", "", "address of Redis; empty: answer from memory")
	flag.Parse()

	var lookup lookup = newMemory()
	if *redis != "" {
		r, err := newRedis(context.Background(), *redis)
		if err != nil {
			log.Fatal(err)
		}
		lookup = r
	}
	server := http.Server{
		Addr:              *listen,
		Handler:           &handler{verifier: verifier{key: []byte(lab.Key)}, lookup: lookup},
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
