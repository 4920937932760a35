package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Seen is what has reached bench/load/platform.
type Seen struct {
	// First is when the first request came, Last when the last answer was over.
	First, Last time.Time
	// Downloads were let in, and Bytes went into them.
	Downloads int
	Bytes     int64
	// Faults are what a platform would not have liked, and recordings that were
	// not downloaded exactly once.
	Faults []string
}

// Platform is a running bench/load/platform.
type Platform struct {
	*Process
	// API is the base of the address of its API.
	API string
}

// StartPlatform runs a platform that has so many recordings of a size.
func StartPlatform(ctx context.Context, program string, count int, size int64) (*Platform, error) {
	storage, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	api, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	process, err := Start(ctx, nil, program, "-storage", storage, "-api", api,
		"-count", strconv.Itoa(count), "-size", strconv.FormatInt(size, 10))
	if err != nil {
		return nil, err
	}
	p := &Platform{Process: process, API: "http://" + api}
	for _, address := range []string{storage, api} {
		if err := AwaitTCP(ctx, address); err != nil {
			p.Stop()
			return nil, err
		}
	}
	return p, nil
}

// Addresses are lines "name address", one for each recording.
func (p *Platform) Addresses(ctx context.Context) (string, error) {
	text, err := p.do(ctx, http.MethodGet, "/bench/addresses")
	return string(text), err
}

// Push has it push the records that name the recordings to an endpoint.
func (p *Platform) Push(ctx context.Context, to string) error {
	_, err := p.do(ctx, http.MethodPost, "/bench/push?to="+url.QueryEscape(to))
	return err
}

// Seen is what has reached it. The error is [ErrWrong] where that is not one
// download of each recording.
func (p *Platform) Seen(ctx context.Context) (s Seen, err error) {
	text, err := p.do(ctx, http.MethodGet, "/bench/seen")
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err == nil && len(s.Faults) > 0 {
		err = fmt.Errorf("%w: %d faults, the first: %s", ErrWrong, len(s.Faults), s.Faults[0])
	}
	return s, err
}

func (p *Platform) do(ctx context.Context, method, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.API+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.200s", method, path, answer.Status, text)
	}
	return text, err
}
