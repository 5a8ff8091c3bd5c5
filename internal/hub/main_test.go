package hub_test

import (
	"testing"

	"github.com/handbereik/soh/internal/hub/hubtest"
)

// TestMain lets the test binary be a hub of its own, to be killed.
func TestMain(m *testing.M) { hubtest.Hoofd(m) }
