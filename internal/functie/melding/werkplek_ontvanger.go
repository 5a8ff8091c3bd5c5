package melding

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

type inkomendData struct {
	O        opdracht.Opdracht
	Melder   string
	Naam     string
	M        Melding
	Personen []persoonRegels
	Regels   []web.Regel
	F        *web.Formulier
	Open     bool
	Stil     *web.BronStil

	Uiterlijk time.Time // when the beoordeling has to be done
}

// inkomend shows an offered melding; its content is read live at the melder.
func (p *paginaset) inkomend(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	return p.toonInkomend(w, r, s, http.StatusOK, &web.Formulier{})
}

func (p *paginaset) toonInkomend(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier) error {
	l := p.beoordelaar(s, "")
	o, m, _, err := p.lezen(r.Context(), r.PathValue("id"), l)
	d := inkomendData{O: o, M: m, F: f, Open: o.Staat == opdracht.Aangeboden}
	d.Uiterlijk, _ = termijnTriage.Einde(m.DatumTijd, p.nu())
	if melder, ok := p.o.Deelnemer(o.Van); ok {
		d.Melder = melder.Naam
	}
	if begrip.Is(err, begrip.BronAntwoordtNiet) {
		d.Stil, status = &web.BronStil{Organisatie: d.Melder, Opnieuw: r.URL.Path}, http.StatusBadGateway
	} else if err != nil {
		return err
	} else {
		d.Naam, d.Personen, d.Regels = m.Gezinsnaam(), personenRegels(m), inhoudRegels(m)
	}
	titel := d.Naam
	if titel == "" {
		titel = "Melding"
	}
	p.Toon(w, r, status, "melding-inkomend.html", web.Pagina{
		Titel: titel, Actief: "/postvak", Kruimels: []web.Kruimel{{Tekst: "Postvak", Pad: "/postvak"}, {Tekst: titel}}, Doel: doelbalk(l), Data: d,
	})
	return nil
}

func (p *paginaset) oppakken(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	b, err := p.Oppakken(r.Context(), r.PathValue("id"), p.beoordelaar(s, ""))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/beoordelingen/"+b.ID+"?gelukt=opgepakt", http.StatusSeeOther)
	return nil
}

