package inrichting

import (
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// soortSignaal makes a Signaal a kind of record: for the privacy officer and,
// when the organisation tells it, for the family.
func (t *T) soortSignaal() inzage.Soort {
	return inzage.Soort{
		Naam: signaal.Soort, Pad: "/v1/signalen", Titel: "Signaal", Beleid: "soh.inrichting", Vorm: signaal.Signaal{}, ZonderNood: true,
		ZonderHerkomst: "gaat over hoe er is gevraagd of gekeken, niet over wat er staat",
		Klasse:         func(dossier.Record) samenwerkingsverband.Klasse { return samenwerkingsverband.Betrokkenen },
		Reduceer: func(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
			s, err := signaal.Lees(rec)
			if err != nil || n == begrip.NiveauInhoud {
				return s, err
			}
			return Bestaan{t.basis() + "/v1/signalen/" + rec.ID, rec.ID}, nil
		},
		Feiten: func(rec dossier.Record, _ toegang.Lezer) map[string]any {
			s, err := signaal.Lees(rec)
			return map[string]any{"gemeld": err == nil && t.o.Signalen.VoorGezin(s)}
		},
		Partij: func(dossier.Record, begrip.OIN) bool { return false },
		Afgeschermd: func(rec dossier.Record) bool {
			s, err := signaal.Lees(rec)
			return err != nil || !t.o.Signalen.VoorGezin(s)
		},
		Gezin: t.gezinSignaal,
	}
}

// gezinSignaal tells the family of a look that was out of the ordinary, without
// naming the professional: that stands at "Wie keek".
func (t *T) gezinSignaal(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
	s, err := signaal.Lees(rec)
	if err != nil || !t.o.Signalen.VoorGezin(s) {
		return inzage.Deel{}, false
	}
	d := inzage.Deel{
		Soort: signaal.Soort, ID: s.ID, Titel: "Iemand keek in " + inzage.Gegevens + " zonder goede reden", Tijdstip: s.Laatste, Klaar: true,
		Tekst: "Een medewerker van " + t.o.Organisatie.Naam + " keek in " + inzage.Gegevens + ". De privacyfunctionaris vond dat dit niet mocht. U kunt ons vragen wat er nu gebeurt. U kunt ook een klacht indienen.",
	}
	if s.Staat == signaal.Open {
		d.Titel, d.Klaar = "Iemand keek op een ongewone manier in "+inzage.Gegevens, false
		d.Tekst = "Een medewerker van " + t.o.Organisatie.Naam + " keek in " + inzage.Gegevens + ". Een privacyfunctionaris kijkt na of daar een goede reden voor was."
	}
	return d, true
}

// regelNamen are the rules in words.
var regelNamen = map[signaal.Regel]string{
	signaal.GeenBetrokkenheid: web.Vertaalbaar("Geen werk in deze zaak"),
	signaal.VeelPersonen:      web.Vertaalbaar("Veel verschillende personen"),
	signaal.EigenNaam:         web.Vertaalbaar("Zelfde achternaam"),
	signaal.BuitenWerktijd:    web.Vertaalbaar("Buiten werktijd"),

	signaal.OpdrachtenGeweigerd: web.Vertaalbaar("Vraagt wat zij niet mag vragen"),
	signaal.TeVeelOpdrachten:    web.Vertaalbaar("Vraagt te veel"),
	signaal.VeelInzagen:         web.Vertaalbaar("Kijkt naar te veel personen"),
	signaal.VeelGeweigerd:       web.Vertaalbaar("Wordt vaak geweigerd"),
	signaal.NoodtoegangGeremd:   web.Vertaalbaar("Noodtoegang te vaak"),
	signaal.Aangeklopt:          web.Vertaalbaar("Klopt aan en wordt niet binnengelaten"),
}

type signalenData struct {
	Open, Klaar []signaal.Signaal
	F           *web.Formulier
	Keuze       []web.Optie
	Mag         bool
}

// Regel names a rule.
func (signalenData) Regel(r signaal.Regel) string { return regelNamen[r] }

// Goed tells whether there was a good reason after all.
func (signalenData) Goed(s signaal.Signaal) bool { return s.Staat == signaal.Gewoon }

func (p *paginaset) aantalSignalen(r *http.Request, _ toegang.Sessie) int {
	alle, err := p.o.Signalen.Alle(r.Context())
	if err != nil {
		return 0 // the page itself tells what is wrong
	}
	n := 0
	for _, s := range alle {
		if s.Staat == signaal.Open {
			n++
		}
	}
	return n
}

func (p *paginaset) signalen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	var b *web.Alert
	if r.URL.Query().Get("gelukt") == "nagezien" {
		b = gelukt["nagezien"]
	}
	return p.toonSignalen(w, r, s, http.StatusOK, &web.Formulier{}, b)
}

func (p *paginaset) toonSignalen(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier, b *web.Alert) error {
	alle, err := p.o.Signalen.Alle(r.Context())
	if err != nil {
		return err
	}
	d := signalenData{F: f, Mag: s.Rol == begrip.RolPrivacy, Keuze: []web.Optie{
		{Waarde: signaal.Gewoon, Tekst: "Ja, er was een goede reden"},
		{Waarde: signaal.Onjuist, Tekst: "Nee, dit mocht niet", Uitleg: "Het gezin leest dan dat iemand zonder goede reden keek."},
	}}
	for _, x := range alle {
		if x.Staat == signaal.Open {
			d.Open = append(d.Open, x)
		} else {
			d.Klaar = append(d.Klaar, x)
		}
	}
	p.Toon(w, r, status, "signalen.html", web.Pagina{
		Titel: "Signalen", Bericht: b, Data: d,
		Doel: &web.Doelbalk{Rol: s.Rol.Naam(), Doel: begrip.DoelToezicht.Omschrijving(), Grondslag: begrip.GrondAvg24.Artikel(), Verborgen: true},
	})
	return nil
}

// beoordeel takes the judgement on a Signaal; not by whom it is about.
func (p *paginaset) beoordeel(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	rec, err := p.o.Dossier.Lees(r.Context(), signaal.Soort, id, time.Time{})
	if err != nil {
		return err
	}
	x, err := signaal.Lees(rec)
	if err != nil {
		return err
	}
	if x.Persoon == s.Persoon {
		return begrip.NieuweFout(begrip.Verboden, "Dit signaal gaat over u. Een ander kijkt het na.")
	}
	veld := map[string]string{"staat": "reden-" + id, "oordeel": "oordeel-" + id}
	err = p.o.Signalen.Beoordeel(r.Context(), id, f.Waarde(veld["staat"]), f.Waarde(veld["oordeel"]), s.Naam)
	if f.Neem(err, veld) {
		return p.toonSignalen(w, r, s, http.StatusBadRequest, f, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/signalen?gelukt=nagezien", http.StatusSeeOther)
	return nil
}
