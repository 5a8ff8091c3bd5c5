package meting

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A folder in which nothing can be written is told, and that it can be again.
func TestSchijfZegtDatErNietsGeschrevenKanWorden(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatalf("this test mounts a small disk of its own and may not (%v): run the tests as root or in a container with CAP_SYS_ADMIN", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := &Schijf{Map: dir}
	if err := s.Kijk(); err != nil {
		t.Fatal(err)
	}
	vulling := filepath.Join(dir, "vulling")
	if err := os.WriteFile(vulling, make([]byte, 2<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	if err := s.Kijk(); err != nil {
		t.Errorf("asked again at once: %v", err)
	}
	s.op = time.Time{}
	if err := s.Kijk(); err == nil {
		t.Error("a full disk can be written")
	}
	if err := os.Remove(vulling); err != nil {
		t.Fatal(err)
	}
	s.op = time.Time{}
	if err := s.Kijk(); err != nil {
		t.Errorf("room again: %v", err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	s.op = time.Time{}
	if err := s.Kijk(); err == nil {
		t.Error("a read-only disk can be written")
	}
}
