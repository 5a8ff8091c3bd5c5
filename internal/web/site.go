package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

//go:embed sjablonen
var eigenFS embed.FS

// Config says what one site (portal, werkplek, start page) is. Only Naam is needed.
type Config struct {
	Naam       string           // beside the mark, "Samen Onder Handbereik" when empty
	Ondertitel string           // below it, such as the organisation
	Thuis      string           // where the mark leads, "/" when empty
	Werkplek   bool             // professional density and frame
	Nav        []NavItem        // the menu when Kader gives none
	SnelWeg    string           // neutral page of the quick exit; "-" hides it; default for families only
	Aanmelden  string           // path of the sign-in page, for the error page
	Bron       string           // address of the source code
	Telefoon   string           // number in the help block
	FormActies []string         // extra origins a form may lead to, such as the identity provider's
	Log        *slog.Logger     // default slog.Default()
	Nu         func() time.Time // default time.Now
	Kader      func(r *http.Request) Kader
	GeenHulp   bool // leave the help block out of the footer
}

// NavItem is an entry of the menu.
type NavItem struct {
	Titel, Pad, Icoon string
	Groep             string // heading above the item in the rail of the werkplek
	Aantal            int    // shown when above zero
	Nieuw             bool   // the number asks for attention
	AantalTekst       string // what the number counts, for screen readers
	Actief            bool   // set by Toon
}

// Kader is what surrounds a page for this person.
type Kader struct {
	Wie, Bij string    // name and organisation of who signed in
	Nav      []NavItem // replaces Config.Nav
	Afmelden string    // path the sign-out form posts to
}

// Kruimel is a step of the path to this page.
type Kruimel struct{ Tekst, Pad string }

// Pagina is one page to show. Titel and the texts of the other parts are Dutch
// source texts and are translated when a translation exists.
type Pagina struct {
	Titel    string
	Actief   string // path of the menu item this page belongs to; default the request's path
	Kruimels []Kruimel
	Doel     *Doelbalk // as what and why a professional looks; always visible
	Bericht  *Alert    // the outcome of what was just done
	Live     string    // path of server-sent events that announce news
	Breed    bool      // no maximum width of reading
	Data     any       // the dot of the template
}

// Site shows pages. It is safe for concurrent use after set-up.
type Site struct {
	cfg     Config
	bronnen []fs.FS // what its templates and texts come from
	wb      *woordenboek
	talen   map[Taal]*template.Template
	bescher *http.CrossOriginProtection
	csp     string
}

// New makes a site with the shared components only; see Met.
func New(cfg Config) (*Site, error) {
	if cfg.Naam == "" {
		cfg.Naam = "Samen Onder Handbereik"
	}
	if cfg.Thuis == "" {
		cfg.Thuis = "/"
	}
	if cfg.SnelWeg == "" && !cfg.Werkplek {
		cfg.SnelWeg = "https://www.knmi.nl/nederland-nu/weer/verwachtingen"
	}
	if cfg.Bron == "" {
		cfg.Bron = "https://github.com/handbereik/soh"
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Nu == nil {
		cfg.Nu = time.Now
	}
	acties := cfg.FormActies
	if u, err := url.Parse(cfg.SnelWeg); err == nil && u.Host != "" {
		acties = append(slices.Clone(acties), u.Scheme+"://"+u.Host) // the quick exit is a form that ends there
	}
	s := &Site{cfg: cfg, csp: beleid(acties), bescher: http.NewCrossOriginProtection()}
	s.bescher.AddInsecureBypassPattern(PadSnelWeg) // it never shows an error; see SnelWeg
	s.bescher.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Fout(w, r, begrip.NieuweFout(begrip.Verboden, "Dit formulier komt van een andere website. Open de pagina opnieuw en probeer het nog eens."))
	}))
	s.bronnen = []fs.FS{eigenFS}
	if err := s.laad(s.bronnen...); err != nil {
		return nil, err
	}
	return s, nil
}

// PadSnelWeg is where the quick exit posts to.
const PadSnelWeg = "/afmelden/snel"

