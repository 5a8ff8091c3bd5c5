package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// keekKort is how many looks stand on the overview.
const keekKort = 5

// overzicht is the page of who is signed in.
type overzicht struct {
	Naam    string
	Jongere bool
	Voor    *voorWie // for whom this person looks; nil is for itself
	Weigert []weigering
	// Wie and Gegevens say of whom the page is: u and uw gegevens, or of another.
	Wie, Gegevens string
	Spoed         inzage.Oordeel // somebody looked on noodtoegang, and what was found of it; empty: nobody
	Nu            nuKaart
	Stappen       []stap
	Stil          []string // organisations that did not answer
	beeld
	Bel        *belTegel
	Personen   []persoon
	Zijdelings []string
	Straks     []punt
	Gebeurd    []punt
	Delen      []bronDelen
	Gevraagd   []gevraagd
	Keek       web.Tabel
	KeekMeer   int
	KeekHeel   bool
}

// nuKaart says what happens now.
type nuKaart struct {
	Titel, Tekst zin
	Uiterlijk    *time.Time
	TeLaat       bool
	Wie          string
	Contact      *inzage.Contact
}

// belTegel leads to whom to call.
type belTegel struct{ Wie, Telefoon string }

// gevraagd is what an organisation asks of who reads.
type gevraagd struct {
	Van string
	inzage.Vraag
}

// bronDelen is what one organisation tells.
type bronDelen struct {
	Naam  string
	Delen []inzage.Deel
}

// punt is one point of the timeline.
type punt struct {
	Op            time.Time
	Icoon         string
	Titel, Uitleg zin
	Wie           string
	Keer          int
	TeLaat        bool
}

func (p *Portal) toonOverzicht(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	k := p.kijker(r, s)
	r = voor(r, k)
	b := p.haal(r.Context(), k)
	d := overzicht{Naam: voornaam(s.Naam), Jongere: s.Rol == begrip.RolJongere && k.Voor == nil, Voor: k.Voor, beeld: b, Weigert: b.weigert()}
	d.Wie, d.Gegevens = p.aanspreking(r)
	d.Spoed = spoed(b.inkijken())
	for _, x := range b.Bronnen {
		if x.Stil {
			d.Stil = append(d.Stil, x.Naam)
		}
		if len(x.Beeld.Delen) > 0 {
			delen := slices.Clone(x.Beeld.Delen)
			slices.SortStableFunc(delen, func(a, b inzage.Deel) int { return b.Tijdstip.Compare(a.Tijdstip) })
			d.Delen = append(d.Delen, bronDelen{x.Naam, delen})
			for _, deel := range delen {
				for _, v := range deel.Gevraagd {
					d.Gevraagd = append(d.Gevraagd, gevraagd{x.Naam, v})
				}
			}
		}
	}
	slices.SortStableFunc(d.Delen, func(a, b bronDelen) int { return b.Delen[0].Tijdstip.Compare(a.Delen[0].Tijdstip) })
	l := nieuwste(b.Gebeurtenissen)
	d.Stappen = l.stappen()
	if k.Voor != nil {
		noemAnder(d.Stappen, *k.Voor)
	}
	d.Nu = p.nu(r, b, l)
	if d.Jongere && len(b.Gebeurtenissen) == 0 && len(d.Delen) == 0 && b.heel() {
		d.Nu.Tekst = p.zin(r, web.Vertaalbaar("Wij vonden niets over u. Bent u jonger dan 12? Dan kijkt uw ouder of voogd voor u. Weet een organisatie niet hoe oud u bent? Dan laat die niets zien. Bel die organisatie."), "")
	}
	d.Straks, d.Gebeurd = p.straks(r, b), p.gebeurd(r, b)
	d.Personen, d.Zijdelings = p.personen(r, b, l)
	d.Bel = bel(b, d.Nu)
	inkijken := b.inkijken()
	d.Keek, d.KeekHeel = p.tabel(inkijken[:min(keekKort, len(inkijken))]), b.heel()
	d.KeekMeer = len(inkijken)
	p.site.Toon(w, r, http.StatusOK, "overzicht.html", web.Pagina{Titel: web.Vertaalbaar("Overzicht"), Breed: true, Data: d})
}

