package inrichting

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

type kringIn struct {
	Body KringVraag
}

// KringVraag asks who could see a record of ours, or a kind of information
// before there is one.
type KringVraag struct {
	Soort                string `json:"soort,omitempty" required:"false" maxLength:"60" doc:"Soort gegeven, samen met id"`
	ID                   string `json:"id,omitempty" required:"false" maxLength:"36" doc:"Nummer van een gegeven van deze bron"`
	Klasse               string `json:"klasse,omitempty" required:"false" maxLength:"2" doc:"I0 tot en met I6, samen met samenwerkingsverband; in plaats van soort en id"`
	Samenwerkingsverband string `json:"samenwerkingsverband,omitempty" required:"false" maxLength:"100"`
}

type kringUit struct{ Body inzage.Kring }

type kennisIn struct {
	Body KennisVraag
}

// KennisVraag asks what a professional could have known.
type KennisVraag struct {
	Op                  time.Time        `json:"op" doc:"Het moment, niet in de toekomst"`
	Organisatie         begrip.OIN       `json:"organisatie" maxLength:"20" doc:"Waar de professional werkt"`
	Rol                 begrip.Rol       `json:"rol" maxLength:"60"`
	Persoon             string           `json:"persoon,omitempty" required:"false" maxLength:"200" doc:"Kenmerk van de professional; zonder waarde telt iedereen met deze rol"`
	Doel                begrip.Doel      `json:"doel,omitempty" required:"false" maxLength:"100" doc:"Samen met grondslag; zonder beide telt elke weg"`
	Grondslag           begrip.Grondslag `json:"grondslag,omitempty" required:"false" maxLength:"60"`
	Zaak                string           `json:"zaak,omitempty" required:"false" maxLength:"100" doc:"Over deze zaak"`
	Burgerservicenummer begrip.InhoudBSN `json:"burgerservicenummer,omitzero" required:"false" doc:"Over deze persoon"`
}

type kennisUit struct{ Body inzage.Kennis }

// simulaties adds the questions beforehand and afterwards: POST
// /v1/kijkers/query and POST /v1/kennis/query. Both read, and carry persons in
// the body only.
func (t *T) simulaties(api huma.API) {
	op := func(id, pad, wat string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodPost, Path: pad, Summary: wat, Tags: []string{"Simulatie"}, DefaultStatus: http.StatusOK, Errors: []int{400, 401, 403, 404, 503}}
	}
	rest.Register(api, op("bevraagKijkers", "/kijkers/query", "Wie zou dit kunnen zien, nu of voordat het er is"), func(ctx context.Context, in *kringIn) (*kringUit, error) {
		l, err := t.mag(ctx)
		if err != nil {
			return nil, err
		}
		k, err := t.kring(ctx, l, in.Body)
		return &kringUit{k}, err
	})
	rest.Register(api, op("bevraagKennis", "/kennis/query", "Wat kon deze professional toen weten, en waar keek die echt naar"), func(ctx context.Context, in *kennisIn) (*kennisUit, error) {
		l, err := t.mag(ctx)
		if err != nil {
			return nil, err
		}
		k, err := t.kennis(ctx, l, in.Body)
		return &kennisUit{k}, err
	})
}

// organisaties are those of the register, our own included.
func (t *T) organisaties() []begrip.Organisatie {
	uit := []begrip.Organisatie{t.o.Organisatie}
	for _, d := range t.o.Deelnemers() {
		if d.OIN != t.o.Organisatie.OIN {
			uit = append(uit, d.Organisatie)
		}
	}
	return uit
}

// kring answers who could see this; l asks.
func (t *T) kring(ctx context.Context, l toegang.Lezer, v KringVraag) (inzage.Kring, error) {
	var c begrip.Controle
	var klasse samenwerkingsverband.Klasse
	gegeven, vooraf := v.Soort != "" || v.ID != "", v.Klasse != "" || v.Samenwerkingsverband != ""
	c.Eis(gegeven != vooraf, "soort", "Vul soort en id in, of klasse en samenwerkingsverband.")
	c.Eis(!gegeven || v.ID != "", "id", "Vul het nummer van het gegeven in.")
	s, ok := t.o.Inzage.VanSoort(v.Soort)
	c.Eis(!gegeven || ok, "soort", "Deze soort gegevens is hier niet.")
	if vooraf {
		c.Eis(klasse.UnmarshalText([]byte(v.Klasse)) == nil, "klasse", "Kies een klasse van I0 tot en met I6.")
		c.Eis(v.Samenwerkingsverband != "", "samenwerkingsverband", "Vul het samenwerkingsverband in.")
	}
	if err := c.Fout(); err != nil {
		return inzage.Kring{}, err
	}
	if vooraf {
		return t.o.Inzage.WieKanVooraf(v.Samenwerkingsverband, klasse)
	}
	return t.o.Inzage.WieKan(ctx, l, s, strings.ToLower(v.ID), t.organisaties())
}

// kennis answers what a professional could have known; l asks.
func (t *T) kennis(ctx context.Context, l toegang.Lezer, v KennisVraag) (inzage.Kennis, error) {
	var c begrip.Controle
	b := v.Burgerservicenummer
	c.Eis(!v.Op.IsZero() && !v.Op.After(time.Now()), "op", "Kies een moment dat voorbij is.")
	c.Eis(!b.Ongeldig(), "burgerservicenummer", "Dit is geen geldig burgerservicenummer.")
	c.Eis(!b.IsZero() || v.Zaak != "" || b.Ongeldig(), "zaak", "Vul een zaak of een burgerservicenummer in.")
	c.Eis(v.Rol != begrip.RolOuder && v.Rol != begrip.RolJongere && slices.Contains(begrip.Rollen(), v.Rol), "rol", "Kies een rol van een professional.")
	c.Eis((v.Doel == "") == (v.Grondslag == ""), "grondslag", "Vul doel en grondslag samen in, of allebei niet.")
	c.Eis(v.Doel == "" || v.Doel.Bekend(), "doel", "Dit doel is er niet.")
	c.Eis(v.Grondslag == "" || v.Grondslag.Bekend(), "grondslag", "Deze grondslag is er niet.")
	orgs := t.organisaties()
	i := slices.IndexFunc(orgs, func(o begrip.Organisatie) bool { return o.OIN == v.Organisatie })
	c.Eis(i >= 0, "organisatie", "Deze organisatie doet niet mee.")
	if err := c.Fout(); err != nil {
		return inzage.Kennis{}, err
	}
	wie := toegang.Lezer{Organisatie: orgs[i], Persoon: v.Persoon, Rol: v.Rol, Doel: v.Doel, Grondslag: v.Grondslag}
	return t.o.Inzage.WatKon(ctx, l, wie, v.Op, b.BSN, v.Zaak)
}