func (p *paginaset) weigeren(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	err = p.Weiger(r.Context(), r.PathValue("id"), f.Waarde("reden"), p.beoordelaar(s, ""))
	if f.Neem(err, nil) {
		return p.toonInkomend(w, r, s, http.StatusBadRequest, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/postvak?gelukt=geweigerd", http.StatusSeeOther)
	return nil
}

type beoordelingRegel struct {
	Oordeel
	Staat web.Label
}

func (p *paginaset) beoordelingen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	recs, err := p.o.Dossier.Zoek(r.Context(), dossier.Filter{Soort: soortBeoordeling})
	if err != nil {
		return err
	}
	rijen, err := p.o.Inzage.Lijst(r.Context(), p.soortBeoordeling(), recs, func(dossier.Record) toegang.Lezer { return p.beoordelaar(s, "") }, maxLijst)
	if err != nil {
		return err
	}
	var regels []beoordelingRegel
	for _, rij := range rijen {
		var b Oordeel
		if err := json.Unmarshal(rij.Inhoud, &b); err != nil {
			return err
		}
		regels = append(regels, beoordelingRegel{b, p.termijnLabel(b.Uitkomst, b.UiterlijkOp)})
	}
	p.Toon(w, r, http.StatusOK, "beoordelingen.html", web.Pagina{Titel: "Mijn gezinnen", Data: regels})
	return nil
}

// leesEigen reads a beoordeling of this organisation under a decision, at a
// level or at the highest that is permitted.
func leesEigen[X any](p *paginaset, r *http.Request, id string, s toegang.Sessie, n *begrip.Niveau) (into X, err error) {
	a, err := p.o.Inzage.Geef(r.Context(), p.soortBeoordeling(), id, p.beoordelaar(s, ""), n, time.Time{})
	if err != nil {
		return into, err
	}
	return inzage.Lees[X](a)
}

// termijnLabel shows what is left of the term; red only for late.
func (p *paginaset) termijnLabel(u *Uitkomst, uiterlijk time.Time) web.Label {
	if u != nil {
		return web.Label{Soort: "ok", Tekst: "Afgerond", Icoon: "check"}
	}
	over := uiterlijk.Sub(p.nu())
	switch {
	case over < 0:
		return web.Label{Soort: "fout", Tekst: "Te laat", Icoon: "alert-triangle"}
	case over < 24*time.Hour:
		return web.Label{Soort: "wacht", Tekst: "Vandaag of morgen", Icoon: "hourglass"}
	}
	return web.Label{Soort: "info", Tekst: "Op tijd", Icoon: "clock"}
}

type beoordelingData struct {
	B         Beoordeling
	Staat     web.Label
	Besluit   string
	Gezin     string
	F         *web.Formulier
	Opties    []web.Optie
	Teams     []web.Optie // who can take the family over
	Verzoeken []verzoekRegel
	Wachten   int
}

// verzoekRegel is something asked of another organisation for this zaak.
type verzoekRegel struct {
	ID, Soort, Aan string
	Staat          web.Label
	Antwoord       bool
}

func (p *paginaset) beoordeling(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	return p.toonBeoordeling(w, r, s, http.StatusOK, &web.Formulier{})
}

func (p *paginaset) toonBeoordeling(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier) error {
	b, err := leesEigen[Beoordeling](p, r, r.PathValue("id"), s, nil)
	if err != nil {
		return err
	}
	d := beoordelingData{B: b, F: f, Staat: p.termijnLabel(b.Uitkomst, b.UiterlijkOp)}
	for _, u := range uitkomsten {
		d.Opties = append(d.Opties, web.Optie{Waarde: u.Code, Tekst: u.Tekst})
	}
	d.Teams = []web.Optie{{Tekst: "Kies een lokaal team"}}
	for _, x := range p.o.VanSoort(begrip.Gemeente) {
		d.Teams = append(d.Teams, web.Optie{Waarde: string(x.OIN), Tekst: x.Naam})
	}
	if b.Uitkomst != nil {
		d.Besluit, d.Gezin, _ = uitkomstVan(b.Uitkomst.Code)
		if o := b.Uitkomst.Overdracht; o != nil {
			_, d.Gezin, _ = p.gezinOverdracht(o, b.Beschermt()&begrip.OmVerblijf != 0) // as the family reads it
		}
	}
	ops, err := p.o.Opdrachten.VoorZaak(r.Context(), b.Zaak)
	if err != nil {
		return err
	}
	for _, o := range ops {
		if o.Richting != opdracht.Uit {
			continue
		}
		wie, _ := p.o.Deelnemer(o.Aan)
		d.Verzoeken = append(d.Verzoeken, verzoekRegel{o.ID, o.Soort, wie.Naam, verzoekLabel(o, b.Melding.Toon().Bron), o.Antwoord != nil})
		if !o.Staat.Eind() {
			d.Wachten++
		}
	}
	l := p.beoordelaar(s, b.Zaak)
	pg := web.Pagina{Titel: b.Naam, Actief: "/beoordelingen", Kruimels: []web.Kruimel{{Tekst: "Mijn gezinnen", Pad: "/beoordelingen"}, {Tekst: b.Naam}}, Doel: doelbalk(l), Data: d}
	switch r.URL.Query().Get("gelukt") {
	case "opgepakt":
		pg.Bericht = &web.Alert{Soort: "ok", Titel: "U hebt de melding opgepakt.", Tekst: "De melder en het gezin zien dat. Vraag nu wie het gezin kent."}
	case "gevraagd":
		pg.Bericht = &web.Alert{Soort: "ok", Titel: "De vraag is verstuurd.", Tekst: "Kijk hier later nog eens. Dan ziet u wie antwoordde."}
	case "afgerond":
		pg.Bericht = &web.Alert{Soort: "ok", Titel: "Het besluit is opgeslagen.", Tekst: "De melder krijgt bericht."}
	}
	p.Toon(w, r, status, "beoordeling.html", pg)
	return nil
}

// verzoekLabel names the state of a request; a result code stands for itself. Of the
// melder it is never said that it does not know the family.
func verzoekLabel(o opdracht.Opdracht, melder begrip.OIN) web.Label {
	switch {
	case o.Soort == soortOverdracht:
		return web.Label{Soort: "info", Tekst: overdrachtWoorden[o.Staat].Lezer}
	case o.Resultaat == "niet-bekend" && o.Aan == melder: // it has no more than the melding that all this is about
		return web.Label{Soort: "info", Tekst: "Deed de melding"}
	case o.Resultaat == "bekend":
		return web.Label{Soort: "info", Tekst: "Kent het gezin"}
	case o.Resultaat == "niet-bekend":
		return web.Label{Tekst: "Kent het gezin niet"}
	case o.Staat == opdracht.Geweigerd:
		return web.Label{Soort: "fout", Tekst: "Geeft geen antwoord"}
	case o.Staat == opdracht.Ingetrokken:
		return web.Label{Tekst: "Vraag ingetrokken"}
	case o.Staat == opdracht.Mislukt:
		return web.Label{Soort: "fout", Tekst: "Het lukte niet"}
	case o.Staat == opdracht.Uitgevoerd:
		return web.Label{Soort: "ok", Tekst: "Klaar"}
	}
	return web.Label{Soort: "wacht", Tekst: "Wacht op antwoord"}
}

func (p *paginaset) uitkomst(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	u := Uitkomst{Code: f.Waarde("code"), ToelichtingMelder: begrip.InVertrouwen(f.Waarde("toelichtingMelder")), ToelichtingGezin: f.Waarde("toelichtingGezin"),
		Overdracht: &Overdracht{Aan: begrip.InVerblijf(begrip.OIN(f.Waarde("aan"))), Vraag: f.Waarde("vraag")}}
	err = p.Afronden(r.Context(), id, u, p.beoordelaar(s, ""))
	if f.Neem(err, nil) {
		return p.toonBeoordeling(w, r, s, http.StatusBadRequest, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/beoordelingen/"+id+"?gelukt=afgerond", http.StatusSeeOther)
	return nil
}

// --- how a melding reads ---

var geslachten = map[string]string{"0": "Onbekend", "1": "Man", "2": "Vrouw", "9": "Niet gespecificeerd"}

func personenRegels(m Melding) []persoonRegels {
	var uit []persoonRegels
	for _, b := range m.HeeftBetrekkingOp {
		p := persoonRegels{Naam: b.Naam.Voluit()}
		voeg := func(label, waarde string) {
			if waarde != "" {
				p.Regels = append(p.Regels, web.Regel{Label: label, Waarde: waarde})
			}
		}
		voeg("Rol in het gezin", b.Rol)
		voeg(geboren(b))
		voeg("Geslacht", geslachten[b.Geslacht])
		if !b.Burgerservicenummer.IsZero() {
			voeg("Burgerservicenummer", b.Burgerservicenummer.Leesbaar()) // content of the melding, read under a decision
		}
		adres := "Adres"
		switch b.AdresGeheim {
		case begrip.GeheimJa:
			adres = "Geheim adres. Vertel het aan niemand"
		case begrip.GeheimOnbekend:
			adres = "Misschien een geheim adres: dat weten wij nog niet. Vertel het aan niemand"
		}
		if a, ok := b.Adres.Waarde(); ok {
			voeg(adres, a.Regel())
		}
		uit = append(uit, p)
	}
	return uit
}

// wanneer says when an incident was.
func wanneer(i Incident) string {
	if p := i.PeriodeVanTot; p != nil {
		return "Gebeurde tussen " + web.Nederlands.Datum(p.DatumTijdBegin) + " en " + web.Nederlands.Datum(p.DatumTijdEinde)
	}
	return "Gebeurtenis op " + web.Nederlands.Datum(i.DatumTijd)
}

// geboren gives the date of birth with its name, as far as it is known.
func geboren(b Betrokkene) (label, waarde string) {
	switch {
	case b.Ongeboren:
		return "Nog niet geboren, verwacht op", cmp.Or(b.Geboortedatum.Voluit(), "datum niet bekend")
	case b.Geboortedatum == begrip.GeboortedatumOnbekend:
		return "Geboren", "Niet bekend"
	}
	return "Geboren", b.Geboortedatum.Voluit()
}

func inhoudRegels(m Melding) []web.Regel {
	uit := []web.Regel{
		{Label: "Wat is de situatie?", Waarde: m.ZorgelijkeSituatie.SituatieSchets},
		{Label: "Wat geeft zorgen?", Waarde: m.ZorgelijkeSituatie.NadereOmschrijving},
		{Label: "Vraag aan de ontvanger", Waarde: m.Verzoek},
	}
	for _, va := range m.ZorgelijkeSituatie.VraagAntwoord {
		uit = append(uit, web.Regel{Label: va.Vraag, Waarde: va.Antwoord})
	}
	for _, i := range m.NaarAanleidingVan {
		uit = append(uit, web.Regel{Label: wanneer(i) + ", " + i.Locatie.Toon(), Waarde: i.Omschrijving})
	}
	if m.OverigeInformatie != nil {
		uit = append(uit, web.Regel{Label: "Verder van belang", Waarde: m.OverigeInformatie.Omschrijving})
		if u, ok := m.OverigeInformatie.URL.Waarde(); ok && !strings.HasPrefix(u, m.URL+"#") {
			uit = append(uit, web.Regel{Label: "Dat staat bij de melder op", Waarde: u})
		}
	}
	return uit
}
