// Package ketenbord is the chain manager's pages: how the chain is doing, who
// takes part, what is offered. It reads an open hub and changes nothing.
//
// It promises: no personal data is on any page, so they need no sign-in; put
// them on an address that only operators reach. What is wrong stands on top, in
// words and with an icon, never in colour alone; every page works without
// script.
package ketenbord

import (
	"cmp"
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/beheer"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/web"
)

//go:embed paginas talen
var bronnen embed.FS

// Config says what the pages are of.
type Config struct {
	Bord         func(vanaf, nu time.Time) (beheer.Bord, error)           // Hub.Bord
	Geschiedenis func(vanaf time.Time, n int) ([]beheer.Wijziging, error) // Hub.Geschiedenis
	Log          *slog.Logger
	Nu           func() time.Time // default time.Now
}

type bord struct {
	cfg  Config
	site *web.Site
}

// Nieuw makes the pages.
func Nieuw(cfg Config) (http.Handler, error) {
	if cfg.Nu == nil {
		cfg.Nu = time.Now
	}
	site, err := web.New(web.Config{Ondertitel: "Ketenbeheer", Werkplek: true, SnelWeg: "-", GeenHulp: true, Log: cfg.Log, Nu: cfg.Nu, Nav: []web.NavItem{
		{Titel: "Gezondheid", Pad: "/", Icoon: "timeline"},
		{Titel: "Deelnemers", Pad: "/deelnemers", Icoon: "users"},
		{Titel: "Diensten en API's", Pad: "/diensten", Icoon: "file-text"},
		{Titel: "Geschiedenis", Pad: "/geschiedenis", Icoon: "list"},
	}})
	if err != nil {
		return nil, err
	}
	if site, err = site.Met(bronnen); err != nil {
		return nil, err
	}
	b := &bord{cfg, site}
	mux := http.NewServeMux()
	site.Routes(mux)
	mux.HandleFunc("GET /{$}", site.Handel(b.gezondheid))
	mux.HandleFunc("GET /deelnemers", site.Handel(b.deelnemers))
	mux.HandleFunc("GET /diensten", site.Handel(b.diensten))
	mux.HandleFunc("GET /geschiedenis", site.Handel(b.geschiedenis))
	return site.Handler(mux), nil
}

// dagen is how many days of history the page shows.
const dagen = 90

// regel is one party on the page of health.
type regel struct {
	Naam    string
	Label   web.Label
	Sinds   time.Time
	Reden   string
	LetOp   string
	Balken  []balk
	Procent string // of all looks in the period that were good; empty: none yet
	mis     bool
}

// balk is one day of history, as the drawing wants it.
type balk struct {
	X, Y, Hoog int
	Kleur      string
}

// melding is a failure or maintenance on the page.
type melding struct {
	register.Storing
	Naam  string
	Label web.Label
}

