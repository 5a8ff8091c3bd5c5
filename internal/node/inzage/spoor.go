package inzage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"regexp"

	"github.com/handbereik/soh/internal/rest"
)

type spoorSleutel struct{}

var traceparent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$`)

// Spoor gives the trace id that ctx belongs to (W3C Trace Context): that of
// the caller, or a fresh one, and a context that holds it. One look carries
// one trace id in the logs of both sides.
func Spoor(ctx context.Context) (string, context.Context) {
	if id, ok := ctx.Value(spoorSleutel{}).(string); ok {
		return id, ctx
	}
	id := willekeurig(16)
	if r := rest.Verzoek(ctx); r != nil {
		if m := traceparent.FindStringSubmatch(r.Header.Get("traceparent")); m != nil {
			id = m[1]
		}
	}
	return id, context.WithValue(ctx, spoorSleutel{}, id)
}

func willekeurig(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
