package functie

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// Fields of a form that are no members: the number that what is made gets, so that it is
// made once, and the version that was seen.
const (
	veldID     = "#id"
	veldVersie = "#versie"
)

// invullen is one form on its way: typed, kept, checked, sent.
type invullen struct {
	Titel, Uitleg, Knop string
	waarde              any // pointer to what it fills
	begin               func(web.Invulblad)
	toets               func(any) error
	gezin               func(any) []gezinsbeeld // nil: sent without a page to check it
	verstuur            func(ctx context.Context, f *web.Formulier, x any) (naar string, err error)
	Terug               string
}

// gezinsbeeld is what one of the family will read.
type gezinsbeeld struct {
	Wie string
	inzage.Deel
}

type bladFormulier struct {
	*invullen
	F       *web.Formulier
	Stukken []web.Invulstuk
	Pad     string
	Concept time.Time // when what stands here was kept; zero: it is new
	Toon    []web.Toonstuk
	Gezin   []gezinsbeeld
	ID      string
	Versie  string
}

// HeeftControle tells that a page to check it follows.
func (in *invullen) HeeftControle() bool { return in.gezin != nil }

// wie names in the drafts who fills in.
func wie(s toegang.Sessie) string { return string(s.OIN) + "/" + s.Persoon }

// vul handles a form: PRG throughout, with what was typed kept until it is sent.
func (b *bladen[T]) vulIn(w http.ResponseWriter, r *http.Request, s toegang.Sessie, in *invullen, l toegang.Lezer) error {
	if s.Persoon == "" { // a draft is somebody's
		return begrip.NieuweFout(begrip.NietAangemeld, "Wij weten niet wie u bent. Log opnieuw in.")
	}
	if r.Method == http.MethodPost {
		return b.ontvang(w, r, s, in, l)
	}
	velden, op, err := b.o.Dossier.Concept(r.Context(), wie(s), r.URL.Path)
	if err != nil {
		return err
	}
	f := &web.Formulier{Waarden: velden}
	if velden == nil {
		f = (&web.Formulier{}).Zet(veldID, uuid.Must(uuid.NewV7()).String())
		in.begin(web.Invulblad{F: f})
	}
	if r.URL.Query().Get("stap") == "controle" && in.gezin != nil && velden != nil {
		x, err := b.lees(f, in)
		if err == nil {
			return b.toonControle(w, r, f, in, x, l)
		}
		if !f.Neem(err, nil) {
			return err
		}
	}
	return b.toonFormulier(w, r, http.StatusOK, f, in, op, l)
}

// lees gives what stands on f, or every mistake: of form and of meaning.
func (b *bladen[T]) lees(f *web.Formulier, in *invullen) (any, error) {
	x := reflect.New(reflect.TypeOf(in.waarde).Elem()).Interface()
	web.Invulblad{F: f}.Lees(x)
	vorm := f.Fouten
	f.Fouten = nil
	if err := in.toets(x); err != nil && !f.Neem(err, nil) {
		return nil, err
	}
	gezien := map[string]bool{}
	c := &begrip.Controle{}
	for _, v := range append(vorm, f.Fouten...) {
		if !gezien[v.Veld] || v.Veld == "" {
			c.Velden = append(c.Velden, v)
		}
		gezien[v.Veld] = true
	}
	f.Fouten = nil
	return x, c.Fout()
}