func (b *bord) gezondheid(w http.ResponseWriter, r *http.Request) error {
	nu := b.cfg.Nu()
	begin := nu.In(web.Zone).AddDate(0, 0, 1-dagen)
	begin = time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, web.Zone)
	h, err := b.cfg.Bord(begin, nu)
	if err != nil {
		return err
	}
	namen := map[begrip.OIN]string{h.Keten.OIN: "Ketenindex"}
	volg := []begrip.OIN{h.Keten.OIN}
	for _, d := range h.Deelnemers {
		if d.OIN == h.Keten.OIN {
			continue
		}
		namen[d.OIN] = d.Naam
		if d.API != "" {
			volg = append(volg, d.OIN)
		}
	}
	var data struct {
		Nu        time.Time
		Oordeel   web.Alert
		Regels    []regel
		Meldingen []melding
		Hub       web.Tabel
		Dagen     int
	}
	data.Nu, data.Dagen = nu, dagen
	mis := 0
	for _, oin := range volg {
		x := partij(h, oin, namen[oin], begin)
		if x.mis {
			mis++
		}
		data.Regels = append(data.Regels, x)
	}
	slices.SortStableFunc(data.Regels, func(a, c regel) int { return eerst(a.mis) - eerst(c.mis) })
	switch {
	case !h.Hub.Gereed:
		data.Oordeel = web.Alert{Soort: "fout", Titel: "De Ketenindex werkt nu niet goed.", Tekst: "Gebeurtenissen komen later aan. Kijk hieronder wat er mis is."}
	case mis == 1:
		data.Oordeel = web.Alert{Soort: "fout", Titel: "Eén systeem antwoordt niet.", Tekst: "Hieronder staat welk systeem en sinds wanneer."}
	case mis > 1:
		data.Oordeel = web.Alert{Soort: "fout", Titel: b.site.T(r, "%d systemen antwoorden niet.", mis), Tekst: "Hieronder staat welke systemen en sinds wanneer."}
	default:
		data.Oordeel = web.Alert{Soort: "ok", Titel: "Alles werkt.", Tekst: "Elk systeem dat wij konden bereiken is gereed."}
	}
	for _, s := range h.Storingen {
		m := melding{Storing: s, Naam: namen[s.Over], Label: web.Label{Soort: "wacht", Tekst: "Onderhoud", Icoon: "clock"}}
		if s.Soort == "storing" {
			m.Label = web.Label{Soort: "fout", Tekst: "Storing", Icoon: "alert-circle"}
		}
		data.Meldingen = append(data.Meldingen, m)
	}
	slices.SortFunc(data.Meldingen, func(a, c melding) int { return a.Vanaf.Compare(c.Vanaf) })
	data.Hub = web.Tabel{Onderschrift: "Hoe het met de Ketenindex gaat", Kop: []string{"Onderdeel", "Stand"}, Rijen: [][]web.Cel{
		{{Tekst: "Vastleggen in het log"}, {Label: stand(h.Hub.Log)}},
		{{Tekst: "Vindbaar maken"}, {Label: stand(h.Hub.Projectie), Bij: b.site.T(r, "%d blokken achter", int(h.Hub.Achterstand))}},
		{{Tekst: "Wachtrij"}, {Tekst: b.site.T(r, "%d milliseconden", int(h.Hub.WachtrijMillisec))}},
	}}
	b.site.Toon(w, r, http.StatusOK, "gezondheid.html", web.Pagina{Titel: "Gezondheid van de keten", Breed: true, Data: data})
	return nil
}

func eerst(mis bool) int {
	if mis {
		return 0
	}
	return 1
}

func stand(s string) *web.Label {
	if s == "OK" {
		return &web.Label{Soort: "ok", Tekst: "Werkt", Icoon: "circle-check"}
	}
	return &web.Label{Soort: "fout", Tekst: s, Icoon: "alert-circle"}
}

// partij makes the line of one party: its state now and a bar for each day.
func partij(h beheer.Bord, oin begrip.OIN, naam string, begin time.Time) regel {
	x := regel{Naam: naam, Label: web.Label{Tekst: "Nog niet bekeken", Icoon: "clock"}}
	if s, ok := h.Staten[oin]; ok {
		x.Sinds, x.Reden, x.LetOp, x.mis = s.Sinds, s.Reden, h.LetOp[oin], !s.Goed
		x.Label = web.Label{Soort: "ok", Tekst: "Werkt", Icoon: "circle-check"}
		if !s.Goed {
			x.Label = web.Label{Soort: "fout", Tekst: "Werkt niet", Icoon: "alert-circle"}
		}
	}
	var goed, alle [dagen]float64
	var som, totaal float64
	for _, m := range h.Metingen {
		if !slices.Contains(m.Wie, oin) {
			continue
		}
		dag := dagNummer(begin, m.Begin)
		if dag < 0 || dag >= dagen {
			continue
		}
		deel := 1.0
		if f, ok := m.Mis[oin]; ok && f.Totaal > 0 {
			deel = 1 - float64(f.Fout)/float64(f.Totaal)
		}
		goed[dag] += deel
		alle[dag]++
		som += deel
		totaal++
	}
	const hoog = 32
	for i := range dagen {
		k := balk{X: 4 * i, Y: hoog - 2, Hoog: 2, Kleur: "#8a94a1"} // not looked at
		if alle[i] > 0 {
			deel := goed[i] / alle[i]
			k.Hoog, k.Kleur = max(4, int(deel*hoog)), "#1e7a46"
			if deel < 1 {
				k.Hoog, k.Kleur = min(k.Hoog, hoog-6), "#b3261e"
			}
			k.Y = hoog - k.Hoog
		}
		x.Balken = append(x.Balken, k)
	}
	if totaal > 0 {
		x.Procent = strings.Replace(fmt.Sprintf("%.1f", 100*som/totaal), ".", ",", 1)
	}
	return x
}

