package main

import (
	"bytes"
	"os"
	"testing"
)

// What is passed on with soh stands in THIRD_PARTY.md with its terms: a module
// that came, left or changed makes this fail.
func TestDerdenZijnVanVandaag(t *testing.T) {
	wil, err := maak("../..")
	if err != nil {
		t.Fatalf("%v (is web/node_modules there? make assets)", err)
	}
	heeft, err := os.ReadFile("../../" + doel)
	if err != nil || !bytes.Equal(heeft, wil) {
		t.Errorf("%s is not of today: make derden (%v)", doel, err)
	}
}
