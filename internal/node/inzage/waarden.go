package inzage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// recht is the right that a decision gives to what is protected in a record:
//
//   - who keeps it, and who is a party to it, reads it whole;
//   - anybody else that a rule lets read, noodtoegang above all, reads of it what
//     is no secret now, in any version;
//   - a member of the family reads no address and no telephone number here: what
//     it sees is made by Gezin.
//
// On noodtoegang the population register is asked whether somebody lives in
// hiding since; not known counts as hidden.
func (z *Inzage) recht(ctx context.Context, soort Soort, nu, toon dossier.Record, l toegang.Lezer, b toegang.Besluit) (begrip.Recht, error) {
	nood := noodbesluit(b, l)
	eigen := l.Organisatie.OIN == z.cfg.Organisatie.OIN || soort.Partij != nil && soort.Partij(nu, l.Organisatie.OIN)
	switch {
	case !l.Burger.IsZero():
		return begrip.Inzagerecht(0).Geheim(begrip.Allebei), nil
	case eigen && !nood:
		return begrip.Inzagerecht(begrip.Allebei), nil
	}
	geheim := begrip.Bescherming(0)
	for _, rec := range []dossier.Record{nu, toon} {
		v, err := soort.Reduceer(rec, begrip.NiveauInhoud, nil)
		if err != nil {
			return begrip.Recht{}, err
		}
		geheim |= begrip.Beschermt(v)
	}
	if nood && z.verborgen(ctx, l, nu.Personen) {
		geheim |= begrip.OmVerblijf
	}
	return begrip.Inzagerecht(0).Geheim(geheim), nil
}

// verborgen tells whether one of these persons lives in hiding, as any record here
// or the population register says; what cannot be known counts as hidden. Without
// a register the records decide.
func (z *Inzage) verborgen(ctx context.Context, l toegang.Lezer, wie []begrip.BSN) bool {
	bs := make([]begrip.Betrokkene, len(wie))
	for i, b := range wie {
		bs[i].Burgerservicenummer.BSN = b
	}
	for _, b := range wie {
		recs, err := z.cfg.Dossier.Zoek(ctx, dossier.Filter{Persoon: b})
		if err != nil {
			return true
		}
		for _, rec := range recs {
			if s, ok := z.VanSoort(rec.Soort); ok && s.Betrokkenen != nil && slices.ContainsFunc(s.Betrokkenen(rec), func(x begrip.Betrokkene) bool {
				return x.Burgerservicenummer.BSN == b && x.Verborgen()
			}) {
				return true
			}
		}
	}
	z.cfg.Waarborgen.VraagGeheim(ctx, bs, l.Naam)
	return slices.ContainsFunc(bs, begrip.Betrokkene.Verborgen)
}

// reduceer gives what of rec the decision shows, and the names of the members
// that it leaves out: those that the policy masks, and what is protected and not
// opened by r. A kind that gives no typed record loses, besides, every member
// whose name tells a place.
func reduceer(soort Soort, rec dossier.Record, b toegang.Besluit, r begrip.Recht) (json.RawMessage, []string, error) {
	v, err := soort.Reduceer(rec, b.Niveau, b.Gemaskeerd)
	if err != nil {
		return nil, nil, err
	}
	v, dicht := begrip.Open(v, r)
	inhoud, err := json.Marshal(v)
	if err != nil {
		return nil, nil, err
	}
	gemaskeerd := slices.Concat(b.Gemaskeerd, dicht)
	slices.Sort(gemaskeerd)
	gemaskeerd = slices.Compact(gemaskeerd)
	bloot := len(begrip.Bloot(v)) > 0
	if len(b.Gemaskeerd) > 0 || bloot {
		inhoud, err = laatWeg(inhoud, func(naam string) bool {
			return slices.Contains(b.Gemaskeerd, naam) || bloot && begrip.VerraadtPlaats(naam)
		})
	}
	return inhoud, gemaskeerd, err
}

// laatWeg leaves out the members whose name is masked, at any depth: what a
// decision masks is gone, also where a kind of record does not know the name.
func laatWeg(inhoud json.RawMessage, masker func(naam string) bool) (json.RawMessage, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(inhoud))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if !snoei(v, masker) {
		return inhoud, nil
	}
	return json.Marshal(v)
}

// snoei removes them from v and tells whether there was any.
func snoei(v any, masker func(string) bool) (weg bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if masker(k) {
				delete(v, k)
				weg = true
			} else if snoei(x, masker) {
				weg = true
			}
		}
	case []any:
		for _, x := range v {
			if snoei(x, masker) {
				weg = true
			}
		}
	}
	return weg
}

// Lees gives the content of an answer, with what is protected in it open as far
// as the decision about that answer goes.
func Lees[T any](a Antwoord) (T, error) {
	var v T
	if err := json.Unmarshal(a.Inhoud, &v); err != nil {
		return v, err
	}
	v, _ = begrip.Open(v, a.Recht)
	return v, nil
}

// rechtElders is the right to what another source gave: it left out what l may
// not read. What came on noodtoegang, or with "protected" attached, opens no secret
// here either, should the source have forgotten.
func rechtElders(l toegang.Lezer) begrip.Recht {
	if !l.Nood.IsZero() {
		return begrip.Inzagerecht(0)
	}
	return begrip.Inzagerecht(begrip.Allebei)
}

// Controleer tells what is wrong with the declaration of a kind: without a Vorm,
// without a word about what it rests on, or with a member that tells where somebody may be found and is not protected.
func (s Soort) Controleer() error {
	if s.Vorm == nil {
		return fmt.Errorf("soort %s zegt niet welke vorm het gegeven heeft", s.Naam)
	}
	if len(s.Herkomst) == 0 && s.ZonderHerkomst == "" {
		return fmt.Errorf("soort %s zegt niet waarop het rust, of waarom op niets", s.Naam)
	}
	if b := begrip.Bloot(s.Vorm); len(b) > 0 {
		return fmt.Errorf("soort %s: %s zegt waar iemand te vinden is en is niet beschermd", s.Naam, strings.Join(b, ", "))
	}
	return nil
}
