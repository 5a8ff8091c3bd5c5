// Package werkplek is what every professional's workspace has, whatever the
// functies of the node: the Postvak with the Opdrachten of other organisations
// and "Mijn logboek", where a professional sees what others see of him: each
// time he looked, at what and why. Pages about one Opdracht belong to the
// functie, at /postvak/{soort}/{id}.
package werkplek

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

//go:embed *.html en.json
var paginas embed.FS

// maxLog is how many lines of the log are searched for one's own.
const maxLog = 1000

// Config is what the workspace shows. All fields are needed.
type Config struct {
	Opdrachten *opdracht.Opdrachten
	Dossier    *dossier.Store
	Titel      func(soort string) string   // kind of Opdracht in words
	Naam       func(oin begrip.OIN) string // name of a deelnemer
	Nu         func() time.Time            // default time.Now
	Functies   func(w *web.Werk)           // registers the pages between Postvak and logboek; may be nil
	// Opent tells whether this professional may open an Opdracht; nil: every one.
	Opent func(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool
	Wek   func() // wakes the deliverer after messages are offered again; may be nil
}

type werkplek struct {
	Config
	site *web.Site
}

// Registreer adds the pages to w: /, /postvak and /logboek.
func Registreer(w *web.Werk, cfg Config) error {
	site, err := w.Met(paginas)
	if err != nil {
		return err
	}
	if cfg.Nu == nil {
		cfg.Nu = time.Now
	}
	p := &werkplek{cfg, site}
	w.Nav(web.NavItem{Titel: web.Vertaalbaar("Postvak"), Pad: "/postvak", Icoon: "inbox", Nieuw: true, AantalTekst: web.Vertaalbaar("nieuw")}, p.aantalNieuw)
	if cfg.Functies != nil {
		cfg.Functies(w)
	}
	w.Nav(web.NavItem{Titel: web.Vertaalbaar("Mijn logboek"), Pad: "/logboek", Icoon: "eye", Groep: web.Vertaalbaar("Over mij")}, nil)
	w.Pagina("GET /{$}", func(rw http.ResponseWriter, r *http.Request, _ toegang.Sessie) error {
		http.Redirect(rw, r, "/postvak", http.StatusSeeOther)
		return nil
	})
	w.Pagina("GET /postvak", p.postvak)
	w.Pagina("POST /postvak/opnieuw", p.opnieuw)
	w.Pagina("GET /logboek", p.logboek)
	return nil
}

// opent tells whether the Postvak leads s on to o.
func (p *werkplek) opent(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool {
	return p.Opent == nil || p.Opent(ctx, s, o)
}

// aantalNieuw counts what nobody has taken up yet and s may open. A failing count shows no
// number; the page itself tells what is wrong.
func (p *werkplek) aantalNieuw(r *http.Request, s toegang.Sessie) int {
	alle, err := p.Opdrachten.Postvak(r.Context())
	if err != nil {
		return 0
	}
	n := 0
	for _, o := range alle {
		if o.Staat == opdracht.Aangeboden && p.opent(r.Context(), s, o) {
			n++
		}
	}
	return n
}

// rij is one Opdracht in the Postvak.
type rij struct {
	opdracht.Opdracht
	Titel, Afzender, Pad string
	Label                web.Label
	Termijn              *termijn
	Eerst                bool // the one to start with
}

// termijn is how long there is left.
type termijn struct {
	Op       time.Time
	TeLaat   bool
	Dringend bool
}

var staatLabels = map[opdracht.Staat]web.Label{
	opdracht.Aangeboden:   {Soort: "info", Tekst: web.Vertaalbaar("Nieuw")},
	opdracht.Geaccepteerd: {Soort: "wacht", Tekst: web.Vertaalbaar("Opgepakt")},
	opdracht.InUitvoering: {Soort: "wacht", Tekst: web.Vertaalbaar("Bezig")},
	opdracht.Uitgevoerd:   {Soort: "ok", Tekst: web.Vertaalbaar("Klaar"), Icoon: "check"},
	opdracht.Geweigerd:    {Tekst: web.Vertaalbaar("Geweigerd")},
	opdracht.Mislukt:      {Soort: "fout", Tekst: web.Vertaalbaar("Mislukt")},
	opdracht.Ingetrokken:  {Tekst: web.Vertaalbaar("Ingetrokken")},
}

func (p *werkplek) postvak(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	alle, err := p.Opdrachten.Postvak(r.Context())
	if err != nil {
		return err
	}
	var d struct {
		Open, Klaar []rij
		Mislukt     int // messages that a receiver refused; see opnieuw
	}
	mislukt, err := p.Dossier.Mislukte(r.Context(), maxLog)
	if err != nil {
		return err
	}
	d.Mislukt = len(mislukt)
	eerst := false
	for _, o := range alle {
		x := rij{Opdracht: o, Titel: p.Titel(o.Soort), Afzender: p.Naam(o.Van), Pad: "/postvak/" + o.Soort + "/" + o.ID, Label: staatLabels[o.Staat]}
		if !p.opent(r.Context(), s, o) {
			x.Pad = "" // no way in that ends in "mocht niet" on the family's page
		}
		if o.Staat.Eind() {
			d.Klaar = append(d.Klaar, x)
			continue
		}
		if o.UiterlijkOp != nil {
			over := o.UiterlijkOp.Sub(p.Nu())
			x.Termijn = &termijn{Op: *o.UiterlijkOp, TeLaat: over < 0, Dringend: over < 48*time.Hour}
		}
		if x.Eerst = !eerst && x.Pad != ""; x.Eerst {
			eerst = true
		}
		d.Open = append(d.Open, x)
	}
	p.site.Toon(w, r, http.StatusOK, "postvak.html", web.Pagina{Titel: "Postvak", Data: d, Bericht: gelukt[r.URL.Query().Get("gelukt")]})
	return nil
}

// gelukt tells, after the way back from another page, what was done there.
var gelukt = map[string]*web.Alert{
	"geweigerd":   {Soort: "ok", Titel: web.Vertaalbaar("De melding is teruggegeven."), Tekst: web.Vertaalbaar("De melder leest waarom.")},
	"beantwoord":  {Soort: "ok", Titel: web.Vertaalbaar("Uw antwoord is verstuurd.")},
	"afgeschermd": {Soort: "ok", Titel: web.Vertaalbaar("Dit gegeven is nu afgeschermd.")},
	"verwerkt":    {Soort: "ok", Titel: web.Vertaalbaar("U hebt dit nagekeken.")},
	"aangeboden":  {Soort: "ok", Titel: web.Vertaalbaar("De berichten worden opnieuw verstuurd.")},
}

// opnieuw offers every refused message again, once its cause is mended.
func (p *werkplek) opnieuw(w http.ResponseWriter, r *http.Request, _ toegang.Sessie) error {
	mislukt, err := p.Dossier.Mislukte(r.Context(), maxLog)
	if err != nil {
		return err
	}
	gehad := map[string]bool{}
	for _, m := range mislukt {
		if gehad[m.Bestemming] {
			continue
		}
		gehad[m.Bestemming] = true
		if err := p.Dossier.HerbiedAlles(r.Context(), m.Bestemming); err != nil && !begrip.Is(err, begrip.Conflict) {
			return err
		}
	}
	if p.Wek != nil {
		p.Wek()
	}
	http.Redirect(w, r, "/postvak?gelukt=aangeboden", http.StatusSeeOther)
	return nil
}

var niveauTekst = map[begrip.Niveau]string{
	begrip.NiveauBestaan: web.Vertaalbaar("Alleen dat er iets is"),
	begrip.NiveauProces:  web.Vertaalbaar("Wie en wanneer, geen inhoud"),
	begrip.NiveauInhoud:  web.Vertaalbaar("De inhoud"),
}

// perBlad is how many lines of the own log stand on one page.
const perBlad = 100

// logboek shows the professional's own looks only, page after page: those of
// colleagues are for the auditor. A look at another source is one row: what came of
// it, or that nothing is known yet.
func (p *werkplek) logboek(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	voor, _ := strconv.ParseInt(r.URL.Query().Get("voor"), 10, 64)
	if s.Persoon == "" {
		voor = 1 // nobody's
	}
	regels, err := p.Dossier.LogVanLezer(r.Context(), s.OIN, s.Persoon, voor, perBlad+1)
	if err != nil {
		return err
	}
	d := logboek{Tabel: web.Tabel{Onderschrift: web.Vertaalbaar("Wanneer u keek, nieuwste eerst"), Kop: []string{
		web.Vertaalbaar("Wanneer"), web.Vertaalbaar("Waar u keek"), web.Vertaalbaar("Wat u zag"), web.Vertaalbaar("Waarom"), web.Vertaalbaar("Mocht het?")}}}
	if len(regels) > perBlad {
		regels = regels[:perBlad]
		d.Ouder = regels[perBlad-1].Nr
	}
	vervolgd := map[string]bool{}
	for _, l := range regels { // newest first: what came of a look stands before it
		vervolgd[l.Vervolg] = true
		if !vervolgd[l.ID] {
			d.Tabel.Rijen = append(d.Tabel.Rijen, p.logrij(l.Logregel))
		}
	}
	p.site.Toon(w, r, http.StatusOK, "logboek.html", web.Pagina{Titel: "Mijn logboek", Data: d})
	return nil
}

type logboek struct {
	Tabel web.Tabel
	Ouder int64 // where the page with older looks begins; 0: there are none
}

func (p *werkplek) logrij(l dossier.Logregel) []web.Cel {
	besluit := web.Cel{Label: &web.Label{Soort: "ok", Tekst: web.Vertaalbaar("Ja"), Icoon: "check"}}
	zag := niveauTekst[l.Niveau]
	if len(l.Lijst) > 0 && l.Niveau < begrip.NiveauInhoud {
		zag = web.Vertaalbaar("In een lijst, geen inhoud")
	}
	if !l.Toegestaan {
		besluit.Label = &web.Label{Soort: "fout", Tekst: web.Vertaalbaar("Nee")}
		zag = web.Vertaalbaar("Niets")
		if len(l.Redenen) > 0 {
			besluit.Bij = l.Redenen[0].Tekst
		}
	}
	return []web.Cel{
		{Op: l.Tijdstip}, {Tekst: p.Naam(l.Bron), Bij: p.Titel(l.Soort)}, {Tekst: zag},
		{Tekst: l.Doel.Omschrijving(), Bij: l.Grondslag.Artikel()}, besluit,
	}
}
