package server

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written "1048576", "1024KiB" or "1MiB".
type Size int64

// The units of a Size, largest first.
const (
	mebi Size = 1 << 20
	kibi Size = 1 << 10
)

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) error {
	digits, unit := string(text), Size(1)
	for suffix, factor := range map[string]Size{"MiB": mebi, "KiB": kibi} {
		if before, found := strings.CutSuffix(digits, suffix); found {
			digits, unit = before, factor
			break
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || Size(n) > math.MaxInt64/unit {
		return fmt.Errorf("%q is no size such as 1MiB, 512KiB or 4096", text)
	}
	*s = Size(n) * unit
	return nil
}

// String writes the size in the largest unit that divides it.
func (s Size) String() string {
	switch {
	case s == 0 || s%kibi != 0:
		return strconv.FormatInt(int64(s), 10)
	case s%mebi != 0:
		return strconv.FormatInt(int64(s/kibi), 10) + "KiB"
	default:
		return strconv.FormatInt(int64(s/mebi), 10) + "MiB"
	}
}
