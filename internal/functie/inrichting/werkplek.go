package inrichting

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
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
	w.NavVoor(web.NavItem{Titel: web.Vertaalbaar("Waarborgen"), Pad: "/waarborgen", Icoon: "lock", Nieuw: true, AantalTekst: web.Vertaalbaar("nog nakijken")}, toezicht, p.aantal)
	w.NavVoor(web.NavItem{Titel: web.Vertaalbaar("Noodtoegang"), Pad: "/noodtoegang", Icoon: "alert-triangle", Groep: web.Vertaalbaar("Bij direct gevaar")}, magNood, nil)
	w.NavVoor(web.NavItem{Titel: web.Vertaalbaar("Signalen"), Pad: "/signalen", Icoon: "eye", Nieuw: true, AantalTekst: web.Vertaalbaar("nog nakijken")}, toezicht, p.aantalSignalen)
	w.Pagina("GET /signalen", p.alleen(p.signalen))
	w.Pagina("POST /signalen/{id}", p.alleen(p.beoordeel))
	w.Pagina("GET /waarborgen", p.alleen(p.waarborgen))
	w.Pagina("POST /waarborgen/noodtoegang/{id}", p.alleen(p.zieNa))
	w.Pagina("POST /waarborgen/noodtoegang/{id}/opheffen", p.alleen(p.hefStop))
	w.Pagina("POST /waarborgen/afscherming/{id}", p.alleen(p.herzie))
	w.Pagina("GET /waarborgen/afschermen", p.afschermen)
	w.Pagina("POST /waarborgen/afschermen", p.schermAf)
	w.Pagina("GET /postvak/afscherming/{id}", p.afgeschermd)
	w.Pagina("POST /postvak/afscherming/{id}", p.verwerkt)
	w.Nav(web.NavItem{Titel: web.Vertaalbaar("Afspraken"), Pad: "/afspraken", Icoon: "file-text"}, nil)
	w.Pagina("GET /afspraken", p.afspraken)
	w.Pagina("GET /afspraken/{naam}", p.afspraak)
	w.Pagina("GET /wie-kan", p.wieKan)
	w.Pagina("GET /wat-kon", p.watKon)
	w.Pagina("POST /wat-kon", p.watKonToen)
	w.BijWeigering(func(s toegang.Sessie, x toegang.Weigering) string {
		if !magNood(s) {
			return ""
		}
		return "/noodtoegang?" + url.Values{"bron": {string(x.Bron)}, "verwijzing": {x.Pad}}.Encode()
	})
	w.PaginaSterk("GET /noodtoegang", p.nood)
	w.PaginaSterk("POST /noodtoegang", p.noodLees)
}

type paginaset struct {
	*T
	*web.Site
}

type pagina = func(http.ResponseWriter, *http.Request, toegang.Sessie) error

// toezicht tells who watches over the safeguards.
func toezicht(s toegang.Sessie) bool { return s.Rol == begrip.RolPrivacy || s.Rol == begrip.RolAuditor }

// alleen lets only those through.
func (p *paginaset) alleen(f pagina) pagina {
	return func(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
		if !toezicht(s) || r.Method == http.MethodPost && s.Rol != begrip.RolPrivacy {
			return begrip.NieuweFout(begrip.Verboden, "Alleen de privacyfunctionaris kan dit.")
		}
		return f(w, r, s)
	}
}

func (p *paginaset) aantal(r *http.Request, _ toegang.Sessie) int {
	t, err := p.o.Waarborgen.Taken(r.Context())
	if err != nil {
		return 0 // the page itself tells what is wrong
	}
	return len(t.Nood) + len(t.Herzien)
}

type waarborgenData struct {
	waarborg.Taken
	F       *web.Formulier
	Oordeel []web.Optie
	Mag     bool // may judge: the auditor only reads
	p       *paginaset
}

// Organisatie names who looked; Gegeven what it looked at.
func (d waarborgenData) Organisatie(oin begrip.OIN) string {
	o, ok := d.p.o.Deelnemer(oin)
	if !ok {
		return "Een organisatie die niet meer meedoet"
	}
	return o.Naam
}

// Gegeven names a record.
func (d waarborgenData) Gegeven(o waarborg.Onderwerp) string { return d.p.o.Inzage.Titel(o.Soort) }

