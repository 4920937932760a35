package main

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"xmode/bench/internal/lab"
)

// text is a record as the platform documents it, of an answered and recorded
// call. What differs between records stands in angle brackets and has a fixed
// width, so that all records are equally long.
const text = `{"direction":0,"spId":"bench-sp","appKey":"` + lab.AppKey + `",` +
	`"icid":"<icid>.<ntp>.<tick>.5","bindNum":"+86<x>",` +
	`"sessionId":"1200_<leg>_4294967295_<stamp>@callenabler<host>.huaweicaas.com",` +
	`"callerNum":"+86<caller>","calleeNum":"+86<x>","fwdDisplayNum":"+86<x>","fwdDstNum":"+86<callee>",` +
	`"callInTime":"<in>","fwdStartTime":"<forwarded>","fwdAlertingTime":"<alerting>",` +
	`"fwdAnswerTime":"<answered>","callEndTime":"<ended>",` +
	`"fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,"callOutUnaswRsn":0,` +
	`"recordFlag":1,"recordStartTime":"<answered>","recordDomain":"ostor.huawei.com",` +
	`"recordBucketName":"bench-sp-x","recordObjectName":"<stamp><serial>.wav",` +
	`"ttsPlayTimes":0,"ttsTransDuration":0,"serviceType":"004",` +
	`"hostName":"callenabler<host>.huaweicaas.com","userData":"order-<order>","notifyMode":"Block"}`

// field is what stands for a name in brackets.
type field struct {
	width int
	put   func(b []byte, c *content)
}

// fields are the names in text.
var fields = map[string]field{
	"icid":      {32, func(b []byte, c *content) { hex.Encode(b, c.id[:]) }},
	"ntp":       {10, func(b []byte, c *content) { decimal(b, c.clock.ntp(c.in)) }},
	"tick":      {9, func(b []byte, c *content) { decimal(b, c.dice%1e9) }},
	"x":         {11, func(b []byte, c *content) { decimal(b, 17000000000+c.x) }},
	"caller":    {11, func(b []byte, c *content) { decimal(b, 13900000000+c.caller) }},
	"callee":    {11, func(b []byte, c *content) { decimal(b, 13800000000+c.callee) }},
	"leg":       {4, func(b []byte, c *content) { decimal(b, c.number%1e4) }},
	"host":      {3, func(b []byte, c *content) { decimal(b, 240+c.dice%16) }},
	"serial":    {9, func(b []byte, c *content) { decimal(b, c.number%1e9) }},
	"order":     {8, func(b []byte, c *content) { decimal(b, c.dice>>8%1e8) }},
	"stamp":     {14, func(b []byte, c *content) { c.clock.stamp(b, c.in) }},
	"in":        {19, func(b []byte, c *content) { c.clock.time(b, c.in) }},
	"forwarded": {19, func(b []byte, c *content) { c.clock.time(b, c.forwarded) }},
	"alerting":  {19, func(b []byte, c *content) { c.clock.time(b, c.alerting) }},
	"answered":  {19, func(b []byte, c *content) { c.clock.time(b, c.answered) }},
	"ended":     {19, func(b []byte, c *content) { c.clock.time(b, c.ended) }},
}

// How many numbers the records speak of, and how many records have times of
// their own, the calls of about ten hours.
const (
	xNumbers = 1_000
	callers  = 50_000
	callees  = 20_000
	inTime   = 1_000_000
)

// content is what a record says, as numbers.
type content struct {
	clock             clock
	number            uint64
	id                [16]byte
	dice              uint64
	x, caller, callee uint64
	// Seconds of the clock.
	in, forwarded, alerting, answered, ended uint64
}

// at is the content of a record: the same for the same number, whenever it is
// asked for. Each caller occurs once in 50 000 records that follow each other.
func (s *source) at(number uint64) content {
	dice, more := scatter(s.run+number), scatter(s.run^number<<32)
	c := content{
		clock: s.clock, number: number, dice: dice,
		x: dice >> 16 % xNumbers, caller: number * 7919 % callers, callee: dice >> 32 % callees,
		in: number % inTime / 28,
	}
	c.forwarded = c.in + 1
	c.alerting = c.forwarded + 1 + more%3
	c.answered = c.alerting + 2 + more>>8%20
	c.ended = c.answered + 4 + more>>16%900
	binary.BigEndian.PutUint64(c.id[:8], dice)
	binary.BigEndian.PutUint64(c.id[8:], more)
	return c
}

// scatter spreads neighbouring numbers over all of 64 bits (splitmix64).
func scatter(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// slot is where a field lies in a record.
type slot struct {
	at    int
	field field
}

// template is text with room for its fields.
type template struct {
	text  string
	slots []slot
}

func newTemplate() template {
	var t template
	var b strings.Builder
	rest := text
	for {
		before, after, more := strings.Cut(rest, "<")
		b.WriteString(before)
		if !more {
			break
		}
		name, after, _ := strings.Cut(after, ">")
		f := fields[name]
		t.slots = append(t.slots, slot{b.Len(), f})
		b.WriteString(strings.Repeat("_", f.width))
		rest = after
	}
	t.text = b.String()
	return t
}

// write makes the record of that content out of one that was made of the
// template, in place.
func (t template) write(record []byte, c content) {
	for _, s := range t.slots {
		s.field.put(record[s.at:s.at+s.field.width], &c)
	}
}
