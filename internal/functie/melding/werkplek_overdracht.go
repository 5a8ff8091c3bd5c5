package melding

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// overnemer is who takes a family over here.
func (t *T) overnemer(s toegang.Sessie, zaak string) toegang.Lezer {
	return s.Lezer(t.o.Organisatie, begrip.DoelOvernemen, begrip.GrondWmo411, zaak)
}

// opentOverdracht tells who may open a handover in the Postvak.
func (t *T) opentOverdracht(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool {
	return t.magOvernemen(ctx, o, t.overnemer(s, o.Zaak))
}

// magOvernemen tells whether l may read what is handed over in o.
func (t *T) magOvernemen(ctx context.Context, o opdracht.Opdracht, l toegang.Lezer) bool {
	l.Zaak = o.Zaak
	inhoud, err := json.Marshal(map[string]any{"uitkomst": map[string]any{"overdracht": map[string]any{"aan": o.Aan, "staat": opdracht.Aangeboden}}})
	return err == nil && t.o.Inzage.ZouMogen(ctx, t.soortBeoordeling(), dossier.Record{Zaak: o.Zaak, Inhoud: inhoud}, o.Van, l)
}

type overdrachtData struct {
	O     opdracht.Opdracht
	Van   string
	B     Beoordeling
	F     *web.Formulier
	Open  bool
	Weg   bool // refused or withdrawn: there is nothing to read any more
	Tekst string
	Stil  *web.BronStil
}

func (p *paginaset) inkomendeOverdracht(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	return p.toonOverdracht(w, r, s, http.StatusOK, &web.Formulier{})
}

func (p *paginaset) toonOverdracht(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, f *web.Formulier) error {
	o, err := p.overdracht(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	l := p.overnemer(s, o.Zaak)
	d := overdrachtData{O: o, F: f, Open: o.Staat == opdracht.Aangeboden, Tekst: overdrachtWoorden[o.Staat].Lezer}
	if van, ok := p.o.Deelnemer(o.Van); ok {
		d.Van = van.Naam
	}
	titel := "Een gezin overnemen"
	if d.Weg = o.Staat == opdracht.Geweigerd || o.Staat == opdracht.Ingetrokken || o.Staat == opdracht.Mislukt; !d.Weg {
		a, err := p.o.Inzage.Haal(r.Context(), o.Onderwerp.Bron, o.Onderwerp.Pad, l, nil, nil)
		switch {
		case begrip.Is(err, begrip.BronAntwoordtNiet):
			d.Stil, status = &web.BronStil{Organisatie: d.Van, Opnieuw: r.URL.Path}, http.StatusBadGateway
		case err != nil:
			return err
		default:
			if d.B, err = inzage.Lees[Beoordeling](a); err != nil {
				return err
			}
			titel = d.B.Naam
		}
	} else if !p.magOvernemen(r.Context(), o, l) {
		return begrip.NieuweFout(begrip.Verboden, "U mag deze overdracht niet lezen.")
	}
	p.Toon(w, r, status, "overdracht-inkomend.html", web.Pagina{
		Titel: titel, Actief: "/postvak", Kruimels: []web.Kruimel{{Tekst: "Postvak", Pad: "/postvak"}, {Tekst: titel}}, Doel: doelbalk(l), Data: d,
	})
	return nil
}

func (p *paginaset) antwoordOverdracht(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	err = p.Overneem(r.Context(), r.PathValue("id"), f.Waarde("actie") == "ja", f.Waarde("reden"), p.overnemer(s, ""))
	if f.Neem(err, nil) {
		return p.toonOverdracht(w, r, s, http.StatusBadRequest, f)
	}
	if err != nil && !begrip.Is(err, begrip.Conflict) { // pressed twice, or by two: the page tells how it is
		return err
	}
	http.Redirect(w, r, "/postvak/overdracht/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}