func (p *paginaset) toonWaarborgen(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier, b *web.Alert) error {
	t, err := p.o.Waarborgen.Taken(r.Context())
	if err != nil {
		return err
	}
	p.Toon(w, r, status, "waarborgen.html", web.Pagina{
		Titel: "Waarborgen", Bericht: b, Data: waarborgenData{Taken: t, F: f, Mag: s.Rol == begrip.RolPrivacy, p: p,
			Oordeel: []web.Optie{{Waarde: "ja", Tekst: "Dit was terecht"}, {Waarde: "nee", Tekst: "Dit was niet terecht"}}},
	})
	return nil
}

var gelukt = map[string]*web.Alert{
	"nagezien":  {Soort: "ok", Titel: web.Vertaalbaar("Uw oordeel is opgeslagen.")},
	"weer-open": {Soort: "ok", Titel: web.Vertaalbaar("Deze persoon kan weer noodtoegang gebruiken.")},
	"verlengd":  {Soort: "ok", Titel: web.Vertaalbaar("De afscherming loopt door.")},
	"gestopt":   {Soort: "ok", Titel: web.Vertaalbaar("De afscherming is opgeheven.")},
	"dicht":     {Soort: "ok", Titel: web.Vertaalbaar("Dit gegeven is nu afgeschermd.")},
}

func (p *paginaset) waarborgen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	return p.toonWaarborgen(w, r, s, http.StatusOK, &web.Formulier{}, gelukt[r.URL.Query().Get("gelukt")])
}

