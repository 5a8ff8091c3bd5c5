package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Taal is a language a page can be shown in.
type Taal string

// The languages. Dutch is the source text of every template.
const (
	Nederlands Taal = "nl"
	Engels     Taal = "en"
)

// Talen lists the languages in the order of the menu.
var Talen = []Taal{Nederlands, Engels}

const taalKoekje = "taal"

// Naam is the language's own name for itself.
func (t Taal) Naam() string {
	if t == Engels {
		return "English"
	}
	return "Nederlands"
}

func taalGeldig(s string) (Taal, bool) {
	t := Taal(s)
	return t, slices.Contains(Talen, t)
}

// TaalVan gives the language of a request: ?taal=, else the cookie, else Dutch.
func TaalVan(r *http.Request) Taal {
	if t, ok := taalGeldig(r.URL.Query().Get("taal")); ok {
		return t
	}
	if c, err := r.Cookie(taalKoekje); err == nil {
		if t, ok := taalGeldig(c.Value); ok {
			return t
		}
	}
	return Nederlands
}

func onthoudTaal(w http.ResponseWriter, r *http.Request) {
	if t, ok := taalGeldig(r.URL.Query().Get("taal")); ok {
		http.SetCookie(w, &http.Cookie{Name: taalKoekje, Value: string(t), Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
	}
}

// VergeetTaal removes the cookie of the language: it tells that somebody was here.
func VergeetTaal(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: taalKoekje, Path: "/", MaxAge: -1, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
}

// Vertaling is the text of one key: one form, or plural forms by CLDR name.
type Vertaling struct {
	Tekst    string
	Meervoud map[string]string
}

// UnmarshalJSON reads a string, or an object of plural forms ("one", "other").
func (v *Vertaling) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, &v.Meervoud)
	}
	return json.Unmarshal(b, &v.Tekst)
}

// woordenboek holds the catalogues of all languages of one Site.
type woordenboek struct {
	bouw    *catalog.Builder
	bekend  map[Taal]map[string]bool
	drukker map[Taal]*message.Printer
}

func nieuwWoordenboek() *woordenboek {
	w := &woordenboek{bouw: catalog.NewBuilder(catalog.Fallback(language.Dutch)),
		bekend: map[Taal]map[string]bool{}, drukker: map[Taal]*message.Printer{}}
	for _, t := range Talen {
		w.bekend[t] = map[string]bool{}
		w.drukker[t] = message.NewPrinter(language.MustParse(string(t)), message.Catalog(w.bouw))
	}
	return w
}

// lees adds every <taal>.json in fsys.
func (w *woordenboek) lees(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t, ok := taalGeldig(strings.TrimSuffix(d.Name(), ".json"))
		if !ok || !strings.HasSuffix(d.Name(), ".json") {
			return nil
		}
		b, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		var teksten map[string]Vertaling
		if err := json.Unmarshal(b, &teksten); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		return w.voeg(t, teksten)
	})
}

func (w *woordenboek) voeg(t Taal, teksten map[string]Vertaling) error {
	tag := language.MustParse(string(t))
	for sleutel, v := range teksten {
		w.bekend[t][sleutel] = true
		var err error
		if v.Meervoud == nil {
			err = w.bouw.SetString(tag, sleutel, v.Tekst)
		} else {
			var vormen []any
			for _, vorm := range []string{"zero", "one", "two", "few", "many", "other"} {
				if tekst, ok := v.Meervoud[vorm]; ok {
					vormen = append(vormen, vorm, tekst)
				}
			}
			err = w.bouw.Set(tag, sleutel, plural.Selectf(1, "%d", vormen...))
		}
		if err != nil {
			return fmt.Errorf("%q: %w", sleutel, err)
		}
	}
	return nil
}

// t translates; a text without a translation stays Dutch.
func (w *woordenboek) t(taal Taal, tekst string, args ...any) string {
	if len(args) == 0 && !w.bekend[taal][tekst] {
		return strings.ReplaceAll(tekst, "%%", "%")
	}
	return w.drukker[taal].Sprintf(tekst, args...)
}

// tn translates a text with a number; the catalogue's key is the singular.
func (w *woordenboek) tn(taal Taal, enkel, meer string, n int, args ...any) string {
	args = append([]any{n}, args...)
	if w.bekend[taal][enkel] {
		return w.drukker[taal].Sprintf(enkel, args...)
	}
	if n == 1 {
		return w.drukker[Nederlands].Sprintf(enkel, args...)
	}
	return w.drukker[Nederlands].Sprintf(meer, args...)
}

// tx translates text that came as data and says so when it stays Dutch.
func (w *woordenboek) tx(taal Taal, tekst string, args ...any) template.HTML {
	s := template.HTMLEscapeString(w.t(taal, tekst, args...))
	if taal != Nederlands && tekst != "" && !w.bekend[taal][tekst] {
		s = `<span lang="nl" dir="ltr">` + s + `</span>`
	}
	return template.HTML(s)
}
