package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
)

// maxKijkBladen is how many pages of looks in the Ketenindex are fetched.
const maxKijkBladen = 20

// hubInkijk is a look in the Ketenindex as the hub tells it.
type hubInkijk struct {
	Tijdstip    time.Time
	Organisatie *struct {
		OIN  begrip.OIN
		Naam string
	}
	Wie       string
	Rol       begrip.Rol
	Doel      begrip.Doel
	Grondslag begrip.Grondslag
	Stap      string
	Niveau    *begrip.Niveau
	Aantal    int
	Wat       []string
	Eigen     bool
	Zaak      string
	Gezocht   bool // the question was about this person
	Over      []struct {
		Onderwerp string
		Wat       []string
	}
}

// zoals gives the look as b may tell it: of a record that its source does not let
// this reader know of, nobody saw anything. What is then left of a question is
// that somebody asked; of anything else nothing is (ok false).
func (x hubInkijk) zoals(b *beeld) (_ hubInkijk, ok bool) {
	if x.Zaak != "" && b.zaken[x.Zaak] == verzwegen {
		return x, false
	}
	if x.Aantal == 0 && len(x.Over) == 0 {
		return x, true
	}
	x.Wat = nil
	getoond := false
	for _, o := range x.Over {
		if b.records[o.Onderwerp] != verteld {
			continue
		}
		getoond = true
		for _, w := range o.Wat {
			if !slices.Contains(x.Wat, w) {
				x.Wat = append(x.Wat, w)
			}
		}
	}
	if !getoond {
		x.Aantal, x.Niveau = 0, nil
	}
	return x, getoond || x.Gezocht
}

// hubInkijken asks the Ketenindex who looked there at what is about the person s
// looks for, newest first, as zoals tells them. heel is
// false when there are more than we fetch.
func (p *Portal) hubInkijken(ctx context.Context, s kijker, zoals func(hubInkijk) (hubInkijk, bool)) (uit []inzage.Inkijk, heel bool, err error) {
	ctx, stop := context.WithTimeout(ctx, p.wacht)
	defer stop()
	cursor := ""
	for range maxKijkBladen {
		verklaring, err := p.verklaar(s, p.cfg.HubOIN)
		if err != nil {
			return nil, false, err
		}
		vraag, err := json.Marshal(map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: s.voorWie()}, "cursor": cursor})
		if err != nil {
			return nil, false, err
		}
		b, k, err := p.hubVoor(ctx, verklaring, http.MethodPost, "/v1/inzagen/query", "application/json", vraag, maxResultaat)
		if err != nil {
			return nil, false, err
		}
		var in struct {
			Inzagen []hubInkijk
			Cursor  string
		}
		if k.status != http.StatusOK || json.Unmarshal(b, &in) != nil {
			return nil, false, fmt.Errorf("de hub vertelt niet wie keek: %d", k.status)
		}
		for _, x := range in.Inzagen {
			if x, ok := zoals(x); ok {
				uit = append(uit, x.inkijk(s))
			}
		}
		if cursor = in.Cursor; cursor == "" {
			return uit, true, nil
		}
	}
	return uit, false, nil
}

// inkijk puts a look in the Ketenindex in the words of a look at a source.
func (x hubInkijk) inkijk(s kijker) inzage.Inkijk {
	i := inzage.Inkijk{Tijdstip: x.Tijdstip, Wie: veilig(x.Wie), Organisatie: "Een organisatie", Rol: hoofdletter(x.Rol.Naam()), Toegestaan: true,
		Waarom: "Waarom is niet verteld.", Gegeven: "de Ketenindex"}
	if x.Niveau != nil {
		i.Niveau = *x.Niveau
	}
	if x.Organisatie != nil && x.Organisatie.Naam != "" {
		i.Organisatie = veilig(x.Organisatie.Naam)
	}
	switch {
	case x.Rol == begrip.RolSysteem:
		i.Vanzelf = true
		i.Wie = "Een computer, volgens een vaste regel"
	case i.Wie == "" && x.Doel == "":
		i.Wie = "Een computer, of iemand van wie de naam niet is verteld"
	case i.Wie == "":
		i.Wie = "Een medewerker"
	}
	if x.Doel != "" {
		i.Waarom, i.Grondslag = hoofdletter(x.Doel.Omschrijving())+".", x.Grondslag.Artikel()
	}
	switch {
	case x.Stap == "abonnement":
		i.Wat = "Ketenindex: wil bericht krijgen als er iets gebeurt."
	case x.Stap == "bevestiging":
		i.Wat = "Ketenindex: ging na of er een melding over " + s.over() + " is gedaan."
	case x.Aantal == 0:
		i.Wat = "Ketenindex: zocht, en zag niets."
	default:
		wat := slices.Clone(x.Wat)
		for j := range wat {
			wat[j] = veilig(strings.TrimSuffix(wat[j], "."))
		}
		i.Wat = "Zag in de Ketenindex: " + strings.Join(wat, "; ") + "."
		if x.Stap == "bezorgd" {
			i.Wat = "Kreeg bericht van de Ketenindex: " + strings.Join(wat, "; ") + "."
		}
		if x.Niveau != nil && *x.Niveau == begrip.NiveauBestaan {
			i.Wat += " Niet over wie het ging."
		}
	}
	return i
}

// metHubInkijken adds the looks in the Ketenindex. Who looks for another gets
// them when a source stands for that; by a mandate, which is per organisation,
// only those of organisations that show something themselves.
func (p *Portal) metHubInkijken(ctx context.Context, s kijker, b *beeld) {
	if b.HubStil { // without the events nobody can tell which looks may be told
		b.HubKeekStil = true
		return
	}
	toont, weigert := map[begrip.OIN]bool{}, false
	for _, x := range b.Bronnen {
		weigert = weigert || s.Voor != nil && (x.Stil || x.Reden != "")
		if !x.Stil && x.Reden == "" && len(x.Beeld.Delen) > 0 {
			toont[x.OIN] = true
		}
	}
	if s.Voor != nil && len(toont) == 0 {
		return
	}
	zoals := func(x hubInkijk) (hubInkijk, bool) {
		if x.Eigen || s.Voor != nil && !s.Voor.Kind && (x.Organisatie == nil || !toont[x.Organisatie.OIN]) {
			return x, false
		}
		x, ok := x.zoals(b)
		return x, ok && (!weigert || x.Aantal > 0) // one source's word opens no more than its own records
	}
	ks, heel, err := p.hubInkijken(ctx, s, zoals)
	if err != nil {
		p.cfg.Log.WarnContext(ctx, "de Ketenindex vertelt niet wie keek", "fout", err.Error())
	}
	b.HubKeek, b.HubKeekStil = ks, err != nil || !heel
}
