package waarborg

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Uitnodiging is what a Vertegenwoordiging waits for that a member of the family
// gave: that who was named accepts, with a code that only the giver could hand
// over. A mistyped number then names a stranger who has no code. It opens
// nothing before Aanvaard.
type Uitnodiging struct {
	Zout     []byte     `json:"zout,omitempty" required:"false" hidden:"true"`
	Hash     []byte     `json:"hash,omitempty" required:"false" hidden:"true"` // slow, of the code; read by Aanvaard only, see zonderCode
	Tot      time.Time  `json:"tot"`
	Pogingen int        `json:"pogingen"` // wrong codes so far
	Aanvaard *time.Time `json:"aanvaard,omitempty" required:"false"`
}

const (
	uitnodigingDagen = 14
	maxPogingen      = 5                                  // wrong codes; then the invitation stops
	codeLetters      = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" // 32, none that looks like another
	codeLengte       = 8
	teVaakFout       = "Er is te vaak een verkeerde code ingevuld."
)

// NieuweCode gives a code to hand over: eight readable letters and digits.
func NieuweCode() string {
	b := make([]byte, codeLengte)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// schoneCode reads a code as a person types it; empty when it is none.
func schoneCode(s string) string {
	s = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(s))
	if len(s) != codeLengte || strings.Trim(s, codeLetters) != "" {
		return ""
	}
	return s
}

func codeHash(code string, zout []byte) []byte {
	h, _ := pbkdf2.Key(sha256.New, code, zout, 100_000, 32)
	return h
}

func nieuweUitnodiging(code string, nu time.Time) *Uitnodiging {
	zout := make([]byte, 16)
	_, _ = rand.Read(zout)
	return &Uitnodiging{Zout: zout, Hash: codeHash(code, zout), Tot: nu.AddDate(0, 0, uitnodigingDagen).UTC().Truncate(time.Second)}
}

// zonderCode takes out what a code can be tried against: nobody reads it, a
// professional of the organisation neither, and what ended keeps none.
func (v *Vertegenwoordiging) zonderCode() {
	if v.Uitnodiging != nil {
		v.Uitnodiging.Zout, v.Uitnodiging.Hash = nil, nil
	}
}

// aanvaard tells that who looks along accepted it. What an organisation recorded
// itself needs no code; what a member of the family gave, always.
func (v *Vertegenwoordiging) aanvaard() bool {
	if v.Uitnodiging == nil {
		return v.Door != doorBetrokkene
	}
	return v.Uitnodiging.Aanvaard != nil
}

// wacht tells that it can still be accepted.
func (v *Vertegenwoordiging) wacht(nu time.Time) bool {
	return v.Uitnodiging != nil && v.Uitnodiging.Aanvaard == nil && v.Geldt(nu) && nu.Before(v.Uitnodiging.Tot)
}

// Aanvaard accepts, for l, the invitation that goes with the code. A wrong code
// counts against every invitation of l that waits; after maxPogingen it stops.
// That there is no invitation, and that the code is wrong, are the same
// NietGevonden; which of both the answer never tells.
func (w *Waarborgen) Aanvaard(ctx context.Context, l toegang.Lezer, code string) error {
	nergens := begrip.NieuweFout(begrip.NietGevonden, "Deze code klopt niet, of werkt niet meer. Vraag degene die u de code gaf om een nieuwe.")
	if code = schoneCode(code); code == "" || l.Burger.IsZero() || !l.Namens.IsZero() {
		return nergens
	}
	recs, err := w.d.Zoek(ctx, dossier.Filter{Soort: SoortVertegenwoord.Naam, Persoon: l.Burger})
	if err != nil {
		return err
	}
	gelukt := false
	err = w.d.Tx(ctx, func(tx *dossier.Tx) error {
		for _, oud := range recs {
			rec, err := tx.Lees(ctx, oud.Soort, oud.ID, time.Time{}) // as it is now: two tries at once both count
			if err != nil {
				return err
			}
			v, err := lees[Vertegenwoordiging](rec)
			if err != nil {
				return err
			}
			nu := w.nu().UTC().Truncate(time.Microsecond)
			if v.Wie.Burgerservicenummer.BSN != l.Burger || !v.wacht(nu) {
				continue
			}
			staat := rec.Staat
			goed := hmac.Equal(codeHash(code, v.Uitnodiging.Zout), v.Uitnodiging.Hash)
			if goed {
				v.Uitnodiging.Aanvaard, gelukt = &nu, true
			} else if v.Uitnodiging.Pogingen++; v.Uitnodiging.Pogingen >= maxPogingen {
				v.Einde, staat = &Einde{Op: nu, Door: doorBetrokkene, Reden: teVaakFout}, staatBeeindigd
			}
			v.ID = rec.ID
			if err := w.schrijf(ctx, tx, SoortVertegenwoord, v, rec.Versie, doorBetrokkene, staat); err != nil {
				return err
			}
			regel := w.regel(l)
			regel.Soort, regel.RecordID, regel.Doel, regel.Grondslag, regel.Toegestaan = SoortVertegenwoord.Naam, rec.ID, l.Doel, l.Grondslag, goed
			if err := tx.Log(ctx, regel); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !gelukt {
		err = nergens
	}
	return err
}

// uitgenodigd tells that who was named for voor has an invitation that waits.
func (f *Feiten) uitgenodigd(wie, voor begrip.BSN) bool {
	return slices.ContainsFunc(f.uitnodigingen, func(v *Vertegenwoordiging) bool {
		return v.Wie.Burgerservicenummer.BSN == wie && v.Over.Burgerservicenummer.BSN == voor
	})
}
