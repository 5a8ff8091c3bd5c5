package functie

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

//go:embed *.html talen
var paginas embed.FS

// Bladen are the pages of a kind of record, made from its declaration: a list, a form for
// a new one, the record with what can be done, a page per act, and what others ask to read.
type Bladen[T any] struct {
	Pad, Icoon string
	Kop        func(Versie[T]) (titel, bij string)                    // how a list or page names one
	Lees       func(*Omgeving, Versie[T]) []web.Toonstuk              // how it reads; nil: as its form asks
	Keuzes     func(*Omgeving, *web.Formulier) map[string][]web.Optie // what can be chosen where the type does not say; may be nil
	Leeg       func(*Omgeving) *T                                     // what a new form begins with
}

// perBlad is how many records stand on one page of a list.
const perBlad = 20

type bladen[T any] struct {
	*Gegeven[T]
	o    *Omgeving
	site *web.Site
}

type pagina = func(http.ResponseWriter, *http.Request, toegang.Sessie) error

// Voeg adds the kind to a functie: how it is read, its API, its pages, its Opdrachten and
// what the family reads in the timeline.
func (g *Gegeven[T]) Voeg(f *Functie, o *Omgeving) {
	f.Soorten = append(f.Soorten, g.Soort(o))
	f.Opdrachten = append(f.Opdrachten, g.leessoorten()...)
	f.API = na(f.API, func(api API) { g.API(o, api) })
	if o.Waarborgen != nil {
		o.Waarborgen.GebruikAdressen(g.Naam, g.adressen)
	}
	if g.Bladen.Pad != "" {
		f.Werkplek = na(f.Werkplek, func(w *web.Werk) { g.werkplek(o, w) })
	}
	if f.Teksten == nil {
		f.Teksten = map[string]Tekst{}
	}
	for k, v := range g.Teksten() {
		f.Teksten[k] = v
	}
	for _, s := range g.leessoorten() {
		if f.Opent == nil {
			f.Opent = map[string]func(context.Context, toegang.Sessie, opdracht.Opdracht) bool{}
		}
		f.Opent[s.Naam] = func(ctx context.Context, s toegang.Sessie, op opdracht.Opdracht) bool {
			return g.magLezen(ctx, o, s, op)
		}
	}
}

// na gives both, one after the other.
func na[X any](een, twee func(X)) func(X) {
	if een == nil {
		return twee
	}
	return func(x X) { een(x); twee(x) }
}

func (g *Gegeven[T]) werkplek(o *Omgeving, w *web.Werk) {
	site, err := w.Met(paginas)
	if err != nil {
		panic(err) // compiled in; a test shows every page
	}
	b := &bladen[T]{g, o, site}
	w.NavVoor(web.NavItem{Titel: g.Meer, Pad: g.Bladen.Pad, Icoon: g.Bladen.Icoon}, b.magLijst, nil)
	pad := g.Bladen.Pad
	routes := map[string]pagina{"GET " + pad: b.lijst, "GET " + pad + "/{id}": b.detail}
	if g.Maakbaar {
		routes["GET "+pad+"/nieuw"], routes["POST "+pad+"/nieuw"] = b.nieuw, b.nieuw
	}
	for _, h := range g.Daden {
		f := func(rw http.ResponseWriter, r *http.Request, s toegang.Sessie) error { return b.daad(rw, r, s, h) }
		if h.Sterk {
			w.PaginaSterk("GET "+pad+"/{id}/"+h.Naam, f)
			w.PaginaSterk("POST "+pad+"/{id}/"+h.Naam, f)
			continue
		}
		routes["GET "+pad+"/{id}/"+h.Naam], routes["POST "+pad+"/{id}/"+h.Naam] = f, f
	}
	if g.Zoekpad != "" && o.Zoek != nil {
		routes["GET "+pad+"/zoek"], routes["POST "+pad+"/zoek"], routes["GET "+pad+"/bij/{oin}/{id}"] = b.zoek, b.zoek, b.elders
	}
	for _, naam := range []string{g.Lezen.Nieuw, g.Lezen.Anders} {
		if naam != "" {
			routes["GET /postvak/"+naam+"/{id}"], routes["POST /postvak/"+naam+"/{id}"] = b.inkomend, b.verwerkt
		}
	}
	for patroon, f := range routes {
		w.Pagina(patroon, f)
	}
}

