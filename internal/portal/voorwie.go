package portal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// kijker is who is signed in, and for whom that person looks.
type kijker struct {
	toegang.Sessie
	Voor *voorWie // nil: for itself
}

func (k kijker) voorWie() begrip.BSN {
	if k.Voor != nil {
		return k.Voor.bsn
	}
	return k.BSN
}

// over is whom it is about, in a sentence to the person who signed in.
func (k kijker) over() string {
	switch {
	case k.Voor == nil:
		return "u"
	case k.Voor.Kind:
		return "uw kind"
	}
	return k.Voor.Naam
}

// voorWie is somebody for whom the person who signed in may ask to look.
type voorWie struct {
	Naam, Als string // how the family calls them, and as what one looks
	Reden     string // why one cannot look for this person now; empty when one can
	Kind      bool   // one looks as parent or voogd
	Leeftijd  int
	Sleutel   string // names the choice; tells nothing by itself
	Gekozen   bool
	bsn       begrip.BSN
}

// voorNaam's ending, behind the name of the session cookie.
const voorStaart = "-voor"

// voorNaam is the cookie that holds for whom one looks. Its value is a keyed
// hash: it names nobody, and means something to this very person only.
func (p *Portal) voorNaam() string {
	n := p.cfg.Aanmelding.CookieNaam
	if n == "" {
		n = "soh"
	}
	return n + voorStaart
}

// voorCookie holds the choice while the browser is open; maxAge -1 removes it.
func (p *Portal) voorCookie(waarde string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: p.voorNaam(), Value: waarde, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.cfg.Aanmelding.RedirectURL, "https:")}
}

