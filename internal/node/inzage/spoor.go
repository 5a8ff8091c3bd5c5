package inzage

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/rest"
)

// Spoor gives the trace id that ctx belongs to (W3C Trace Context): that of
// the caller, or a fresh one, and a context in that trace. One look carries
// one trace id in the logs of both sides, whether traces are sent or not.
func Spoor(ctx context.Context) (string, context.Context) {
	if meting.Spoor(ctx) == "" {
		if r := rest.Verzoek(ctx); r != nil {
			ctx = meting.MetSpoor(ctx, r.Header.Get("traceparent"))
		}
	}
	if meting.Spoor(ctx) == "" {
		ctx = meting.MetSpoor(ctx, "00-"+willekeurig(16)+"-"+willekeurig(8)+"-01")
	}
	return meting.Spoor(ctx)[3:35], ctx // version, trace id
}

func willekeurig(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
