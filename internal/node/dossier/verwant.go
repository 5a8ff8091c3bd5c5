package dossier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Verwant gives the current versions of the given kinds that are about one of
// these persons or belong to one of these zaken, each once, in two indexed
// reads whatever their number. Personen of the records stays empty: who asks
// this reads them in the content.
func (s *Store) Verwant(ctx context.Context, soorten []string, personen []begrip.BSN, zaken []string) ([]Record, error) {
	return s.VerwantOp(ctx, time.Time{}, soorten, personen, zaken)
}

// VerwantOp is Verwant as the node knew it at peildatum; the zero time means
// now. What was erased since is not told.
func (s *Store) VerwantOp(ctx context.Context, peildatum time.Time, soorten []string, personen []begrip.BSN, zaken []string) ([]Record, error) {
	var delen []string
	var args []any
	geldt := "r.rec_to = " + open
	if !peildatum.IsZero() {
		args = append(args, micros(peildatum))
		geldt = "r.rec_from <= $1 AND r.rec_to > $1"
	}
	lijst := func(n int, waarde func(int) string) string {
		var m []string
		for i := range n {
			args = append(args, waarde(i))
			m = append(m, fmt.Sprintf("$%d", len(args)))
		}
		return strings.Join(m, ", ")
	}
	personen = uniek(personen)
	zaken = slices.DeleteFunc(slices.Clone(zaken), func(z string) bool { return z == "" })
	if len(soorten) == 0 {
		return nil, nil
	}
	if len(personen) > 0 {
		in := lijst(len(personen), func(i int) string { return personen[i].Leesbaar() })
		delen = append(delen, "SELECT "+recordKolommen+" FROM record_persoon p JOIN record r ON r.soort = p.soort AND r.id = p.id AND r.versie = p.versie"+
			" WHERE p.bsn IN ("+in+") AND "+geldt+" AND p.soort IN ("+lijst(len(soorten), func(i int) string { return soorten[i] })+")")
	}
	if len(zaken) > 0 {
		in := lijst(len(zaken), func(i int) string { return zaken[i] })
		delen = append(delen, "SELECT "+recordKolommen+" FROM record r WHERE r.zaak IN ("+in+") AND "+geldt+
			" AND r.soort IN ("+lijst(len(soorten), func(i int) string { return soorten[i] })+")")
	}
	if len(delen) == 0 {
		return nil, nil
	}
	return rijen(ctx, s.lees, scanRecord, strings.Join(delen, " UNION ")+" ORDER BY 1, 2", args...)
}