func (p *Portal) keuzeSleutel(ik, ander begrip.BSN) string {
	m := hmac.New(sha256.New, p.voorSleutel[:])
	m.Write([]byte("soh voor wie " + ik.Leesbaar() + "|" + ander.Leesbaar()))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// bronSleutel names a source in a form of ik: its number would tell where
// somebody hides.
func (p *Portal) bronSleutel(ik begrip.BSN, bron begrip.OIN) string {
	m := hmac.New(sha256.New, p.voorSleutel[:])
	m.Write([]byte("soh bron " + ik.Leesbaar() + "|" + string(bron)))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// kijker gives for whom s looks, by the choice in the cookie. A choice that no
// source stands for any more counts as none.
func (p *Portal) kijker(r *http.Request, s toegang.Sessie) kijker {
	k := kijker{Sessie: s}
	c, err := r.Cookie(p.voorNaam())
	if err != nil || c.Value == "" {
		return k
	}
	anderen, _ := p.anderen(r.Context(), s, true)
	for _, v := range anderen {
		if v.Reden == "" && hmac.Equal([]byte(v.Sleutel), []byte(c.Value)) {
			k.Voor = &v
		}
	}
	return k
}

var alsTekst = map[samenwerkingsverband.Relatie]string{
	samenwerkingsverband.RelatieOuder: web.Vertaalbaar("U kijkt als ouder met gezag."), samenwerkingsverband.RelatieVoogd: web.Vertaalbaar("U kijkt als voogd."),
	samenwerkingsverband.RelatieCurator: web.Vertaalbaar("U kijkt als curator."), samenwerkingsverband.RelatieMentor: web.Vertaalbaar("U kijkt als mentor."),
	samenwerkingsverband.RelatieGemachtigde: web.Vertaalbaar("U kijkt omdat deze persoon u machtigde. U ziet niet alles."), samenwerkingsverband.RelatieSteunfiguur: web.Vertaalbaar("U kijkt om te steunen. U ziet niet alles."),
}

// anderen asks the sources that have to do with s itself for whom s may ask to look. vers
// is that what the Ketenindex pointed to a moment ago will do; heel that everybody answered.
func (p *Portal) anderen(ctx context.Context, s toegang.Sessie, vers bool) (uit []voorWie, heel bool) {
	nodes, fout := p.bijWie(ctx, kijker{Sessie: s}, vers) // an error: where it pointed before
	stil := make([]bool, len(nodes))
	gevonden := make([][]waarborg.VoorWie, len(nodes))
	elkVan(nodes, func(i int, d functie.Deelnemer) {
		var err error
		if gevonden[i], err = p.vraagVoorWie(ctx, s, d); err != nil {
			stil[i] = true
			p.cfg.Log.WarnContext(ctx, "een bron antwoordt niet", "bron", d.OIN, "fout", err.Error())
		}
	})
	for _, vs := range gevonden {
		for _, v := range vs {
			b := v.Burgerservicenummer.BSN
			if b.IsZero() || b == s.BSN {
				continue
			}
			ouder := v.Relatie == samenwerkingsverband.RelatieOuder || v.Relatie == samenwerkingsverband.RelatieVoogd
			x := voorWie{Naam: v.Roepnaam, Als: alsTekst[v.Relatie], Reden: v.Reden, Kind: ouder, Leeftijd: v.Leeftijd, Sleutel: p.keuzeSleutel(s.BSN, b), bsn: b}
			switch i := slices.IndexFunc(uit, func(y voorWie) bool { return y.bsn == b }); {
			case i < 0:
				uit = append(uit, x)
			case uit[i].Reden != "" && x.Reden == "": // one source that lets look is enough to try
				uit[i] = x
			}
		}
	}
	slices.SortFunc(uit, func(a, b voorWie) int { return strings.Compare(a.Naam, b.Naam) })
	return uit, fout == nil && !slices.Contains(stil, true)
}

func (p *Portal) vraagVoorWie(ctx context.Context, s toegang.Sessie, d functie.Deelnemer) ([]waarborg.VoorWie, error) {
	b, k, err := p.bij(ctx, kijker{Sessie: s}, d, "/v1/betrokkenen/voor-wie/query", map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: s.BSN}})
	if err != nil || k.status != http.StatusOK {
		return nil, err
	}
	var in struct {
		Personen []waarborg.VoorWie `json:"personen"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, errors.New("het antwoord is niet te gebruiken")
	}
	return neemVoorWie(in.Personen)
}

func (p *Portal) toonVoorWie(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	var d struct {
		Zelf    string
		Voor    *voorWie
		Anderen []voorWie
		F       *web.Formulier // the code that somebody gave
		Stil    bool           // not everybody answered: somebody may be missing
	}
	d.F = &web.Formulier{}
	anderen, heel := p.anderen(r.Context(), s, false)
	d.Zelf, d.Anderen, d.Stil = s.Naam, anderen, !heel
	c, err := r.Cookie(p.voorNaam())
	for i := range d.Anderen {
		if v := &d.Anderen[i]; err == nil && v.Reden == "" && hmac.Equal([]byte(v.Sleutel), []byte(c.Value)) {
			v.Gekozen, d.Voor = true, v
		}
	}
	pg := web.Pagina{Titel: web.Vertaalbaar("Voor wie kijkt u?"), Breed: true, Data: d}
	switch r.URL.Query().Get("code") {
	case "ja":
		pg.Bericht = &web.Alert{Soort: "ok", Titel: web.Vertaalbaar("Gelukt. U kunt nu meekijken."), Tekst: web.Vertaalbaar("Kies hieronder voor wie u kijkt.")}
	case "nee":
		pg.Bericht = &web.Alert{Soort: "fout", Titel: web.Vertaalbaar("Deze code klopt niet, of werkt niet meer."), Tekst: web.Vertaalbaar("Kijk of u de code goed hebt ingevuld. Na 5 keer stopt de vraag. Vraag dan om een nieuwe code.")}
	case "stil":
		pg.Bericht = &web.Alert{Soort: "fout", Titel: web.Vertaalbaar("Het is nu niet gelukt."), Tekst: web.Vertaalbaar("Niet iedereen gaf antwoord. Probeer het straks opnieuw.")}
	}
	p.site.Toon(w, r, http.StatusOK, "voor-wie.html", pg)
}

// kiesVoorWie keeps the choice; what it shows, each source decides anew.
func (p *Portal) kiesVoorWie(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		p.site.Fout(w, r, err)
		return
	}
	c := p.voorCookie("", -1)
	anderen, _ := p.anderen(r.Context(), s, true)
	if k := f.Waarde("voor"); slices.ContainsFunc(anderen, func(v voorWie) bool { return v.Reden == "" && hmac.Equal([]byte(v.Sleutel), []byte(k)) }) {
		c = p.voorCookie(k, 0)
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, "/overzicht", http.StatusSeeOther)
}

// aanvaard asks the sources that have to do with who is signed in whether the code goes with an invitation of who is
// signed in. Nothing about who asked is shown before a source said yes.
func (p *Portal) aanvaard(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		p.site.Fout(w, r, err)
		return
	}
	nodes, err := p.bijWie(r.Context(), kijker{Sessie: s}, false)
	status := make([]int, len(nodes))
	elkVan(nodes, func(i int, d functie.Deelnemer) {
		if _, k, err := p.bij(r.Context(), kijker{Sessie: s}, d, waarborg.SoortVertegenwoord.Pad+"/aanvaardingen", map[string]any{"code": f.Waarde("code")}); err == nil {
			status[i] = k.status
		}
	})
	uitkomst := "nee"
	switch {
	case slices.Contains(status, http.StatusNoContent):
		uitkomst = "ja"
	case err != nil || slices.ContainsFunc(status, func(s int) bool { return s == 0 || s >= http.StatusInternalServerError }):
		uitkomst = "stil"
	}
	http.Redirect(w, r, "/voor-wie?code="+uitkomst, http.StatusSeeOther)
}