// dagNummer is how many days of the calendar t is after begin.
func dagNummer(begin, t time.Time) int {
	t = t.In(web.Zone)
	d := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	v := time.Date(begin.Year(), begin.Month(), begin.Day(), 12, 0, 0, 0, time.UTC)
	return int(d.Sub(v) / (24 * time.Hour))
}

var soortNaam = map[begrip.OrganisatieSoort]string{
	begrip.Politie: "Politie", begrip.VeiligThuis: "Veilig Thuis", begrip.Gemeente: "Gemeente", begrip.RvdK: "Raad voor de Kinderbescherming",
	begrip.GI: "Gecertificeerde instelling", begrip.ZVH: "Zorg- en Veiligheidshuis", begrip.GGZ: "GGZ", begrip.Burgerportaal: "Burgerportaal",
	begrip.Ketenbeheerder: "Ketenbeheerder", begrip.Jeugdhulp: "Jeugdhulp", begrip.School: "School", begrip.Overig: "Andere organisatie",
}

// vissen is which organisations asked the Ketenindex about more people than it
// answers; about whom, and who asked, is for that organisation.
func vissen(lijst []kijk.Vissen) web.Tabel {
	t := web.Tabel{Onderschrift: "Wie naar te veel mensen vroeg", Kop: []string{"Organisatie", "Hoe vaak in de laatste week", "Voor het laatst"}}
	for _, v := range lijst {
		t.Rijen = append(t.Rijen, []web.Cel{{Tekst: v.Naam, Bij: string(v.OIN)}, {Tekst: fmt.Sprint(v.Aantal)}, {Op: v.Laatst}})
	}
	return t
}

func (b *bord) deelnemers(w http.ResponseWriter, r *http.Request) error {
	h, err := b.cfg.Bord(b.cfg.Nu(), b.cfg.Nu())
	if err != nil {
		return err
	}
	t := web.Tabel{Onderschrift: "Wie meedoen", Kop: []string{"Organisatie", "Soort", "Techniek", "Privacy", "Servicedesk"}}
	for _, d := range h.Deelnemers {
		t.Rijen = append(t.Rijen, []web.Cel{{Tekst: d.Naam, Bij: string(d.OIN)}, {Tekst: soortNaam[d.Soort]}, punt(d.Contact.Techniek), punt(d.Contact.Privacy), punt(d.Contact.Servicedesk)})
	}
	b.site.Toon(w, r, http.StatusOK, "deelnemers.html", web.Pagina{Titel: "Deelnemers", Breed: true, Data: struct{ Wie, Vissen web.Tabel }{t, vissen(h.Vissen)}})
	return nil
}

func punt(p register.Contactpunt) web.Cel {
	if p == (register.Contactpunt{}) {
		return web.Cel{Tekst: "Niet opgegeven"}
	}
	c := web.Cel{Bij: p.Telefoon}
	if p.Email != "" {
		c.Link = &web.Link{Tekst: p.Email, Pad: "mailto:" + p.Email}
	}
	return c
}

func (b *bord) diensten(w http.ResponseWriter, r *http.Request) error {
	h, err := b.cfg.Bord(b.cfg.Nu(), b.cfg.Nu())
	if err != nil {
		return err
	}
	namen := namenVan(h)
	var data struct {
		Diensten, APIs web.Tabel
	}
	data.Diensten = web.Tabel{Onderschrift: "Diensten", Kop: []string{"Dienst", "Wat het is", "Voor wie", "Wie mag aanvragen", "Voorwaarden", "Aanvragen"}}
	for _, d := range h.Diensten {
		wacht := b.site.T(r, "Wachttijd niet bekend")
		if d.Wachtdagen != nil {
			wacht = b.site.T(r, "Wachttijd %d dagen", *d.Wachtdagen)
		}
		var wie []string
		for _, s := range d.WieMogen {
			wie = append(wie, b.site.T(r, soortNaam[s]))
		}
		data.Diensten.Rijen = append(data.Diensten.Rijen, []web.Cel{
			{Tekst: d.Naam, Bij: namen[d.Aanbieder]}, {Tekst: d.Omschrijving}, {Tekst: d.Doelgroep, Bij: d.Regio},
			{Tekst: cmp.Or(strings.Join(wie, ", "), "Iedereen, ook gezinnen")}, {Tekst: cmp.Or(d.Voorwaarden, "Geen")}, {Tekst: d.HoeAanvragen, Bij: wacht},
		})
	}
	data.APIs = web.Tabel{Onderschrift: "API's", Kop: []string{"API", "Versie", "Status", "Beschrijving"}}
	for _, a := range h.APIs {
		data.APIs.Rijen = append(data.APIs.Rijen, []web.Cel{{Tekst: a.Naam, Bij: namen[a.Deelnemer]}, {Tekst: a.Versie}, {Tekst: apiStatus[a.Status]}, {Link: &web.Link{Tekst: "OpenAPI", Extra: a.Naam, Pad: a.OpenAPI}, Bij: a.OpenAPI}})
	}
	b.site.Toon(w, r, http.StatusOK, "diensten.html", web.Pagina{Titel: "Diensten en API's", Breed: true, Data: data})
	return nil
}

