package node

import (
	"os"
	"syscall"
	"testing"
)

// kleineSchijf mounts a disk of a few MB.
func kleineSchijf(t *testing.T) string {
	t.Helper()
	schijf := t.TempDir()
	if err := syscall.Mount("tmpfs", schijf, "tmpfs", 0, "size=8m"); err != nil {
		t.Fatalf("this test mounts a small disk of its own and may not (%v): run the tests as root or in a container with CAP_SYS_ADMIN", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(schijf, syscall.MNT_DETACH) })
	return schijf
}

// vul writes until nothing fits any more.
func vul(t *testing.T, pad string) {
	t.Helper()
	f, err := os.Create(pad)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n := 64 << 10; n > 0; {
		if _, err := f.Write(make([]byte, n)); err != nil {
			n /= 2
		}
	}
}