func (b *bladen[T]) ontvang(w http.ResponseWriter, r *http.Request, s toegang.Sessie, in *invullen, l toegang.Lezer) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	ctx, pad := r.Context(), r.URL.Path
	naar := func(adres string) error {
		http.Redirect(w, r, adres, http.StatusSeeOther)
		return nil
	}
	actie := f.Waarde("actie")
	delete(f.Waarden, "actie")
	switch actie {
	case "verwerp":
		return b.na(ctx, s, pad, func() error { return naar(in.Terug) })
	case "verstuur": // from the page that checks it, or where there is nothing to check
		if in.gezin != nil {
			velden, _, err := b.o.Dossier.Concept(ctx, wie(s), pad)
			if err != nil {
				return err
			}
			if velden == nil { // sent already
				return naar(b.Bladen.Pad + "/" + f.Waarde(veldID))
			}
			f = &web.Formulier{Waarden: velden}
		}
		return b.verstuur(w, r, s, in, l, f)
	}
	f.Zet("actie", actie)
	anker, knop := web.Invulblad{F: f}.Actie()
	delete(f.Waarden, "actie")
	if err := b.o.Dossier.BewaarConcept(ctx, wie(s), pad, f.Waarden); err != nil {
		return err
	}
	switch {
	case knop:
		return naar(pad + "?bij=ja#" + anker)
	case actie == "bewaar":
		return naar(pad + "?bewaard=ja")
	}
	if _, err := b.lees(f, in); err != nil {
		if !f.Neem(err, nil) {
			return err
		}
		return b.toonFormulier(w, r, http.StatusBadRequest, f, in, time.Time{}, l)
	}
	return naar(pad + "?stap=controle")
}

// verstuur does what the form is for, and forgets what was typed once it stands.
func (b *bladen[T]) verstuur(w http.ResponseWriter, r *http.Request, s toegang.Sessie, in *invullen, l toegang.Lezer, f *web.Formulier) error {
	x, err := b.lees(f, in)
	naar := ""
	if err == nil {
		naar, err = in.verstuur(r.Context(), f, x)
	}
	if f.Neem(err, nil) || begrip.Is(err, begrip.Conflict) {
		status := http.StatusBadRequest
		if begrip.Is(err, begrip.Conflict) {
			status = http.StatusConflict
			f.Fouten = append(f.Fouten, begrip.Veldfout{Bericht: begrip.FoutVan(err).Bericht})
		}
		return b.toonFormulier(w, r, status, f, in, time.Time{}, l)
	}
	if err != nil {
		return err
	}
	return b.na(r.Context(), s, r.URL.Path, func() error {
		http.Redirect(w, r, naar, http.StatusSeeOther)
		return nil
	})
}

// na forgets a draft and goes on.
func (b *bladen[T]) na(ctx context.Context, s toegang.Sessie, pad string, f func() error) error {
	if err := b.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error { return tx.WisConcept(ctx, wie(s), pad) }); err != nil {
		return err
	}
	return f()
}

func (b *bladen[T]) toonFormulier(w http.ResponseWriter, r *http.Request, status int, f *web.Formulier, in *invullen, op time.Time, l toegang.Lezer) error {
	d := bladFormulier{invullen: in, F: f, Pad: r.URL.Path, Concept: op, ID: f.Waarde(veldID), Versie: f.Waarde(veldVersie)}
	d.Stukken = web.Invulblad{F: f, Keuzes: b.keuzes(f)}.Stukken(in.waarde)
	b.site.Toon(w, r, status, "blad-formulier.html", b.bladzijde(in, d, l))
	return nil
}

func (b *bladen[T]) toonControle(w http.ResponseWriter, r *http.Request, f *web.Formulier, in *invullen, x any, l toegang.Lezer) error {
	d := bladFormulier{invullen: in, F: f, Pad: r.URL.Path, ID: f.Waarde(veldID), Gezin: in.gezin(x), Toon: b.concept(x)}
	b.site.Toon(w, r, http.StatusOK, "blad-controle.html", b.bladzijde(in, d, l))
	return nil
}

// concept is how what stands on a form will read.
func (b *bladen[T]) concept(x any) []web.Toonstuk {
	t, ok := geheel[T](x)
	if !ok {
		return []web.Toonstuk{web.Toon(x, nil)}
	}
	return b.stukken(Versie[T]{Waarde: t})
}

func (b *bladen[T]) bladzijde(in *invullen, d any, l toegang.Lezer) web.Pagina {
	return web.Pagina{Titel: in.Titel, Actief: b.Bladen.Pad, Kruimels: []web.Kruimel{{Tekst: b.Meer, Pad: b.Bladen.Pad}, {Tekst: in.Titel}}, Doel: doelbalk(l), Data: d}
}