// magLijst tells who finds this kind in the menu: who may read one of our own.
func (b *bladen[T]) magLijst(s toegang.Sessie) bool {
	inhoud, err := opslag(b.Voorbeeld())
	rec := dossier.Record{Soort: b.Naam, Staat: b.Begin, Inhoud: inhoud}
	return err == nil && b.o.Inzage.ZouMogen(context.Background(), b.Soort(b.o), rec, b.o.Organisatie.OIN, b.leest(b.o, s, ""))
}

type bladRij struct {
	Pad, Titel, Bij string
	Staat           web.Label
	Op              time.Time
}

func (b *bladen[T]) label(staat string) web.Label {
	s := b.StaatVan(staat)
	return web.Label{Soort: s.Soort, Tekst: s.Tekst}
}

func (b *bladen[T]) lijst(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	na, err := leesPlek(r.URL.Query().Get("na"))
	if err != nil {
		na = dossier.Plek{} // nonsense: from the newest on
	}
	vs, volgende, err := b.Lijst(r.Context(), b.o, dossier.Filter{Na: na}, perBlad, func(zaak string) toegang.Lezer { return b.leest(b.o, s, zaak) })
	if err != nil {
		return err
	}
	var d struct {
		B        *bladen[T]
		Rijen    []bladRij
		Volgende string
		Verder   bool // this is not the first page
		Maakbaar bool
		Zoekbaar bool
	}
	d.B, d.Verder, d.Maakbaar, d.Zoekbaar = b, !na.Op.IsZero(), b.Maakbaar, b.Zoekpad != "" && b.o.Zoek != nil
	if p := schrijfPlek(volgende); p != "" {
		d.Volgende = b.Bladen.Pad + "?na=" + p
	}
	for _, v := range vs {
		titel, bij := b.Bladen.Kop(v)
		d.Rijen = append(d.Rijen, bladRij{b.Bladen.Pad + "/" + v.ID, titel, bij, b.label(v.Staat), v.VastgelegdOp})
	}
	b.site.Toon(w, r, http.StatusOK, "blad-lijst.html", web.Pagina{Titel: b.Meer, Data: d})
	return nil
}

type bladKnop struct{ Titel, Pad string }

type bladDetail struct {
	Titel, Bij string
	Kind       string // what it is
	Staat      web.Label
	Stukken    []web.Toonstuk
	Knoppen    []bladKnop
	Versies    []bladRij
	Lezers     []string
	Weggelaten bool

	// In the Postvak:
	Van   string
	Open  bool
	Klaar bool
	Stil  *web.BronStil
	Actie string
}

func (b *bladen[T]) detail(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	v, d, l, err := b.open(r.Context(), s, r.PathValue("id"))
	if err != nil {
		return err
	}
	soort := b.Soort(b.o)
	mag, err := b.o.Inzage.Handelingen(r.Context(), soort, v.Record, l)
	if err != nil {
		return err
	}
	for _, h := range b.Daden {
		if slices.Contains(mag, h.Naam) && slices.Contains(h.Van, v.Staat) {
			d.Knoppen = append(d.Knoppen, bladKnop{h.Titel, b.Bladen.Pad + "/" + v.ID + "/" + h.Naam})
		}
	}
	versies, err := b.o.Dossier.Versies(r.Context(), b.Naam, v.ID)
	if err != nil {
		return err
	}
	for i := len(versies) - 1; i >= 0; i-- {
		d.Versies = append(d.Versies, bladRij{Titel: versies[i].Door, Op: versies[i].VastgelegdOp, Staat: b.label(versies[i].Staat)})
	}
	if b.Partijen != nil {
		for _, oin := range b.Partijen(b.o, v) {
			if oin != b.o.Organisatie.OIN {
				d.Lezers = append(d.Lezers, b.o.NaamVan(oin))
			}
		}
	}
	pg := web.Pagina{Titel: d.Titel, Actief: b.Bladen.Pad, Kruimels: []web.Kruimel{{Tekst: b.Meer, Pad: b.Bladen.Pad}, {Tekst: d.Titel}}, Doel: doelbalk(l), Data: d}
	gelukt := r.URL.Query().Get("gelukt")
	if h, ok := b.Daad(gelukt); ok {
		pg.Bericht = &web.Alert{Soort: "ok", Titel: h.Gedaan}
	} else if gelukt == inzage.DaadMaken {
		pg.Bericht = &web.Alert{Soort: "ok", Titel: web.Vertaalbaar("Gelukt. Het is vastgelegd.")}
	}
	b.site.Toon(w, r, http.StatusOK, "blad-detail.html", pg)
	return nil
}