// zieNa takes the judgement on a use of noodtoegang; not by who used it.
func (p *paginaset) zieNa(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	veld := "toelichting-" + id
	terecht := f.Waarde("terecht-" + id)
	f.Eis(terecht == "ja" || terecht == "nee", "terecht-"+id, "Kies of dit terecht was.")
	if f.Goed() {
		err = p.o.Waarborgen.ZieNa(r.Context(), id, waarborg.Oordeel{Terecht: terecht == "ja", Toelichting: f.Waarde(veld)}, p.toezicht(s))
	}
	if f.Neem(err, map[string]string{"toelichting": veld}) || !f.Goed() {
		return p.toonWaarborgen(w, r, s, http.StatusBadRequest, f, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/waarborgen?gelukt=nagezien", http.StatusSeeOther)
	return nil
}

// hefStop lets who used noodtoegang without good reason use it again.
func (p *paginaset) hefStop(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	veld := "opheffen-" + id
	err = p.o.Waarborgen.HefStop(r.Context(), id, f.Waarde(veld), p.toezicht(s))
	if f.Neem(err, map[string]string{"reden": veld}) {
		return p.toonWaarborgen(w, r, s, http.StatusBadRequest, f, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/waarborgen?gelukt=weer-open", http.StatusSeeOther)
	return nil
}

// toezicht is the privacy officer as who judges.
func (p *paginaset) toezicht(s toegang.Sessie) toegang.Lezer {
	return s.Lezer(p.o.Organisatie, begrip.DoelToezicht, begrip.GrondAvg24, "")
}

// herzie extends an afscherming or ends it, after a person looked again.
func (p *paginaset) herzie(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	id, wat := r.PathValue("id"), "gestopt"
	toelichting := f.Waarde("toelichting-" + id)
	switch f.Waarde("actie") {
	case "verleng":
		wat = "verlengd"
		err = p.o.Waarborgen.Verleng(r.Context(), id, time.Now().AddDate(0, 3, 0), toelichting, s.Naam)
	case "stop":
		_, err = p.o.Waarborgen.Beeindig(r.Context(), waarborg.SoortAfscherming, id, toelichting, s.Naam)
	default: // in doubt it stays withheld
		err = begrip.NieuweFout(begrip.Ongeldig, "Kies of u de afscherming verlengt of stopt.")
	}
	if f.Neem(err, map[string]string{"toelichting": "toelichting-" + id, "reden": "toelichting-" + id}) {
		return p.toonWaarborgen(w, r, s, http.StatusBadRequest, f, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/waarborgen?gelukt="+wat, http.StatusSeeOther)
	return nil
}

type afschermData struct {
	F         *web.Formulier
	Soort, ID string
	Titel     string
	Redenen   []web.Optie
	Tegen     []web.Optie
	inzage.Gevolgen
}

// betrokkenen gives whom a record of ours is about to who may withhold it: who may
// read it now at its source, or the privacy officer. It decides first on which way,
// and looks once on that; with toon false the page shows nothing of it and it does not
// look at all. Who may not read it on any way tries to, and that is logged.
func (p *paginaset) betrokkenen(r *http.Request, s toegang.Sessie, soort, id string, toon bool) ([]begrip.Betrokkene, error) {
	k, ok := p.o.Inzage.VanSoort(soort)
	if !ok {
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Dit bestaat hier niet.")
	}
	if s.Rol != begrip.RolPrivacy {
		var wegen []toegang.Lezer
		for _, w := range []struct {
			doel  begrip.Doel
			grond begrip.Grondslag
		}{{begrip.DoelBeoordelen, begrip.GrondWmo516}, {begrip.DoelEigenMelding, begrip.GrondUb417}, {begrip.DoelEigenMelding, "WGS-ZVH"}, {begrip.DoelVTMelding, begrip.GrondWmo526}} {
			wegen = append(wegen, s.Lezer(p.o.Organisatie, w.doel, w.grond, ""))
		}
		l, mag, err := p.o.Inzage.EersteWeg(r.Context(), k, id, wegen)
		if err != nil {
			return nil, err
		}
		if !mag {
			l = wegen[0]
		}
		if toon || !mag {
			if _, err := p.o.Inzage.Geef(r.Context(), k, id, l, nil, time.Time{}); err != nil {
				return nil, err
			}
		}
	}
	return p.o.Inzage.Betrokkenen(r.Context(), soort, id)
}

func (p *paginaset) toonAfschermen(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier, bs []begrip.Betrokkene) error {
	k, _ := p.o.Inzage.VanSoort(f.Waarde("soort"))
	g, err := p.o.Inzage.Gevolgen(r.Context(), s.Lezer(p.o.Organisatie, begrip.DoelToezicht, begrip.GrondAvg24, ""), k, f.Waarde("id"))
	if err != nil {
		return err
	}
	d := afschermData{F: f, Gevolgen: g, Soort: f.Waarde("soort"), ID: f.Waarde("id"), Titel: p.o.Inzage.Titel(f.Waarde("soort"))}
	for _, x := range waarborg.AfschermRedenen() {
		d.Redenen = append(d.Redenen, web.Optie{Waarde: string(x), Tekst: hoofd(x.Naam()), Uitleg: x.Artikel()})
	}
	for i, b := range bs {
		d.Tegen = append(d.Tegen, web.Optie{Waarde: strconv.Itoa(i), Tekst: b.Naam.Voluit(), Uitleg: b.Rol})
	}
	p.Toon(w, r, status, "afschermen.html", web.Pagina{Titel: "Scherm dit af", Data: d})
	return nil
}

func (p *paginaset) afschermen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	q := r.URL.Query()
	bs, err := p.betrokkenen(r, s, q.Get("soort"), q.Get("id"), true)
	if err != nil {
		return err
	}
	f := (&web.Formulier{}).Zet("soort", q.Get("soort")).Zet("id", q.Get("id")).Zet("herzienOp", begrip.Dag(time.Now().AddDate(0, 3, 0)))
	return p.toonAfschermen(w, r, s, http.StatusOK, f, bs)
}

func (p *paginaset) schermAf(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	bs, err := p.betrokkenen(r, s, f.Waarde("soort"), f.Waarde("id"), false)
	if err != nil {
		return err
	}
	a := &waarborg.Afscherming{
		Onderwerp: waarborg.Onderwerp{Soort: f.Waarde("soort"), ID: f.Waarde("id")}, Reden: waarborg.AfschermReden(f.Waarde("reden")),
		Toelichting: f.Waarde("toelichting"), Geraadpleegd: f.Waarde("geraadpleegdeCollega"),
	}
	a.HerzienOp, _ = time.ParseInLocation(time.DateOnly, f.Waarde("herzienOp"), web.Zone) // the zero time is refused
	for i, b := range bs {
		if f.Heeft("tegen", strconv.Itoa(i)) {
			a.Tegen = append(a.Tegen, b.Burgerservicenummer)
		}
	}
	err = p.o.Waarborgen.Maak(r.Context(), waarborg.SoortAfscherming, a, s.Naam)
	if f.Neem(err, nil) {
		return p.toonAfschermen(w, r, s, http.StatusBadRequest, f, bs)
	}
	if err != nil {
		return err
	}
	pad := "/postvak?gelukt=afgeschermd"
	if toezicht(s) {
		pad = "/waarborgen?gelukt=dicht"
	}
	http.Redirect(w, r, pad, http.StatusSeeOther)
	return nil
}
