package hublog

import (
	"context"
	"errors"
	"testing"
)

func TestAlleenIsAltijdLeider(t *testing.T) {
	l := open(t, Config{})
	eigen := errors.New("klaar")
	keer := 0
	err := l.AlsLeider(context.Background(), "proef", func(ctx context.Context) error {
		keer++
		return errors.Join(ctx.Err(), eigen)
	})
	if !errors.Is(err, eigen) || keer != 1 {
		t.Fatalf("%d keer, %v", keer, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := l.AlsLeider(ctx, "proef", func(context.Context) error { keer++; return nil }); !errors.Is(err, context.Canceled) || keer != 1 {
		t.Fatalf("na het einde: %d keer, %v", keer, err)
	}
}
