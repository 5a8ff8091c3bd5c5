package melding

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// pagina is a handler of a professional's page.
type pagina = func(http.ResponseWriter, *http.Request, toegang.Sessie) error

// werkplek registers the pages of this functie.
func (t *T) werkplek(w *web.Werk) {
	site, err := w.Met(paginas)
	if err != nil {
		panic(err) // templates are compiled in; a test shows every page
	}
	p := &paginaset{T: t, Site: site}
	w.NavVoor(web.NavItem{Titel: "Meldingen", Pad: "/meldingen", Icoon: "send"}, p.magMeldingen, nil)
	for patroon, f := range map[string]pagina{
		"GET /meldingen": p.lijst, "GET /meldingen/nieuw": p.nieuw, "POST /meldingen/nieuw": p.maak, "GET /meldingen/{id}": p.eigen,
		"GET /postvak/melding/{id}": p.inkomend, "POST /postvak/melding/{id}/oppakken": p.oppakken, "POST /postvak/melding/{id}/weigeren": p.weigeren,
		"GET /postvak/overdracht/{id}": p.inkomendeOverdracht, "POST /postvak/overdracht/{id}": p.antwoordOverdracht,
		"GET /beoordelingen": p.beoordelingen, "GET /beoordelingen/{id}": p.beoordeling, "POST /beoordelingen/{id}/uitkomst": p.uitkomst,
	} {
		w.Pagina(patroon, f)
	}
	if _, ok := ontvangt[t.o.Organisatie.Soort]; ok {
		w.NavVoor(web.NavItem{Titel: "Mijn gezinnen", Pad: "/beoordelingen", Icoon: "users"}, p.magBeoordelen, nil)
	}
}

type paginaset struct {
	*T
	*web.Site
}

// maxLijst is how many records a list shows.
const maxLijst = 100

// magMeldingen tells who finds the own meldingen in the menu: who may read them, on
// the words with which the list asks.
func (p *paginaset) magMeldingen(s toegang.Sessie) bool {
	for soort := range ontvangers {
		rec := dossier.Record{Inhoud: json.RawMessage(`{"soort":"` + string(soort) + `"}`)}
		if p.o.Inzage.ZouMogen(context.Background(), p.soortMelding(), rec, p.o.Organisatie.OIN, p.volger(s, rec)) {
			return true
		}
	}
	return false
}

// magBeoordelen tells who finds the families whose melding is weighed here.
func (p *paginaset) magBeoordelen(s toegang.Sessie) bool {
	rec := dossier.Record{Inhoud: json.RawMessage(`{}`)}
	return p.o.Inzage.ZouMogen(context.Background(), p.soortBeoordeling(), rec, p.o.Organisatie.OIN, p.beoordelaar(s, ""))
}