// open reads a record of ours as s, with what stands of it on a page.
func (b *bladen[T]) open(ctx context.Context, s toegang.Sessie, id string) (v Versie[T], d bladDetail, l toegang.Lezer, err error) {
	rec, err := b.o.Dossier.Lees(ctx, b.Naam, id, time.Time{})
	if err != nil && !begrip.Is(err, begrip.NietGevonden) { // what is not here is a look like any other
		return v, d, l, err
	}
	l = b.leest(b.o, s, rec.Zaak)
	a, err := b.o.Inzage.Geef(ctx, b.Soort(b.o), id, l, nil, time.Time{})
	if err != nil {
		return v, d, l, err
	}
	w, err := inzage.Lees[T](a)
	if err != nil {
		return v, d, l, err
	}
	v = Versie[T]{rec, &w}
	d = b.toon(v, a)
	d.Staat = b.label(rec.Staat)
	return v, d, l, nil
}

func (b *bladen[T]) toon(v Versie[T], a inzage.Antwoord) (d bladDetail) {
	d.Titel, d.Bij = b.Bladen.Kop(v)
	d.Kind, d.Weggelaten = b.Titel, len(a.Gemaskeerd) > 0
	d.Stukken = b.stukken(v)
	return d
}

// stukken is how v reads.
func (b *bladen[T]) stukken(v Versie[T]) []web.Toonstuk {
	if b.Bladen.Lees != nil {
		return b.Bladen.Lees(b.o, v)
	}
	return []web.Toonstuk{web.Toon(v.Waarde, b.keuzes(b.gevuld(v.Waarde)))}
}

// gevuld puts t on a form, for what can be chosen on it.
func (b *bladen[T]) gevuld(t any) *web.Formulier {
	f := &web.Formulier{}
	web.Invulblad{F: f}.Vul(t)
	return f
}

func (b *bladen[T]) keuzes(f *web.Formulier) map[string][]web.Optie {
	if b.Bladen.Keuzes == nil {
		return nil
	}
	return b.Bladen.Keuzes(b.o, f)
}

// doelbalk tells as what one looks; it stands on every page with family data.
func doelbalk(l toegang.Lezer) *web.Doelbalk {
	return &web.Doelbalk{Rol: l.Rol.Naam(), Doel: l.Doel.Omschrijving(), Grondslag: l.Grondslag.Artikel()}
}

func (b *bladen[T]) inkomend(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	op, err := b.leesopdracht(r.Context(), b.o, r.PathValue("id"))
	if err != nil {
		return err
	}
	l, d, status := b.leest(b.o, s, op.Zaak), bladDetail{}, http.StatusOK
	a, err := b.o.Inzage.Haal(r.Context(), op.Onderwerp.Bron, op.Onderwerp.Pad, l, nil, nil)
	switch {
	case begrip.Is(err, begrip.BronAntwoordtNiet):
		d.Titel, d.Kind, status = b.Titel, b.Titel, http.StatusBadGateway
		d.Stil = &web.BronStil{Organisatie: b.o.NaamVan(op.Van), Opnieuw: r.URL.Path}
	case err != nil:
		return err
	case a.Niveau < begrip.NiveauInhoud: // it does not hold any more
		d.Titel, d.Kind = b.Titel, b.Titel
		d.Weggelaten = true
	default:
		t, err := inzage.Lees[T](a)
		if err != nil {
			return err
		}
		d = b.toon(Versie[T]{Waarde: &t}, a)
	}
	titel := b.Lezen.TitelNieuw
	if op.Soort == b.Lezen.Anders {
		titel = b.Lezen.TitelAnders
	}
	d.Kind, d.Van, d.Open, d.Actie = titel, b.o.NaamVan(op.Van), op.Staat == opdracht.Aangeboden || op.Staat == opdracht.Geaccepteerd, r.URL.Path
	d.Klaar = op.Staat == opdracht.Uitgevoerd
	b.site.Toon(w, r, status, "blad-inkomend.html", web.Pagina{Titel: titel, Actief: "/postvak", Kruimels: []web.Kruimel{{Tekst: "Postvak", Pad: "/postvak"}, {Tekst: titel}}, Doel: doelbalk(l), Data: d})
	return nil
}

func (b *bladen[T]) verwerkt(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	if _, err := web.LeesFormulier(w, r); err != nil {
		return err
	}
	if err := b.Verwerkt(r.Context(), b.o, r.PathValue("id"), s); err != nil && !begrip.Is(err, begrip.Conflict) { // pressed twice, or by two: the page tells how it is
		return err
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	return nil
}
