package redisstore

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"xmode/call"
)

// numbersAtOnce is how many statuses one round trip brings.
const numbersAtOnce = 1000

// Numbers returns the last known status of each X number.
func (s *Store) Numbers(ctx context.Context) ([]call.NumberStatus, error) {
	known := map[string]string{} // HSCAN may name one twice
	for cursor := uint64(0); ; {
		fields, next, err := s.client.HScan(ctx, s.keys.partition(0).key("numbers"), cursor, "", numbersAtOnce).Result()
		if err != nil {
			return nil, unavailable("reading the numbers", err)
		}
		for i := 0; i+1 < len(fields); i += 2 {
			known[fields[i]] = fields[i+1]
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	list := make([]call.NumberStatus, 0, len(known))
	for field, value := range known {
		list = append(list, numberStatus(field, value))
	}
	slices.SortFunc(list, func(a, b call.NumberStatus) int {
		return cmp.Or(cmp.Compare(a.Number.Full(), b.Number.Full()), cmp.Compare(a.Platform, b.Platform))
	})
	return list, nil
}

// numberStatus reads what packStatus wrote.
func numberStatus(field, value string) call.NumberStatus {
	platform, number, _ := strings.Cut(field, "\t")
	parts := append(strings.SplitN(value, "\t", 4), "", "", "", "")
	ms, _ := strconv.ParseInt(parts[0], 10, 64)
	return call.NumberStatus{
		Platform: call.Platform(platform), Number: call.NumberFromStore(number),
		Status: parts[1], Cause: parts[2], Text: parts[3], At: instantMS(ms),
	}
}
