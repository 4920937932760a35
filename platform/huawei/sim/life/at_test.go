package life_test

import "time"

// at is when the calls of the tests are dialled.
var at = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
