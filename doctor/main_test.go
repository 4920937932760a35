package doctor_test

import (
	"os"
	"testing"

	"xmode/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }
