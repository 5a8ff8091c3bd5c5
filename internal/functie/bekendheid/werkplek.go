package bekendheid

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// werkplek registers the pages of this functie.
func (t *T) werkplek(w *web.Werk) {
	site, err := w.Met(paginas)
	if err != nil {
		panic(err) // templates are compiled in; a test shows every page
	}
	p := &paginaset{T: t, Site: site}
	w.Pagina("GET /bekendheid/nieuw", p.nieuw)
	w.Pagina("POST /bekendheid/nieuw", p.vraagUit)
	w.Pagina("GET /postvak/bekendheid/{id}", p.inkomend)
	w.Pagina("POST /postvak/bekendheid/{id}", p.antwoord)
	w.Pagina("GET /verzoeken/bekendheid/{id}", p.gelezen)
}

type paginaset struct {
	*T
	*web.Site
}

func doelbalk(l toegang.Lezer) *web.Doelbalk {
	return &web.Doelbalk{Rol: l.Rol.Naam(), Doel: l.Doel.Omschrijving(), Grondslag: l.Grondslag.Artikel()}
}

type nieuwData struct {
	F            *web.Formulier
	Beoordeling  melding.Beoordeling
	Personen     []web.Optie
	Organisaties []web.Optie
	Keuze        []web.Optie
}

// beoordeling reads, under a decision, the zaak from which is asked.
func (p *paginaset) beoordeling(r *http.Request, s toegang.Sessie, id string) (b melding.Beoordeling, rustOp begrip.Verwijzing, err error) {
	l := s.Lezer(p.o.Organisatie, begrip.DoelBeoordelen, begrip.GrondWmo516, "")
	a, err := p.o.Inzage.Haal(r.Context(), p.o.Organisatie.OIN, melding.PadBeoordeling(id), l, nil, nil)
	if err != nil {
		return b, rustOp, err
	}
	b, err = inzage.Lees[melding.Beoordeling](a)
	return b, a.Herkomst, err
}

func (p *paginaset) nieuw(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	b, _, err := p.beoordeling(r, s, r.URL.Query().Get("beoordeling"))
	if err != nil {
		return err
	}
	p.toonNieuw(w, r, s, http.StatusOK, &web.Formulier{}, b) // whom and about whom is for a person to choose
	return nil
}

// kandidaten are the organisations one can ask: all with a node but oneself, of a
// kind that can be asked.
func (p *paginaset) kandidaten() []begrip.Organisatie {
	var uit []begrip.Organisatie
	for _, d := range p.o.Deelnemers() {
		if d.API != "" && d.OIN != p.o.Organisatie.OIN && slices.Contains(bevraagden, d.Soort) {
			uit = append(uit, d.Organisatie)
		}
	}
	return uit
}

func (p *paginaset) toonNieuw(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier, b melding.Beoordeling) {
	d := nieuwData{F: f, Beoordeling: b}
	for _, x := range b.Betrokkenen {
		d.Personen = append(d.Personen, web.Optie{Waarde: x.ID, Tekst: x.Naam.Voluit()})
	}
	for _, o := range p.kandidaten() {
		d.Organisaties = append(d.Organisaties, web.Optie{Waarde: string(o.OIN), Tekst: o.Naam})
	}
	l := s.Lezer(p.o.Organisatie, begrip.DoelBeoordelen, begrip.GrondWmo516, b.Zaak)
	p.Toon(w, r, status, "bekendheid-nieuw.html", web.Pagina{
		Titel: "Vraag wie het gezin kent", Actief: "/beoordelingen", Doel: doelbalk(l), Data: d,
		Kruimels: []web.Kruimel{{Tekst: "Mijn gezinnen", Pad: "/beoordelingen"}, {Tekst: b.Naam, Pad: "/beoordelingen/" + b.ID}, {Tekst: "Vraag wie het gezin kent"}},
	})
}

