package portal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sleutelBestand holds the 32 bytes that encrypt the sign-in cookies. Losing it
// signs everyone out, no more.
const sleutelBestand = "sessie.sleutel"

// sleutel reads the key in dir, or makes it.
func sleutel(dir string) (k [32]byte, err error) {
	pad := filepath.Join(dir, sleutelBestand)
	b, err := os.ReadFile(pad)
	switch {
	case err == nil && len(b) == len(k):
		return [32]byte(b), nil
	case err == nil:
		return k, fmt.Errorf("%s heeft %d bytes en geen %d; verwijder het bestand, dan logt iedereen opnieuw in", pad, len(b), len(k))
	case !errors.Is(err, fs.ErrNotExist):
		return k, err
	}
	_, _ = rand.Read(k[:]) // never fails
	return k, schrijf(pad, k[:])
}

// schrijf writes a whole file or leaves the old one.
func schrijf(pad string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(pad), "."+filepath.Base(pad)+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), pad)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
