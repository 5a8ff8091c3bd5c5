package kern

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/ledger"
)

// What replicas of one hub have in common: the keys, the newest signed
// checkpoint and the log.

// Geheim is the file of a key.
func (c Config) Geheim(naam string) string {
	if c.Geheimen != "" {
		return filepath.Join(c.Geheimen, naam)
	}
	return filepath.Join(c.Dir, naam)
}

// eigenSleutel reads the key of the index, or makes it for an empty log: the
// digests in the log are made with it, so a lost key is not replaced in silence.
func eigenSleutel(pad string, gebruikt bool) ([]byte, error) {
	b, err := os.ReadFile(pad)
	if err == nil && len(b) != 32 {
		err = fmt.Errorf("hub: %s has %d bytes, want 32", filepath.Base(pad), len(b))
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	if gebruikt {
		return nil, fmt.Errorf("hub: %s is gone while the log holds events; restore it from the backup", filepath.Base(pad))
	}
	b = make([]byte, 32)
	_, _ = rand.Read(b)
	f, err := os.OpenFile(pad, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	return b, nil
}

func vingerafdruk(sleutel []byte) string {
	m := hmac.New(sha256.New, sleutel)
	m.Write([]byte("soh kenmerk"))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// Kenmerk notes beside the log which key this is at the first start, and
// refuses another one later: a hub with its own keys would find nothing that
// the others wrote, and sign what they contradict.
func (h *Kern) kenmerk(ctx context.Context, naam, waarde string) error {
	staat, _, err := h.Log.Gedeeld(ctx, "kenmerk."+naam)
	if err == nil && staat == nil {
		staat = []byte(waarde)
		_, err = h.Log.ZetGedeeld(ctx, "kenmerk."+naam, staat, 0)
		if errors.Is(err, hublog.ErrVerschoven) { // another replica at this moment
			staat, _, err = h.Log.Gedeeld(ctx, "kenmerk."+naam)
		}
	}
	switch {
	case err != nil && !h.Log.Meervoudig(): // a full disk may start, and be read
		h.Cfg.Log.Warn("kenmerk van een sleutel niet vastgelegd", "sleutel", naam, "fout", err)
		return nil
	case err != nil:
		return fmt.Errorf("kenmerk van %s: %w", naam, err)
	case string(staat) != waarde:
		return fmt.Errorf("%s is niet de sleutel waarmee dit log is begonnen: zet de juiste terug uit de reservekopie, of neem de map met geheimen over van een hub die al draait (--geheimen)", h.Cfg.Geheim(naam))
	}
	return nil
}

// logHeeft says whether the log goes as far as seq. A cluster that just chose a
// leader may need a moment to know.
func (h *Kern) logHeeft(ctx context.Context, seq uint64) bool {
	for range 30 {
		if nu, err := h.Log.Nu(ctx); err == nil && nu >= seq {
			return true
		}
		if !h.Log.Meervoudig() {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Second):
		}
	}
	return false
}

// deelWacht is how long the signer waits for what the replicas share.
const deelWacht = 5 * time.Second

func (h *Kern) LedgerConfig() ledger.Config {
	c := ledger.Config{
		DB: h.Graph.DB(), Prefix: []byte{0x80}, Oorsprong: h.oorsprong(), Sleutel: h.Cfg.Geheim("ledger.sleutel"),
		Getekend: filepath.Join(h.Cfg.Dir, "ledger.sleutel.checkpoint"),
	}
	if !h.Log.Meervoudig() {
		return c
	}
	c.Gedeeld = &ledger.Gedeeld{
		Lees: func() ([]byte, uint64, error) {
			ctx, stop := context.WithTimeout(context.Background(), deelWacht)
			defer stop()
			return h.Log.Gedeeld(ctx, "stand")
		},
		Zet: func(noot []byte, versie uint64) error {
			ctx, stop := context.WithTimeout(context.Background(), deelWacht)
			defer stop()
			_, err := h.Log.ZetGedeeld(ctx, "stand", noot, versie)
			if errors.Is(err, hublog.ErrVerschoven) {
				err = fmt.Errorf("%w: %w", ledger.ErrVerschoven, err)
			}
			return err
		},
	}
	return c
}
