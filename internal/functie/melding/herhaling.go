package melding

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// herhaling makes a request with an Idempotency-Key count once: a case system
// that got no answer can send it again. Key and content are kept as hashes, in
// the transaction that stores the melding. Without a sleutel it does nothing.
type herhaling struct {
	sleutel string
	afdruk  [sha256.Size]byte // of the body as it was sent
}

// gedaan is what is kept of a request.
type gedaan struct {
	ID     string `json:"id"`
	Afdruk string `json:"afdruk"`
}

func (h herhaling) naam() string {
	som := sha256.Sum256([]byte(h.sleutel))
	return "melding-verzoek/" + hex.EncodeToString(som[:])
}

// staat gives the melding that this request made before; ok false is none.
func (h herhaling) staat(ctx context.Context, t *T) (m Melding, ok bool, err error) {
	if h.sleutel == "" {
		return m, false, nil
	}
	b, ok, err := t.o.Dossier.Waarde(ctx, h.naam())
	if !ok || err != nil {
		return m, false, err
	}
	var g gedaan
	if err := json.Unmarshal(b, &g); err != nil {
		return m, false, err
	}
	if g.Afdruk != hex.EncodeToString(h.afdruk[:]) {
		return m, false, begrip.NieuweFout(begrip.Conflict, "Met dit kenmerk is al een andere melding gedaan.")
	}
	rec, err := t.o.Dossier.Lees(ctx, soortMelding, g.ID, time.Time{})
	if err != nil {
		return m, false, err
	}
	m, err = lees(rec)
	return t.metURLs(m), err == nil, err
}

// onthoud keeps the request with melding id. Writers wait for each other, so
// whoever finds the key kept in tx by now came second.
func (h herhaling) onthoud(ctx context.Context, t *T, tx *dossier.Tx, id string) error {
	if h.sleutel == "" {
		return nil
	}
	if _, ok, err := tx.Waarde(ctx, h.naam()); ok || err != nil {
		return begrip.NieuweFout(begrip.Conflict, "Dit verzoek wordt al verwerkt. Stuur het nog eens voor het antwoord.").Door(err)
	}
	b, err := json.Marshal(gedaan{id, hex.EncodeToString(h.afdruk[:])})
	if err != nil {
		return err
	}
	return tx.ZetWaarde(ctx, h.naam(), b)
}
