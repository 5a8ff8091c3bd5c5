package slot

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestEenSlotIsVoorEen(t *testing.T) {
	pad := filepath.Join(t.TempDir(), "slot")
	een, err := Neem(pad)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Neem(pad); !errors.Is(err, ErrBezet) {
		t.Errorf("a second gets in: %v", err)
	}
	if err := een.Close(); err != nil {
		t.Fatal(err)
	}
	twee, err := Neem(pad)
	if err != nil {
		t.Fatalf("after the first left: %v", err)
	}
	_ = twee.Close()
	if _, err := Neem(filepath.Join(pad, "niet")); err == nil || errors.Is(err, ErrBezet) {
		t.Errorf("where no file can be: %v", err)
	}
}
