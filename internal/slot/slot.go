// Package slot keeps a second program out of a folder that belongs to one: two
// that write in it, each with its own memory of it, would part ways.
//
// It promises: a slot that is taken stays taken until it is closed or its
// process ends, however it ends.
package slot

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrBezet tells that another program has the slot.
var ErrBezet = errors.New("een ander programma gebruikt deze map al")

// Neem takes the slot in the file pad, which is made when it is not there. Close
// the file to leave it. The error is ErrBezet when another has it.
func Neem(pad string) (*os.File, error) {
	f, err := os.OpenFile(pad, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("slot openen: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (slot %s)", ErrBezet, pad)
		}
		return nil, fmt.Errorf("slot nemen: %w", err)
	}
	return f, nil
}