// spoed gives the state of noodtoegang that the family must know of first: what is
// not judged yet, then what was not right.
func spoed(ks []inzage.Inkijk) inzage.Oordeel {
	for _, o := range []inzage.Oordeel{inzage.OordeelOpen, inzage.OordeelNiet, inzage.OordeelTerecht} {
		if slices.ContainsFunc(ks, func(k inzage.Inkijk) bool {
			return k.Nood && (k.Oordeel == o || k.Oordeel == "" && o == inzage.OordeelOpen)
		}) {
			return o
		}
	}
	return ""
}

// voornaam is how the page greets.
func voornaam(naam string) string {
	v, _, _ := strings.Cut(strings.TrimSpace(naam), " ")
	return v
}

// heel tells that everything that was asked, answered.
func (b *beeld) heel() bool {
	return !b.HubStil && !b.HubKeekStil && !b.Onvolledig && !b.GeenRegister && !slices.ContainsFunc(b.Bronnen, func(x bron) bool { return x.Stil })
}

// aanZet tells whether what this organisation says may stand on top of the page: in the
// course of a melding it is who took it up or decided on it; without one, whoever did
// something of which the Ketenindex knows. An answer alone puts nobody there.
func (b *beeld) aanZet(l loop, oin begrip.OIN) bool {
	for _, typ := range []string{typeOpgepakt, typeUitkomst} {
		if g := l[typ]; g != nil && g.Bron == oin {
			return true
		}
	}
	return len(l) == 0 && b.deed(oin)
}

// nu finds what the family should read first: the newest part with a term that
// still runs, else the newest outcome, else how far the melding is.
func (p *Portal) nu(r *http.Request, b beeld, l loop) nuKaart {
	var open, klaar *inzage.Deel
	var vanOpen bron
	delen := false
	for _, x := range b.Bronnen {
		for i := range x.Beeld.Delen {
			d := &x.Beeld.Delen[i]
			delen = true
			if !d.Klaar && d.Uiterlijk != nil && b.aanZet(l, x.OIN) && (open == nil || d.Tijdstip.After(open.Tijdstip)) {
				open, vanOpen = d, x
			}
			if u := l[typeUitkomst]; u != nil && x.OIN == u.Bron && d.Klaar && (klaar == nil || d.Tijdstip.After(klaar.Tijdstip)) {
				klaar = d
			}
		}
	}
	if open != nil {
		return nuKaart{Titel: nl(r, open.Titel), Tekst: nl(r, open.Tekst), Uiterlijk: open.Uiterlijk,
			TeLaat: open.Uiterlijk.Before(p.cfg.Nu()), Wie: vanOpen.Naam, Contact: open.Contact}
	}
	if klaar != nil {
		return nuKaart{Titel: nl(r, klaar.Titel), Tekst: nl(r, klaar.Tekst), Wie: b.namen[l[typeUitkomst].Bron], Contact: klaar.Contact}
	}
	vast := func(titel, tekst string) nuKaart {
		return nuKaart{Titel: p.zin(r, titel, ""), Tekst: p.zin(r, tekst, "")}
	}
	for _, typ := range []string{typeUitkomst, typeGeweigerd, typeOpgepakt} {
		if g := l[typ]; g != nil {
			titel, tekst := p.tekst(r, *g, b.namen[g.Bron])
			return nuKaart{Titel: titel, Tekst: tekst, Wie: b.namen[g.Bron]}
		}
	}
	switch {
	case len(l) > 0:
		return vast(web.Vertaalbaar("Er is een melding gedaan"), web.Vertaalbaar("Een organisatie gaat de melding bekijken. U hoeft nu niets te doen."))
	case !b.heel():
		return vast(web.Vertaalbaar("Wij kunnen nu niet alles zien"), web.Vertaalbaar("Niet iedereen gaf antwoord. Probeer het straks opnieuw."))
	case delen || len(b.Gebeurtenissen) > 0:
		return vast(web.Vertaalbaar("U hoeft nu niets te doen"), web.Vertaalbaar("Er loopt geen melding. Hieronder ziet u wat organisaties over {wie} weten."))
	}
	return vast(web.Vertaalbaar("U hoeft nu niets te doen"), web.Vertaalbaar("Wij vonden geen meldingen en geen andere gegevens over {wie}."))
}