// nieuw is the form for a new record.
func (b *bladen[T]) nieuw(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	l := b.leest(b.o, s, "")
	inhoud, err := opslag(b.Bladen.Leeg(b.o))
	if err != nil {
		return err
	}
	if err := b.o.Inzage.ZouMaken(r.Context(), b.Soort(b.o), dossier.Record{Inhoud: inhoud}, l); err != nil {
		return err
	}
	return b.vulIn(w, r, s, &invullen{
		Titel: b.Titel, Knop: web.Vertaalbaar("Leg vast"), waarde: new(T), Terug: b.Bladen.Pad, gezin: b.gezinsbeelden,
		begin: func(blad web.Invulblad) { blad.Vul(b.Bladen.Leeg(b.o)) },
		toets: func(x any) error { return b.toets(x, b.o.Nu()) },
		verstuur: func(ctx context.Context, f *web.Formulier, x any) (string, error) {
			v := Versie[T]{Waarde: x.(*T)}
			v.ID = f.Waarde(veldID)
			v, err := b.Nieuw(ctx, b.o, v, l)
			b.o.Wek()
			return b.Bladen.Pad + "/" + v.ID + "?gelukt=" + inzage.DaadMaken, err
		},
	}, l)
}

// daad is the page of one act.
func (b *bladen[T]) daad(w http.ResponseWriter, r *http.Request, s toegang.Sessie, h Handeling[T]) error {
	id := r.PathValue("id")
	rec, err := b.o.Dossier.Lees(r.Context(), b.Naam, id, time.Time{})
	if err != nil && !begrip.Is(err, begrip.NietGevonden) {
		return err
	}
	l := b.leest(b.o, s, rec.Zaak)
	if r.Method == http.MethodPost { // who may not do it keeps no draft of it either; a refusal is logged
		if _, _, err := b.o.Inzage.Handel(r.Context(), b.Soort(b.o), id, h.Naam, l); err != nil {
			return err
		}
	}
	in := &invullen{Titel: h.Titel, Uitleg: h.Uitleg, Knop: h.Titel, waarde: h.invoer(), Terug: b.Bladen.Pad + "/" + id}
	if r.Method == http.MethodGet { // who fills in a form about it, reads it
		v, _, _, err := b.open(r.Context(), s, id)
		if err != nil {
			return err
		}
		if err := b.kan(h, v, 0); err != nil {
			return err
		}
		in.begin = func(blad web.Invulblad) {
			blad.F.Zet(veldVersie, strconv.Itoa(v.Versie))
			if _, ok := geheel[T](in.waarde); ok {
				blad.Vul(v.Waarde)
			}
		}
	}
	in.toets = func(x any) error { return b.toetsInvoer(x, b.o.Nu()) }
	if _, ok := geheel[T](in.waarde); ok {
		in.gezin = func(x any) []gezinsbeeld { t, _ := geheel[T](x); return b.gezinsbeelden(t) }
	}
	in.verstuur = func(ctx context.Context, f *web.Formulier, x any) (string, error) {
		versie, _ := strconv.Atoi(f.Waarde(veldVersie))
		_, err := b.Handel(ctx, b.o, id, h.Naam, versie, x, l)
		b.o.Wek()
		return in.Terug + "?gelukt=" + h.Naam, err
	}
	return b.vulIn(w, r, s, in, l)
}

// gezinsbeelden is what each of the family will read of x, a *T, once it may.
func (b *bladen[T]) gezinsbeelden(x any) (uit []gezinsbeeld) {
	t, ok := x.(*T)
	if !ok || b.Gezin == nil {
		return nil
	}
	v := Versie[T]{Waarde: t}
	v.Staat = b.Leesbaar
	for _, p := range b.personen(t) {
		if d, ok := b.Gezin(b.o, v, p.Burgerservicenummer.BSN); ok && !p.Burgerservicenummer.IsZero() {
			uit = append(uit, gezinsbeeld{p.Naam.Voluit(), d})
		}
	}
	return uit
}