// SnelWeg is the quick exit: it lets beeindig end the session and leads to the
// neutral page, whatever happened before. It never shows an error. Asked for by
// another site, or with a link, it ends nothing and only leads away.
func (s *Site) SnelWeg(beeindig http.HandlerFunc) http.HandlerFunc {
	zelfde := http.NewCrossOriginProtection()
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if r.Method == http.MethodPost && zelfde.Check(r) == nil {
			beeindig(w, r)
			VergeetTaal(w, r)
		}
		http.Redirect(w, r, s.cfg.SnelWeg, http.StatusSeeOther)
	}
}

// Met gives the same site with the templates (*.html, by base name) and
// catalogues (en.json) of each of bronnen added. The receiver does not change, so callers
// cannot see each other's templates.
func (s *Site) Met(bronnen ...fs.FS) (*Site, error) {
	n := *s
	n.bronnen = append(slices.Clone(s.bronnen), bronnen...)
	return &n, n.laad(n.bronnen...)
}

func (s *Site) laad(bronnen ...fs.FS) error {
	s.wb = nieuwWoordenboek()
	for _, b := range bronnen {
		if err := s.wb.lees(b); err != nil {
			return fmt.Errorf("web: catalogus: %w", err)
		}
	}
	s.talen = map[Taal]*template.Template{}
	for _, taal := range Talen {
		t := template.New("").Funcs(s.functies(taal)).Option("missingkey=error")
		for _, b := range bronnen {
			if err := leesSjablonen(t, b); err != nil {
				return err
			}
		}
		s.talen[taal] = t
	}
	return nil
}

func leesSjablonen(t *template.Template, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".html" {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		if _, err := t.New(path.Base(p)).Parse(string(b)); err != nil {
			return fmt.Errorf("web: sjabloon %s: %w", p, err)
		}
		return nil
	})
}

// functies are the functions of every template, bound to a language.
func (s *Site) functies(taal Taal) template.FuncMap {
	wb := s.wb
	return template.FuncMap{
		"t":  func(tekst string, args ...any) string { return wb.t(taal, tekst, args...) },
		"tn": func(een, meer string, n int, args ...any) string { return wb.tn(taal, een, meer, n, args...) },
		"tx": func(tekst string, args ...any) template.HTML { return wb.tx(taal, tekst, args...) },

		"datum":       func(d time.Time) template.HTML { return tijdElement(d, taal.Datum(d)) },
		"geboren":     taal.Geboortedatum,
		"dag":         func(d time.Time) template.HTML { return tijdElement(d, taal.Dag(d, s.cfg.Nu())) },
		"tijd":        func(d time.Time) template.HTML { return tijdElement(d, taal.Tijd(d)) },
		"wanneer":     func(d time.Time) template.HTML { return tijdElement(d, taal.Wanneer(d, s.cfg.Nu())) },
		"Wanneer":     func(d time.Time) template.HTML { return tijdElement(d, hoofdletter(taal.Wanneer(d, s.cfg.Nu()))) },
		"Dag":         func(d time.Time) template.HTML { return tijdElement(d, hoofdletter(taal.Dag(d, s.cfg.Nu()))) },
		"nummer":      func(i int) int { return i + 1 },
		"maandkort":   taal.MaandKort,
		"dagnummer":   func(d time.Time) int { return d.In(Zone).Day() },
		"dagentot":    func(d time.Time) int { return dagenTussen(s.cfg.Nu(), d) },
		"hoofdletter": hoofdletter,

		"asset": AssetPad, "icon": icoon, "veld": NieuwVeld, "persoon": NieuwePersoon, "veldid": VeldID, "letters": Letters,
		"taal":  func() string { return string(taal) },
		"args":  func(a ...any) []any { return a },
		"dict":  dict,
		"alert": func(soort, titel, tekst string) Alert { return Alert{Soort: soort, Titel: titel, Tekst: tekst} },
		"label": func(soort, tekst string) Label { return Label{Soort: soort, Tekst: tekst} },
		"leeg":  func(icoon, titel, tekst string) Leeg { return Leeg{Icoon: icoon, Titel: titel, Tekst: tekst} },
		"stil": func(organisatie, opnieuw string) BronStil {
			return BronStil{Organisatie: organisatie, Opnieuw: opnieuw}
		},
	}
}