// straks are the terms that still run, the first one first.
func (p *Portal) straks(r *http.Request, b beeld) []punt {
	var uit []punt
	for _, x := range b.Bronnen {
		for _, d := range x.Beeld.Delen {
			if !d.Klaar && d.Uiterlijk != nil {
				uit = append(uit, punt{Op: *d.Uiterlijk, Icoon: "calendar-event", Titel: p.zin(r, web.Vertaalbaar("U hoort meer van {bron}"), x.Naam), Uitleg: nl(r, d.Titel+"."), TeLaat: d.Uiterlijk.Before(p.cfg.Nu())})
			}
		}
	}
	slices.SortStableFunc(uit, func(a, b punt) int { return a.Op.Compare(b.Op) })
	return uit
}

// gebeurd is the timeline; the same thing by the same organisation on one day
// stands once, with how often, and answers to one question stand together.
func (p *Portal) gebeurd(r *http.Request, b beeld) []punt {
	var uit []punt
	eerder, namen := map[string]int{}, map[int][]string{}
	for _, g := range b.Gebeurtenissen {
		naam := b.namen[g.Bron]
		titel, uitleg := p.tekst(r, g, naam)
		if gelezen(g.Type) {
			naam = "" // whose record it was says nothing about who read it
		}
		sleutel := strings.Join([]string{g.Op.In(web.Zone).Format(time.DateOnly), g.Type, titel.T}, "|")
		samen := g.Type == cloudevent.BekendheidVerstrekt && !g.Afgeschermd && naam != ""
		if samen {
			sleutel = g.Op.In(web.Zone).Format(time.DateOnly) + "|" + g.Type
		}
		i, ok := eerder[sleutel]
		if !ok || g.Type == typeGeregistreerd {
			i = len(uit)
			eerder[sleutel] = i
			uit = append(uit, punt{Op: g.Op, Titel: titel, Uitleg: uitleg, Wie: naam, Icoon: icoon(g.Type)})
		}
		uit[i].Keer++
		if samen && !slices.Contains(namen[i], naam) {
			namen[i] = append(namen[i], naam)
		}
	}
	for i, ns := range namen {
		if len(ns) < 2 {
			continue
		}
		slices.Sort(ns)
		uit[i].Titel, uit[i].Uitleg = p.zin(r, meerAntwoord.Titel, ""), p.zin(r, meerAntwoord.Uitleg, "")
		uit[i].Wie, uit[i].Keer = strings.Join(ns, "; "), len(ns)
	}
	return uit
}

func icoon(typ string) string {
	switch {
	case gelezen(typ):
		return "eye"
	case typ == typeGeregistreerd:
		return "flag"
	case typ == typeUitkomst:
		return "gavel"
	case strings.Contains(typ, "bekendheid"):
		return "users"
	}
	return "file-text"
}

// gelezen tells that an event is about someone looking.
func gelezen(typ string) bool { return strings.HasSuffix(typ, "-ingezien") }

// bel gives whom to call about what happens now.
func bel(b beeld, nu nuKaart) *belTegel {
	if nu.Contact != nil && nu.Contact.Telefoon != "" {
		return &belTegel{nu.Wie, nu.Contact.Telefoon}
	}
	for _, x := range b.Bronnen {
		if x.Naam == nu.Wie && soortTeksten[x.Soort].Telefoon != "" {
			return &belTegel{x.Naam, soortTeksten[x.Soort].Telefoon}
		}
	}
	return nil
}
