package portal

import (
	"context"
	"net/http"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/web"
)

// zin is a sentence in the language of the page, or in Dutch when there is no
// translation; NL then says so, for who has the page read aloud.
type zin struct {
	T  string
	NL bool
}

// Leeg tells that there is nothing to show.
func (z zin) Leeg() bool { return z.T == "" }

// nl is a sentence that came in Dutch from a source.
func nl(r *http.Request, s string) zin {
	return zin{s, s != "" && web.TaalVan(r) != web.Nederlands}
}

// zin translates a Dutch source text and fills in {bron}, and of whom it is.
func (p *Portal) zin(r *http.Request, tekst, bron string) zin {
	t := p.site.T(r, tekst)
	wie, gegevens := p.aanspreking(r)
	vul := strings.NewReplacer("{bron}", bron, inzage.Wie, wie, inzage.Gegevens, gegevens)
	return zin{vul.Replace(t), t == tekst && tekst != "" && web.TaalVan(r) != web.Nederlands}
}

type voorSleutel struct{}

// voor lets the texts of the page say about whom they are.
func voor(r *http.Request, k kijker) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), voorSleutel{}, k.Voor))
}

// aanspreking gives what {wie} and {gegevens} become on this page: u, uw kind,
// or the name of who gave a mandate.
func (p *Portal) aanspreking(r *http.Request) (wie, gegevens string) {
	v, _ := r.Context().Value(voorSleutel{}).(*voorWie)
	switch {
	case v == nil:
		return p.site.T(r, web.Vertaalbaar("u")), p.site.T(r, web.Vertaalbaar("uw gegevens"))
	case v.Kind:
		return p.site.T(r, web.Vertaalbaar("uw kind")), p.site.T(r, web.Vertaalbaar("de gegevens van uw kind"))
	}
	return v.Naam, strings.ReplaceAll(p.site.T(r, web.Vertaalbaar("de gegevens van {naam}")), "{naam}", v.Naam)
}

var (
	onbekendeTekst = functie.Tekst{Titel: web.Vertaalbaar("Er is iets vastgelegd door {bron}")}
	stilleTekst    = functie.Tekst{Titel: web.Vertaalbaar("Er is iets vastgelegd"), Uitleg: web.Vertaalbaar("Wij mogen niet zeggen door wie.")}
	stilleMelding  = functie.Tekst{Titel: web.Vertaalbaar("Iemand heeft zorgen gemeld"), Uitleg: web.Vertaalbaar("Wij mogen niet zeggen wie.")}
	stilGelezen    = functie.Tekst{Titel: web.Vertaalbaar("De melding is gelezen"), Uitleg: web.Vertaalbaar("Meer mogen wij hier niet over zeggen.")}
	meerAntwoord   = functie.Tekst{Titel: web.Vertaalbaar("Organisaties gaven antwoord"), Uitleg: web.Vertaalbaar("Zij lieten weten of zij {wie} kennen.")}
	eenOrganisatie = web.Vertaalbaar("een organisatie")
)

// tekst gives what the family reads about an event. A shielded one never gets
// a text with a source in it.
func (p *Portal) tekst(r *http.Request, g gebeurtenis, naam string) (titel, uitleg zin) {
	if g.Afgeschermd {
		t := stilleTekst
		switch g.Type {
		case typeGeregistreerd:
			t = stilleMelding
		case typeGelezen:
			t = stilGelezen
		}
		return p.zin(r, t.Titel, ""), p.zin(r, t.Uitleg, "")
	}
	t, ok := p.teksten[g.Type]
	if !ok {
		t = onbekendeTekst
	}
	if naam == "" {
		naam = p.site.T(r, eenOrganisatie)
	}
	titel = p.zin(r, t.Titel, naam)
	titel.T = hoofdletter(titel.T)
	return titel, p.zin(r, t.Uitleg, naam)
}

func hoofdletter(s string) string {
	if s == "" {
		return s
	}
	rs := []rune(s)
	return strings.ToUpper(string(rs[0])) + string(rs[1:])
}

// soortTekst says what a kind of organisation is and does, for who never heard
// of it.
type soortTekst struct{ Naam, Doet, Telefoon string }

var soortTeksten = map[begrip.OrganisatieSoort]soortTekst{
	begrip.Politie:     {web.Vertaalbaar("Politie"), web.Vertaalbaar("De politie helpt bij gevaar. Zij kan zorgen melden bij Veilig Thuis."), ""},
	begrip.VeiligThuis: {web.Vertaalbaar("Advies- en meldpunt"), web.Vertaalbaar("Veilig Thuis bekijkt meldingen. Zij kijken of iedereen thuis veilig is."), "0800 2000"},
	begrip.Gemeente:    {web.Vertaalbaar("Gemeente"), web.Vertaalbaar("De gemeente regelt hulp dicht bij huis."), ""},
	begrip.RvdK:        {web.Vertaalbaar("Raad voor de Kinderbescherming"), web.Vertaalbaar("De Raad onderzoekt of een kind bescherming nodig heeft."), ""},
	begrip.GI:          {web.Vertaalbaar("Jeugdbescherming"), web.Vertaalbaar("Jeugdbescherming begeleidt gezinnen na een besluit van de rechter."), ""},
	begrip.ZVH:         {web.Vertaalbaar("Zorg- en veiligheidshuis"), web.Vertaalbaar("Deze organisatie laat zorg, politie en gemeente samenwerken."), ""},
	begrip.GGZ:         {web.Vertaalbaar("Geestelijke gezondheidszorg"), web.Vertaalbaar("De ggz helpt mensen met psychische klachten."), ""},
	begrip.Jeugdhulp:   {web.Vertaalbaar("Jeugdhulp"), web.Vertaalbaar("Jeugdhulp helpt kinderen en ouders."), ""},
	begrip.School:      {web.Vertaalbaar("School"), web.Vertaalbaar("De school let op hoe het met uw kind gaat."), ""},
}