// dict makes a map of pairs, to give a component more than one value.
func dict(paren ...any) (map[string]any, error) {
	if len(paren)%2 != 0 {
		return nil, fmt.Errorf("dict: een sleutel mist een waarde")
	}
	m := make(map[string]any, len(paren)/2)
	for i := 0; i < len(paren); i += 2 {
		k, ok := paren[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: een sleutel is geen tekst")
		}
		m[k] = paren[i+1]
	}
	return m, nil
}

// T translates a Dutch source text into the language of the request, for
// texts that do not stand in a template.
func (s *Site) T(r *http.Request, tekst string, args ...any) string {
	return s.wb.t(TaalVan(r), tekst, args...)
}

// Vertaalbaar marks a Dutch source text in Go code, so that the catalogue test
// finds it. It returns the text unchanged.
func Vertaalbaar(tekst string) string { return tekst }

type kaderSleutel struct{}

// MetKader gives the request with what surrounds its page; it goes before Config.Kader.
func MetKader(r *http.Request, k Kader) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), kaderSleutel{}, k))
}

// blad is the dot of the layout.
type blad struct {
	Pagina
	Config Config
	Kader  Kader
	Taal   Taal
	Talen  []taalLink
	Inhoud template.HTML
}

type taalLink struct {
	Taal   Taal
	Pad    string
	Actief bool
}

// Toon renders template naam with p.Data inside the frame and sends it. A
// template that fails gives the error page, never half a page.
func (s *Site) Toon(w http.ResponseWriter, r *http.Request, status int, naam string, p Pagina) {
	b, err := s.Render(r, naam, p)
	if err != nil {
		s.cfg.Log.ErrorContext(r.Context(), "pagina tonen mislukt", "sjabloon", naam, "fout", err)
		http.Error(w, "Er ging iets mis. Probeer het later nog eens.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(TaalVan(r)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// Render gives the whole page as HTML.
func (s *Site) Render(r *http.Request, naam string, p Pagina) ([]byte, error) {
	taal := TaalVan(r)
	tpl := s.talen[taal]
	var inhoud, uit bytes.Buffer
	if err := tpl.ExecuteTemplate(&inhoud, naam, p.Data); err != nil {
		return nil, err
	}
	b := blad{Pagina: p, Config: s.cfg, Taal: taal, Talen: taalLinks(r.URL, taal), Inhoud: template.HTML(inhoud.String())}
	k, ok := r.Context().Value(kaderSleutel{}).(Kader)
	if !ok && s.cfg.Kader != nil {
		k = s.cfg.Kader(r)
	}
	if k.Nav == nil {
		k.Nav = s.cfg.Nav
	}
	k.Nav = actief(k.Nav, p.Actief, r.URL.Path)
	b.Kader = k
	kader := "kader-gezin"
	if s.cfg.Werkplek {
		kader = "kader-werk"
	}
	if err := tpl.ExecuteTemplate(&uit, kader, b); err != nil {
		return nil, err
	}
	return uit.Bytes(), nil
}

// actief marks the menu item of this page: the one named, else the longest
// path that the request's path starts with.
func actief(nav []NavItem, gekozen, pad string) []NavItem {
	uit := append([]NavItem(nil), nav...)
	beste, lengte := -1, 0
	for i := range uit {
		uit[i].Actief = false
		p, _, _ := strings.Cut(uit[i].Pad, "#")
		switch {
		case gekozen != "" && uit[i].Pad == gekozen:
			beste, lengte = i, 1<<20
		case gekozen == "" && p != "" && (pad == p || strings.HasPrefix(pad, strings.TrimSuffix(p, "/")+"/")) && len(p) > lengte && p == uit[i].Pad:
			beste, lengte = i, len(p)
		}
	}
	if beste >= 0 {
		uit[beste].Actief = true
	}
	return uit
}

func taalLinks(u *url.URL, nu Taal) []taalLink {
	var uit []taalLink
	for _, t := range Talen {
		q := u.Query()
		q.Set("taal", string(t))
		uit = append(uit, taalLink{t, u.Path + "?" + q.Encode(), t == nu})
	}
	return uit
}
