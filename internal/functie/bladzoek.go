package functie

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// zoekblad is the page on which a professional finds what others have about somebody. What
// is asked stands in the body of the request only: a number never enters an address.
type zoekblad struct {
	F       *web.Formulier
	Pad     string
	Gezocht bool
	Heel    bool
	Stil    *web.BronStil
	Rijen   []bladRij
}

const veldBSN = "burgerservicenummer"

func (b *bladen[T]) zoek(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	if !b.magLijst(s) {
		return begrip.NieuweFout(begrip.Verboden, "Met uw rol (%s) kunt u hier niet zoeken.", s.Rol.Naam())
	}
	d, status := zoekblad{F: &web.Formulier{}, Pad: r.URL.Path, Heel: true}, http.StatusOK
	l := b.leest(b.o, s, "")
	if r.Method == http.MethodPost {
		f, err := web.LeesFormulier(w, r)
		if err != nil {
			return err
		}
		d.F = f
		over := f.BSN(veldBSN)
		f.Eis(!over.IsZero() || len(f.Fouten) > 0, veldBSN, "Vul het burgerservicenummer in.")
		if status = http.StatusBadRequest; len(f.Fouten) == 0 {
			if status, err = b.vind(r, &d, l, over); err != nil {
				return err
			}
		}
		delete(f.Waarden, veldBSN) // it is in no page that comes back
	}
	titel := web.Vertaalbaar("Zoek bij andere organisaties")
	b.site.Toon(w, r, status, "blad-zoek.html", web.Pagina{Titel: titel, Actief: b.Bladen.Pad, Kruimels: []web.Kruimel{{Tekst: b.Meer, Pad: b.Bladen.Pad}, {Tekst: titel}}, Doel: doelbalk(l), Data: d})
	return nil
}

// vind fills d in with what the Ketenindex points to, newest first; each record once.
func (b *bladen[T]) vind(r *http.Request, d *zoekblad, l toegang.Lezer, over begrip.BSN) (int, error) {
	gevonden, heel, err := b.o.Zoek(r.Context(), l, b.Zoekpad, b.Entiteit, over)
	if begrip.Is(err, begrip.BronAntwoordtNiet) {
		d.Stil = &web.BronStil{Organisatie: "De Ketenindex", Opnieuw: d.Pad}
		return http.StatusBadGateway, nil
	}
	if err != nil {
		return 0, err
	}
	d.Gezocht, d.Heel = true, heel
	slices.SortStableFunc(gevonden, func(a, b Vindplaats) int { return b.Op.Compare(a.Op) })
	gehad := map[string]bool{}
	for _, v := range gevonden {
		if gehad[v.ID] || !nummer.MatchString(v.ID) {
			continue
		}
		gehad[v.ID] = true
		pad := b.Bladen.Pad + "/" + v.ID
		if v.Bron != b.o.Organisatie.OIN {
			pad = b.Bladen.Pad + "/bij/" + string(v.Bron) + "/" + v.ID + "?zaak=" + url.QueryEscape(v.Zaak)
		}
		d.Rijen = append(d.Rijen, bladRij{Pad: pad, Titel: b.o.NaamVan(v.Bron), Op: v.Op})
	}
	return http.StatusOK, nil
}

var nummer = regexp.MustCompile(`^[0-9a-fA-F-]{36}$`)

// elders reads a record at its source, which decides.
func (b *bladen[T]) elders(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	bron, id := begrip.OIN(r.PathValue("oin")), r.PathValue("id")
	if _, ok := b.o.Deelnemer(bron); !ok || !nummer.MatchString(id) {
		return begrip.NieuweFout(begrip.NietGevonden, "Dit bestaat hier niet.")
	}
	l, d, status := b.leest(b.o, s, r.URL.Query().Get("zaak")), bladDetail{Titel: b.Titel}, http.StatusOK
	a, err := b.o.Inzage.Haal(r.Context(), bron, b.Gegeven.Pad+"/"+id, l, nil, nil)
	switch {
	case begrip.Is(err, begrip.BronAntwoordtNiet):
		d.Stil, status = &web.BronStil{Organisatie: b.o.NaamVan(bron), Opnieuw: r.URL.RequestURI()}, http.StatusBadGateway
	case err != nil:
		return err
	case a.Niveau < begrip.NiveauInhoud:
		d.Weggelaten = true
	default:
		t, err := inzage.Lees[T](a)
		if err != nil {
			return err
		}
		v := Versie[T]{Waarde: &t}
		v.VastgelegdOp = time.Time{}
		d = b.toon(v, a)
	}
	d.Kind, d.Van = b.Titel, b.o.NaamVan(bron)
	b.site.Toon(w, r, status, "blad-inkomend.html", web.Pagina{Titel: d.Titel, Actief: b.Bladen.Pad, Kruimels: []web.Kruimel{{Tekst: b.Meer, Pad: b.Bladen.Pad}, {Tekst: d.Titel}}, Doel: doelbalk(l), Data: d})
	return nil
}