func (p *paginaset) vraagUit(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	b, op, err := p.beoordeling(r, s, f.Waarde("beoordeling"))
	if err != nil {
		return err
	}
	var personen []melding.Betrokkene
	for _, x := range b.Betrokkenen {
		if f.Heeft("personen", x.ID) {
			personen = append(personen, x)
		}
	}
	var aan []begrip.OIN
	for _, o := range f.Waarden["aan"] {
		if !slices.Contains(aan, begrip.OIN(o)) {
			aan = append(aan, begrip.OIN(o))
		}
	}
	err = p.Vraag(r.Context(), b.Zaak, begrip.DoelVTMelding, personen, aan, s.Lezer(p.o.Organisatie, begrip.DoelVTMelding, begrip.GrondWmo516, b.Zaak), op)
	if f.Neem(err, nil) {
		p.toonNieuw(w, r, s, http.StatusBadRequest, f, b)
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/beoordelingen/"+b.ID+"?gelukt=gevraagd", http.StatusSeeOther)
	return nil
}

// persoonVraag is a person with the questions about that person.
type persoonVraag struct {
	ID, Naam, Adres string
	Geboren         begrip.Geboortedatum
	Bekend          bool // to our own case system
	Onbewezen       bool // the proof is not about this person, or it could not be looked up
	Vragen          []vraagVeld
}

type vraagVeld struct{ Veld, Vraag, Waarde string }

type inkomendData struct {
	F        *web.Formulier
	O        opdracht.Opdracht
	Vrager   string
	Open     bool
	Personen []persoonVraag
	Kent     []web.Optie
	Stil     *web.BronStil
	Waarom   string
	Dicht    bool // something we have about these persons is withheld from somebody
}

func (p *paginaset) lezer(s toegang.Sessie, o opdracht.Opdracht) toegang.Lezer {
	return s.Lezer(p.o.Organisatie, begrip.DoelVTMelding, grond, o.Zaak)
}

// opent tells who may open a question in the Postvak.
func (t *T) opent(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool {
	return t.magLezen(ctx, o, (&paginaset{T: t}).lezer(s, o))
}

// magLezen tells whether l may read the question behind o. It asks the policy and
// looks at nothing.
func (t *T) magLezen(ctx context.Context, o opdracht.Opdracht, l toegang.Lezer) bool {
	l.Zaak = o.Zaak
	inhoud, err := begrip.Opslag(Verrijking{RedenVerzoek: begrip.DoelVTMelding, Vrager: o.Van, Bevraagde: begrip.InVerblijf(o.Aan), Zaak: o.Zaak})
	soorten := t.Functie().Soorten
	i := slices.IndexFunc(soorten, func(x inzage.Soort) bool { return x.Naam == soortVerzoek })
	return err == nil && i >= 0 && t.o.Inzage.ZouMogen(ctx, soorten[i], dossier.Record{Zaak: o.Zaak, Inhoud: inhoud}, o.Van, l)
}

func (p *paginaset) opdracht(r *http.Request) (opdracht.Opdracht, error) {
	o, err := p.o.Opdrachten.Lees(r.Context(), r.PathValue("id"))
	if err == nil && o.Soort != soortOpdracht {
		err = begrip.NieuweFout(begrip.NietGevonden, "Deze vraag is er niet.")
	}
	return o, err
}

func (p *paginaset) inkomend(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	o, err := p.opdracht(r)
	if err != nil {
		return err
	}
	v, _, err := p.lezen(r.Context(), o, p.lezer(s, o))
	if begrip.Is(err, begrip.BronAntwoordtNiet) {
		vrager, _ := p.o.Deelnemer(o.Van)
		p.toonInkomend(w, r, s, http.StatusBadGateway, inkomendData{F: &web.Formulier{}, O: o, Vrager: vrager.Naam, Stil: &web.BronStil{Organisatie: vrager.Naam, Opnieuw: r.URL.Path}})
		return nil
	}
	if err != nil {
		return err
	}
	gevonden, err := p.kennen(r.Context(), v)
	if err != nil {
		return err
	}
	gevonden, dicht, err := p.zonderDichte(r.Context(), v, gevonden)
	if err != nil {
		return err
	}
	f := &web.Formulier{}
	antwoorden, _ := uitRegistraties(v, gevonden)
	for _, a := range antwoorden {
		f.Zet(antwoordVeld(a.Persoon, a.Vraag), a.Antwoord)
	}
	d := p.inkomendData(r, f, o, v, gevonden)
	d.Dicht = dicht
	p.toonInkomend(w, r, s, http.StatusOK, d)
	return nil
}

// bewezen tells whom the proof behind the question is about. Doubt is no.
func (p *paginaset) bewezen(r *http.Request, o opdracht.Opdracht, v Verrijking) map[string]bool {
	uit, personen := map[string]bool{}, bsns(v.Personen())
	gedekt, err := p.o.Opdrachten.Gedekt(r.Context(), o, personen)
	if err != nil || !v.hoortBij(o) {
		return uit
	}
	for _, x := range v.Personen() {
		i := slices.Index(personen, x.Burgerservicenummer.BSN)
		uit[x.ID] = i >= 0 && gedekt[i]
	}
	return uit
}

func antwoordVeld(persoon, code string) string { return "antwoord-" + persoon + "-" + code }

func (p *paginaset) inkomendData(r *http.Request, f *web.Formulier, o opdracht.Opdracht, v Verrijking, gevonden map[string][]bekende) inkomendData {
	vrager, _ := p.o.Deelnemer(o.Van)
	bewezen := p.bewezen(r, o, v)
	d := inkomendData{F: f, O: o, Vrager: vrager.Naam, Open: !o.Staat.Eind(), Waarom: v.RedenVerzoek.Omschrijving(), Kent: []web.Optie{{Waarde: "ja", Tekst: "Ja"}, {Waarde: "nee", Tekst: "Nee"}}}
	for _, x := range v.Personen() {
		sa := x.Adres.Toon().StraatAdres
		pv := persoonVraag{ID: x.ID, Naam: x.Naam.Voluit(), Adres: strings.TrimSpace(sa.Postcode + " " + sa.Plaats), Bekend: len(gevonden[x.ID]) > 0, Onbewezen: !bewezen[x.ID], Geboren: x.Geboren()}
		for _, code := range v.VerrijkingsVraag {
			veld := antwoordVeld(x.ID, code)
			pv.Vragen = append(pv.Vragen, vraagVeld{veld, vraagTekst(code), f.Waarde(veld)})
		}
		d.Personen = append(d.Personen, pv)
	}
	return d
}

func (p *paginaset) toonInkomend(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, d inkomendData) {
	p.Toon(w, r, status, "bekendheid-inkomend.html", web.Pagina{
		Titel: "Kent u dit gezin?", Actief: "/postvak", Kruimels: []web.Kruimel{{Tekst: "Postvak", Pad: "/postvak"}, {Tekst: "Kent u dit gezin?"}}, Doel: doelbalk(p.lezer(s, d.O)), Data: d,
	})
}

// antwoord takes the professional's answer: known per person with answers, or
// a refusal with a reason.
func (p *paginaset) antwoord(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	o, err := p.opdracht(r)
	if err != nil {
		return err
	}
	v, vraag, err := p.lezen(r.Context(), o, p.lezer(s, o))
	if err != nil {
		return err
	}
	if f.Waarde("actie") == "weiger" {
		err = p.Weiger(r.Context(), o, v, f.Waarde("reden"), p.lezer(s, o))
	} else {
		err = p.beantwoordUit(r, f, o, v, vraag, s)
	}
	if f.Neem(err, nil) {
		gevonden, err := p.kennen(r.Context(), v)
		if err != nil {
			return err
		}
		p.toonInkomend(w, r, s, http.StatusBadRequest, p.inkomendData(r, f, o, v, gevonden))
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/postvak?gelukt=beantwoord", http.StatusSeeOther)
	return nil
}

func (p *paginaset) beantwoordUit(r *http.Request, f *web.Formulier, o opdracht.Opdracht, v Verrijking, vraag begrip.Verwijzing, s toegang.Sessie) error {
	c := &begrip.Controle{}
	ken, antwoorden := map[string]bool{}, []Antwoord{}
	for _, x := range v.Personen() {
		keuze := f.Waarde("kent-" + x.ID)
		c.Eis(keuze == "ja" || keuze == "nee", "kent-"+x.ID, "Kies of u %s kent.", x.Naam.Voluit())
		if keuze != "ja" {
			continue
		}
		ken[x.ID] = true
		for _, code := range v.VerrijkingsVraag {
			if a := f.Waarde(antwoordVeld(x.ID, code)); a != "" {
				c.Eis(len(a) <= 2000, antwoordVeld(x.ID, code), "Gebruik hoogstens 2000 tekens.")
				antwoorden = append(antwoorden, Antwoord{code, x.ID, a})
			}
		}
	}
	if err := c.Fout(); err != nil {
		return err
	}
	gevonden, err := p.kennen(r.Context(), v)
	if err != nil {
		return err
	}
	if gevonden, _, err = p.zonderDichte(r.Context(), v, gevonden); err != nil {
		return err
	}
	return p.Beantwoord(r.Context(), o, v, ken, antwoorden, begrip.InVerblijf(Contact{Naam: s.Naam, Functie: s.Rol.Naam()}), p.lezer(s, o), p.rustOp(vraag, gevonden, ken)...)
}

type gelezenData struct {
	Bron     string
	V        Verrijking
	Personen []persoonVraag
	Stil     *web.BronStil
}

// gelezen shows the answer of another organisation, read live at its source.
func (p *paginaset) gelezen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	o, err := p.opdracht(r)
	if err != nil {
		return err
	}
	if o.Antwoord == nil {
		return begrip.NieuweFout(begrip.NietGevonden, "Er is nog geen antwoord om te lezen.")
	}
	l := s.Lezer(p.o.Organisatie, begrip.DoelVTMelding, begrip.GrondWmo516, o.Zaak)
	bron, _ := p.o.Deelnemer(o.Antwoord.Bron)
	d, status := gelezenData{Bron: bron.Naam}, http.StatusOK
	a, err := p.o.Inzage.Haal(r.Context(), o.Antwoord.Bron, o.Antwoord.Pad, l, nil, nil)
	switch {
	case begrip.Is(err, begrip.BronAntwoordtNiet):
		d.Stil, status = &web.BronStil{Organisatie: bron.Naam, Opnieuw: r.URL.Path}, http.StatusBadGateway
	case err != nil:
		return err
	default:
		if d.V, err = inzage.Lees[Verrijking](a); err != nil {
			return err
		}
		d.Personen = d.V.antwoorden()
	}
	p.Toon(w, r, status, "bekendheid-antwoord.html", web.Pagina{
		Titel: "Antwoord van " + bron.Naam, Actief: "/beoordelingen", Kruimels: []web.Kruimel{{Tekst: "Mijn gezinnen", Pad: "/beoordelingen"}, {Tekst: bron.Naam}}, Doel: doelbalk(l), Data: d,
	})
	return nil
}

// antwoorden gives per person what was answered.
func (v *Verrijking) antwoorden() []persoonVraag {
	var uit []persoonVraag
	for _, x := range v.Personen() {
		pv := persoonVraag{ID: x.ID, Naam: x.Naam.Voluit()}
		for _, a := range v.VraagAntwoord {
			if a.Persoon == x.ID {
				pv.Vragen = append(pv.Vragen, vraagVeld{Vraag: vraagTekst(a.Vraag), Waarde: a.Antwoord})
			}
		}
		uit = append(uit, pv)
	}
	return uit
}
