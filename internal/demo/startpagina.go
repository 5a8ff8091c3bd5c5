package demo

import (
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/web"
)

//go:embed paginas talen
var paginas embed.FS

// rollen is what the start page shows: who one can be.
type rollen struct {
	Verhaal      []scene
	Gezinnen     []kaart
	Organisaties []kaart
	Ketenbord    string
}

type kaart struct {
	Naam, Stand string
	Mensen      []Persona
	Leden       []Lid  // of a family: what a visitor needs to fill in a melding
	Adres       string // where that family lives
}

// scene is one step of the story that a visitor can play.
type scene struct {
	Nummer            int
	Titel, Tekst, sub string
	Wie, Aanmelden    string // filled in from the list
}

// verhaalScenes is the story of the start page, about the family that nothing
// happened to yet.
func verhaalScenes() []scene {
	return []scene{
		{sub: "politie-noor", Titel: "De politie doet een melding", Tekst: "Noor was bij gezin Bakker. Zij maakt zich zorgen. De melding blijft bij de politie."},
		{sub: "vt-marieke", Titel: "Veilig Thuis leest de melding", Tekst: "Marieke leest de melding bij de politie zelf. Zij pakt die op. Dan vraagt zij wie het gezin kent."},
		{sub: "ggz-eva", Titel: "Organisaties antwoorden", Tekst: "De meeste antwoorden vanzelf, volgens een regel. Bij de GGZ beslist Eva zelf."},
		{sub: "vt-marieke", Titel: "Veilig Thuis besluit", Tekst: "Marieke leest de antwoorden en neemt een besluit. De politie krijgt bericht."},
		{sub: "kim", Titel: "De moeder kijkt mee", Tekst: "Kim ziet wat er gebeurt, wie er helpt en wie er in haar gegevens keek."},
		{sub: "gemeente-samira", Titel: "Het wijkteam schrijft op wat is afgesproken", Tekst: "Bij ‘Uitkomsten’ staat wat in een overleg over gezin De Wit is afgesproken. Noor van de politie en Eva van de GGZ vinden het in hun postvak: elk leest wat voor haar is."},
		{sub: "sanne", Titel: "Een moeder leest wat is afgesproken", Tekst: "Sanne leest het in gewone taal. Bovenaan staat wat er van haar wordt gevraagd. Haar man leest alleen wat over hem gaat."},
		{sub: "sanne", Titel: "Een moeder kiest zelf", Tekst: "Sanne ziet bij ‘Mijn keuzes’ wat de GGZ mag zien. Zij kan dat stoppen. Bij ‘Voor wie’ kijkt zij voor haar dochter Lotte."},
		{sub: "ria", Titel: "Oma kijkt mee, als Sanne dat wil", Tekst: "Sanne kan bij ‘Mijn keuzes’ haar moeder Ria laten meekijken. Pas dan ziet Ria iets, en alleen wat Sanne koos."},
		{sub: "mark", Titel: "Een vader ziet niet alles", Tekst: "Mark kijkt ook voor Lotte. Wat voor hem is afgeschermd, is er voor hem niet."},
		{sub: "politie-ada", Titel: "Spoed wordt nagekeken", Tekst: "Linda van de jeugdbescherming las met spoed een melding. Ada beoordeelt of dat terecht was."},
		{sub: "vt-administratie", Titel: "Niet iedereen mag kijken", Tekst: "Johan werkt ook bij Veilig Thuis. Zijn rol past niet, dus hij leest niets."},
	}
}

// startHandler is the start page with the simulator below /inloggen/.
func (d *Demo) startHandler(log *slog.Logger) (http.Handler, error) {
	site, err := web.New(web.Config{Ondertitel: "Demo", SnelWeg: "-", GeenHulp: true, Log: log})
	if err != nil {
		return nil, err
	}
	if site, err = site.Met(paginas); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	site.Routes(mux)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if !d.Gereed() {
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Refresh", "1")
			site.Toon(w, r, http.StatusServiceUnavailable, "wacht.html", web.Pagina{Titel: "De demo start"})
			return
		}
		site.Toon(w, r, http.StatusOK, "start.html", web.Pagina{Titel: "Kies wie u bent", Data: d.rollen()})
	})
	mux.HandleFunc("GET /demo.json", func(w http.ResponseWriter, r *http.Request) {
		if !d.Gereed() {
			w.Header().Set("Retry-After", "1")
			rest.WriteFout(w, r, begrip.NieuweFout(begrip.NietBeschikbaar, "De demo start nog."))
			return
		}
		rest.WriteJSON(w, http.StatusOK, d.Lijst())
	})
	pages, login := site.Handler(mux), d.simulator.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/inloggen/") {
			login.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	}), nil
}

func (d *Demo) rollen() rollen {
	uit := rollen{Ketenbord: d.KetenbordURL()}
	l := d.Lijst()
	bij, op := map[string][]Persona{}, map[string]Persona{}
	for _, p := range l.Personas {
		k := p.Organisatie + p.Gezin
		bij[k] = append(bij[k], p)
		op[p.Persoon] = p
	}
	for i, x := range verhaalScenes() {
		p := op[x.sub]
		x.Nummer, x.Wie, x.Aanmelden = i+1, strings.Fields(p.Naam)[0], p.Aanmelden
		uit.Verhaal = append(uit.Verhaal, x)
	}
	for _, g := range Gezinnen() {
		uit.Gezinnen = append(uit.Gezinnen, kaart{g.Naam, g.Stand, bij[g.Naam], slices.Concat(g.Leden, g.Naasten), fmt.Sprintf("%s %d, %s Voorbeeldstad", g.Straat, g.Huisnummer, g.Postcode)})
	}
	for _, o := range Deelnemers() {
		uit.Organisaties = append(uit.Organisaties, kaart{Naam: o.Naam, Mensen: bij[o.Naam]})
	}
	return uit
}
