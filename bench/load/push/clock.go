package main

import "time"

// clock writes times in the forms of records, cheaply; it counts in seconds.
type clock struct {
	days  [2]string // 2006-01-02, the second one follows the first
	first uint64    // second of the first day that is 0
	zero  uint64    // seconds from the Unix epoch to 0
}

// newClock counts from that instant on, up to the end of the next day.
func newClock(zero time.Time) clock {
	zero = zero.UTC()
	midnight := zero.Truncate(24 * time.Hour)
	return clock{
		days:  [2]string{midnight.Format(time.DateOnly), midnight.AddDate(0, 0, 1).Format(time.DateOnly)},
		first: uint64(zero.Sub(midnight).Seconds()),
		zero:  uint64(zero.Unix()),
	}
}

// split is the day and the time of that day.
func (c clock) split(second uint64) (day string, h, m, s uint64) {
	second += c.first
	return c.days[second/86400], second / 3600 % 24, second / 60 % 60, second % 60
}

// time writes 2006-01-02 15:04:05.
func (c clock) time(b []byte, second uint64) {
	day, h, m, s := c.split(second)
	copy(b, day)
	b[10], b[13], b[16] = ' ', ':', ':'
	decimal(b[11:13], h)
	decimal(b[14:16], m)
	decimal(b[17:19], s)
}

// stamp writes 20060102150405.
func (c clock) stamp(b []byte, second uint64) {
	day, h, m, s := c.split(second)
	copy(b, day[:4])
	copy(b[4:], day[5:7])
	copy(b[6:], day[8:])
	decimal(b[8:], h*10000+m*100+s)
}

// ntp is the second counted from 1900, as switches do.
func (c clock) ntp(second uint64) uint64 { return c.zero + second + 2208988800 }

// decimal fills b with the last digits of a number.
func decimal(b []byte, n uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
}