var apiStatus = map[string]string{"in-voorbereiding": "In voorbereiding", "in-gebruik": "In gebruik", "wordt-afgebouwd": "Wordt afgebouwd"}

func namenVan(h beheer.Bord) map[begrip.OIN]string {
	namen := map[begrip.OIN]string{h.Keten.OIN: h.Keten.Naam}
	for _, d := range h.Deelnemers {
		namen[d.OIN] = d.Naam
	}
	return namen
}

// regels is how many changes the history shows.
const regels = 200

func (b *bord) geschiedenis(w http.ResponseWriter, r *http.Request) error {
	nu := b.cfg.Nu()
	h, err := b.cfg.Bord(nu, nu)
	if err != nil {
		return err
	}
	lijst, err := b.cfg.Geschiedenis(nu.AddDate(0, 0, -dagen), regels)
	if err != nil {
		return err
	}
	namen := namenVan(h)
	t := web.Tabel{Onderschrift: "Wat er veranderde in de registers", Kop: []string{"Wanneer", "Wat er gebeurde", "Van wie", "Wie het doorgaf"}}
	for _, x := range lijst {
		wat := web.Cel{Tekst: wijzigingNaam[x.Type], Bij: x.Wat}
		if x.Type == cloudevent.GezondheidVeranderd {
			wat.Label = &web.Label{Soort: "fout", Tekst: "Werkt niet", Icoon: "alert-circle"}
			if wat.Bij = x.Reden; x.Goed {
				wat.Label = &web.Label{Soort: "ok", Tekst: "Werkt", Icoon: "circle-check"}
			}
		}
		wie := namen[x.Over]
		switch {
		case x.Type == cloudevent.GezondheidVeranderd && x.Over == h.Keten.OIN:
			wie = "Ketenindex"
		case wie == "": // it left
			wie = cmp.Or(x.Wat, string(x.Over))
		}
		t.Rijen = append(t.Rijen, []web.Cel{{Op: x.Moment}, wat, {Tekst: wie}, {Tekst: cmp.Or(namen[x.Door], string(x.Door))}})
	}
	b.site.Toon(w, r, http.StatusOK, "geschiedenis.html", web.Pagina{Titel: "Geschiedenis", Breed: true, Data: struct {
		Tabel web.Tabel
		Dagen int
	}{t, dagen}})
	return nil
}

// wijzigingNaam says in words what an event of a register tells.
var wijzigingNaam = map[string]string{
	cloudevent.DeelnemerToegetreden: "Doet mee", cloudevent.DeelnemerGewijzigd: "Gegevens gewijzigd", cloudevent.DeelnemerVertrokken: "Doet niet meer mee",
	cloudevent.DienstAangeboden: "Nieuwe dienst", cloudevent.DienstGewijzigd: "Dienst gewijzigd", cloudevent.DienstVervallen: "Dienst gestopt",
	cloudevent.APIAangemeld: "Nieuwe API", cloudevent.APIGewijzigd: "API gewijzigd", cloudevent.APIVervallen: "API gestopt",
	cloudevent.StoringGemeld: "Storing of onderhoud gemeld", cloudevent.StoringBijgewerkt: "Meer bekend over een storing of onderhoud", cloudevent.StoringVoorbij: "Storing of onderhoud voorbij",
}