// opent tells who may open a melding in the Postvak.
func (t *T) opent(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool {
	return t.magLezen(ctx, o, (&paginaset{T: t}).beoordelaar(s, o.Zaak))
}

// ontvangt gives the ground on which a kind of organisation weighs meldingen.
var ontvangt = map[begrip.OrganisatieSoort]begrip.Grondslag{begrip.VeiligThuis: begrip.GrondWmo516, begrip.ZVH: "WGS-ZVH"}

// volgt gives the ground on which a melder follows what it melded to a kind of
// organisation; see volggrond in beleid.rego.
var volgt = map[begrip.OrganisatieSoort]begrip.Grondslag{begrip.VeiligThuis: begrip.GrondUb417, begrip.ZVH: "WGS-ZVH"}

// beoordelaar is who weighs a melding here.
func (p *paginaset) beoordelaar(s toegang.Sessie, zaak string) toegang.Lezer {
	return s.Lezer(p.o.Organisatie, begrip.DoelBeoordelen, ontvangt[p.o.Organisatie.Soort], zaak)
}

// volger is who follows a melding of this organisation, on the ground of its
// receiver.
func (p *paginaset) volger(s toegang.Sessie, rec dossier.Record) toegang.Lezer {
	grond := begrip.GrondUb417
	var m struct {
		Soort Soort `json:"soort"`
	}
	if json.Unmarshal(rec.Inhoud, &m) == nil && ontvangers[m.Soort] != "" {
		grond = volgt[ontvangers[m.Soort]]
	}
	return s.Lezer(p.o.Organisatie, begrip.DoelEigenMelding, grond, rec.Zaak)
}

// doelbalk tells as what one looks; it stands on every page with family data.
func doelbalk(l toegang.Lezer) *web.Doelbalk {
	return &web.Doelbalk{Rol: l.Rol.Naam(), Doel: l.Doel.Omschrijving(), Grondslag: l.Grondslag.Artikel()}
}

// --- own meldingen ---

type meldingRegel struct {
	Proces
	Naar  string
	Staat web.Label
}

func (p *paginaset) lijst(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	recs, err := p.o.Dossier.Zoek(r.Context(), dossier.Filter{Soort: soortMelding})
	if err != nil {
		return err
	}
	rijen, err := p.o.Inzage.Lijst(r.Context(), p.soortMelding(), recs, func(rec dossier.Record) toegang.Lezer { return p.volger(s, rec) }, maxLijst)
	if err != nil {
		return err
	}
	var regels []meldingRegel
	for _, rij := range rijen {
		var m Proces
		if err := json.Unmarshal(rij.Inhoud, &m); err != nil {
			return err
		}
		o, err := p.opdrachtVan(r.Context(), m.Zaak, m.ID)
		if err != nil {
			return err
		}
		d, _ := p.o.Deelnemer(m.Ontvanger)
		regels = append(regels, meldingRegel{m, d.Naam, staatLabel(o.Staat)})
	}
	p.Toon(w, r, http.StatusOK, "meldingen.html", web.Pagina{Titel: "Meldingen", Data: regels})
	return nil
}

// opdrachtVan gives the Opdracht with which melding id was offered.
func (t *T) opdrachtVan(ctx context.Context, zaak, id string) (opdracht.Opdracht, error) {
	ops, err := t.o.Opdrachten.VoorZaak(ctx, zaak)
	for _, o := range ops {
		if o.Onderwerp.Pad == padMeldingen+"/"+id && o.Richting == opdracht.Uit {
			return o, err
		}
	}
	return opdracht.Opdracht{}, err
}

func staatLabel(s opdracht.Staat) web.Label {
	switch s {
	case opdracht.Geaccepteerd, opdracht.InUitvoering:
		return web.Label{Soort: "info", Tekst: "Wordt beoordeeld"}
	case opdracht.Uitgevoerd:
		return web.Label{Soort: "ok", Tekst: "Beoordeeld"}
	case opdracht.Geweigerd:
		return web.Label{Soort: "fout", Tekst: "Niet aangenomen"}
	case opdracht.Ingetrokken:
		return web.Label{Tekst: "Ingetrokken"}
	case opdracht.Mislukt:
		return web.Label{Soort: "fout", Tekst: "Mislukt"}
	}
	return web.Label{Soort: "wacht", Tekst: "Verstuurd"}
}

type nieuwData struct {
	F         *web.Formulier
	Personen  []string // prefix of the fields of each person
	Meer      bool
	Soorten   []web.Optie
	Afscherm  []web.Optie
	Terug     []web.Optie
	Ontvanger []web.Optie
}

func (p *paginaset) formulier(f *web.Formulier) nieuwData {
	d := nieuwData{
		F: f, Meer: aantalPersonen(f) < maxPersonen,
		Soorten: []web.Optie{{Waarde: "VT", Tekst: "Veilig Thuis"}, {Waarde: "ZVH", Tekst: "Zorg- en veiligheidshuis"}},
		Afscherm: []web.Optie{
			{Waarde: "", Tekst: "Ja", Gekozen: f.Waarde("melderAfscherming.reden") == ""},
			{Waarde: "gevaar", Tekst: "Nee, dat brengt iemand in gevaar"},
			{Waarde: "vertrouwen", Tekst: "Nee, dat schaadt het vertrouwen in de hulp"},
			{Waarde: "particulier", Tekst: "Nee, de melding komt van iemand uit de omgeving"},
		},
		Terug: []web.Optie{{Waarde: "ja", Tekst: "Ik wil horen wat er met de melding gebeurt"}},
	}
	for i := range aantalPersonen(f) {
		d.Personen = append(d.Personen, persoonVeld(i))
	}
	return d
}

func (p *paginaset) nieuw(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f := (&web.Formulier{}).Zet("soort", "VT").Zet("personen", "1").Zet("terugkoppelingGewenst", "ja").Zet("contact.naam", s.Naam)
	p.toonNieuw(w, r, http.StatusOK, f)
	return nil
}

func (p *paginaset) toonNieuw(w http.ResponseWriter, r *http.Request, status int, f *web.Formulier) {
	p.Toon(w, r, status, "melding-nieuw.html", web.Pagina{
		Titel: "Nieuwe melding", Actief: "/meldingen", Kruimels: []web.Kruimel{{Tekst: "Meldingen", Pad: "/meldingen"}, {Tekst: "Nieuwe melding"}}, Data: p.formulier(f),
	})
}

func (p *paginaset) maak(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	if !magMelden(s.Rol) {
		return begrip.NieuweFout(begrip.Verboden, "Met uw rol (%s) kunt u geen melding doen.", s.Rol.Naam())
	}
	if f.Waarde("actie") == "persoon" {
		f.Zet("personen", strconv.Itoa(min(aantalPersonen(f)+1, maxPersonen)))
		p.toonNieuw(w, r, http.StatusOK, f)
		return nil
	}
	m := uitFormulier(f)
	vorm := len(f.Fouten)
	if vorm > 0 { // all mistakes at once: of form and of meaning
		nu := p.nu()
		m.Normaliseer(nu)
		f.Neem(m.Validate(nu), nil)
		f.Fouten = zonderDubbele(f.Fouten)
		p.toonNieuw(w, r, http.StatusBadRequest, f)
		return nil
	}
	m, err = p.Registreer(r.Context(), m, toegang.Lezer{Naam: s.Naam, Rol: s.Rol})
	if f.Neem(err, nil) {
		p.toonNieuw(w, r, http.StatusBadRequest, f)
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/meldingen/"+m.ID+"?gelukt=ja", http.StatusSeeOther)
	return nil
}

func zonderDubbele(in []begrip.Veldfout) []begrip.Veldfout {
	gezien, uit := map[string]bool{}, in[:0:0]
	for _, v := range in {
		if !gezien[v.Veld] {
			uit = append(uit, v)
		}
		gezien[v.Veld] = true
	}
	return uit
}

type eigenData struct {
	Vervolg   string // of a handover, in words for the melder
	M         Melding
	Naam      string
	Ontvanger string
	Staat     web.Label
	Reden     string
	Uitkomst  *Uitkomst
	Besluit   string
	Stil      *web.BronStil
	Personen  []persoonRegels
	Regels    []web.Regel
}

type persoonRegels struct {
	Naam   string
	Regels []web.Regel
}

func (p *paginaset) eigen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	rec, err := p.o.Dossier.Lees(r.Context(), soortMelding, r.PathValue("id"), time.Time{})
	if err != nil && !begrip.Is(err, begrip.NietGevonden) { // what is not here is a look like any other
		return err
	}
	l := p.volger(s, rec)
	a, err := p.o.Inzage.Geef(r.Context(), p.soortMelding(), r.PathValue("id"), l, nil, time.Time{})
	if err != nil {
		return err
	}
	m, err := inzage.Lees[Melding](a)
	if err != nil {
		return err
	}
	o, err := p.opdrachtVan(r.Context(), m.Zaak, m.ID)
	if err != nil {
		return err
	}
	ontvanger, _ := p.o.Deelnemer(m.Ontvanger)
	d := eigenData{M: m, Naam: m.Gezinsnaam(), Ontvanger: ontvanger.Naam, Personen: personenRegels(m), Regels: inhoudRegels(m)}
	d.Staat, d.Reden = staatLabel(o.Staat), o.Reden
	d.leesUitkomst(p, r, o, l)
	pg := web.Pagina{Titel: "Melding " + d.Naam, Actief: "/meldingen", Kruimels: []web.Kruimel{{Tekst: "Meldingen", Pad: "/meldingen"}, {Tekst: d.Naam}}, Doel: doelbalk(l), Data: d}
	pg.Doel.Verborgen = !m.MelderAfscherming.Leeg()
	if r.URL.Query().Get("gelukt") != "" {
		pg.Bericht = &web.Alert{Soort: "ok", Titel: "Gelukt. De melding is verstuurd.", Tekst: "U leest hier wat er met de melding gebeurt."}
	}
	p.Toon(w, r, http.StatusOK, "melding-eigen.html", pg)
	return nil
}

// leesUitkomst reads what became of the melding, live at the receiver.
func (d *eigenData) leesUitkomst(p *paginaset, r *http.Request, o opdracht.Opdracht, l toegang.Lezer) {
	if o.Antwoord == nil {
		return
	}
	a, err := p.o.Inzage.Haal(r.Context(), o.Antwoord.Bron, o.Antwoord.Pad, l, BSNs(d.M.HeeftBetrekkingOp), nil)
	if err != nil {
		d.Stil = &web.BronStil{Organisatie: d.Ontvanger, Opnieuw: r.URL.Path}
		return
	}
	if oordeel, err := inzage.Lees[Oordeel](a); err == nil && oordeel.Uitkomst != nil {
		d.Uitkomst, d.Vervolg = oordeel.Uitkomst, oordeel.Vervolg
		d.Besluit, _, _ = uitkomstVan(oordeel.Uitkomst.Code)
	}
}
