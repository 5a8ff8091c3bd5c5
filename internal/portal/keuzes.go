package portal

import (
	"crypto/hmac"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// keuze is one thing the person said yes to, with who keeps it.
type keuze struct {
	waarborg.Keuze
	Bron string // names the source to us, in a form; to nobody else, also who hides there
	Van  string // name of the organisation that keeps it
}

// Namen are who may see it, as one text.
func (k keuze) Namen() string { return strings.Join(k.Wie, ", ") }

// plicht is why organisations look because the law says so, and which did.
type plicht struct {
	Waarom, Grondslag string
	Wie               []string
}

// Namen are the organisations, as one text.
func (x plicht) Namen() string { return strings.Join(x.Wie, ", ") }

type keuzesData struct {
	Nu, Gestopt []keuze
	Wet         []plicht
	Stil        []string
	Twijfel     bool
	Heel        bool
}

// toonKeuzes shows what the person who is signed in said yes to, and what goes
// on without asking. It is always about that person: nobody decides here for
// another.
func (p *Portal) toonKeuzes(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	b := p.haal(r.Context(), kijker{Sessie: s})
	d := keuzesData{Heel: b.heel(), Twijfel: b.Twijfel}
	for _, x := range b.Bronnen {
		if x.Stil {
			d.Stil = append(d.Stil, x.Naam)
		}
		for _, k := range x.Beeld.Keuzes {
			if k.Gestopt != nil {
				d.Gestopt = append(d.Gestopt, keuze{k, p.bronSleutel(s.BSN, x.OIN), x.Naam})
			} else {
				d.Nu = append(d.Nu, keuze{k, p.bronSleutel(s.BSN, x.OIN), x.Naam})
			}
		}
	}
	for _, k := range b.inkijken() {
		if !k.Toegestaan || k.Nood || k.Grondslag == "" || k.Grondslag == begrip.GrondAvg61a.Artikel() {
			continue
		}
		i := slices.IndexFunc(d.Wet, func(x plicht) bool { return x.Waarom == k.Waarom && x.Grondslag == k.Grondslag })
		if i < 0 {
			i = len(d.Wet)
			d.Wet = append(d.Wet, plicht{Waarom: k.Waarom, Grondslag: k.Grondslag})
		}
		if !slices.Contains(d.Wet[i].Wie, k.Organisatie) {
			d.Wet[i].Wie = append(d.Wet[i].Wie, k.Organisatie)
		}
	}
	pg := web.Pagina{Titel: web.Vertaalbaar("Mijn keuzes"), Breed: true, Data: d}
	switch r.URL.Query().Get("gelukt") {
	case "gestopt":
		pg.Bericht = &web.Alert{Soort: "ok", Titel: web.Vertaalbaar("Gelukt. Dit is gestopt."), Tekst: web.Vertaalbaar("Vanaf nu mag de ander dit niet meer zien.")}
		if d.nogEen(r.URL.Query().Get("id")) {
			pg.Bericht.Tekst = web.Vertaalbaar("U zei ook op een andere manier ja tegen deze persoon of organisatie. Dat geldt nog. U ziet het hieronder.")
		}
	case "nee":
		pg.Bericht = &web.Alert{Soort: "fout", Titel: web.Vertaalbaar("Het stoppen is niet gelukt."), Tekst: web.Vertaalbaar("De organisatie gaf geen antwoord. Probeer het straks opnieuw, of bel de organisatie.")}
	}
	p.site.Toon(w, r, http.StatusOK, "mijn-keuzes.html", pg)
}

// nogEen tells that who lost what stopped under this id still has something else
// here that the person said yes to.
func (d *keuzesData) nogEen(id string) bool {
	i := slices.IndexFunc(d.Gestopt, func(k keuze) bool { return k.ID == id })
	return i >= 0 && slices.ContainsFunc(d.Nu, func(k keuze) bool {
		return slices.ContainsFunc(k.Wie, func(w string) bool { return slices.Contains(d.Gestopt[i].Wie, w) })
	})
}

var nummerVorm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

var intrekPad = map[string]string{"toestemming": "/v1/toestemmingen/", "vertegenwoordiging": "/v1/vertegenwoordigingen/"}

// stop asks the source to end what the person said yes to.
func (p *Portal) stop(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		p.site.Fout(w, r, err)
		return
	}
	pad, id, bron := intrekPad[f.Waarde("soort")], f.Waarde("id"), f.Waarde("bron")
	nodes := p.register.bronnen()
	i := slices.IndexFunc(nodes, func(d functie.Deelnemer) bool { return hmac.Equal([]byte(p.bronSleutel(s.BSN, d.OIN)), []byte(bron)) })
	if pad == "" || !nummerVorm.MatchString(id) || i < 0 {
		p.site.Fout(w, r, begrip.NieuweFout(begrip.NietGevonden, "Deze keuze bestaat niet meer."))
		return
	}
	_, k, err := p.bij(r.Context(), kijker{Sessie: s}, nodes[i], pad+id+"/intrekkingen", struct{}{})
	gelukt := "gestopt&id=" + id
	if err != nil || k.status != http.StatusNoContent {
		gelukt = "nee"
		p.cfg.Log.WarnContext(r.Context(), "een bron stopt een toestemming niet", "bron", nodes[i].OIN, "status", k.status)
	}
	http.Redirect(w, r, "/mijn-keuzes?gelukt="+gelukt, http.StatusSeeOther)
}
