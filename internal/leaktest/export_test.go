package leaktest

import "io"

// RunBriefly is Run that looks once.
func RunBriefly(tests Tests, w io.Writer) int { return run(tests, 1, w) }
