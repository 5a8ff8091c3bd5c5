package inrichting

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// soortAfscherming is the Opdracht with which a source tells who read a record
// that something else sticks to it now: withheld, protected, or no more. It
// refers to the record and says no more; the reader's node asks what.
const soortAfscherming = "afscherming"

func (t *T) opdrachtAfscherming() opdracht.Soort {
	return opdracht.Soort{Naam: soortAfscherming, Titel: "Afscherming van wat u eerder las", Regel: afschermregel, Ontvangen: t.sluit, Automatisch: t.haalAanhang}
}

// afschermregel: any organisation may say that something else sticks to a record
// of its own, by its system. It gets nothing by it.
var afschermregel = opdracht.Regel{
	OverAlles: true, MaxPersonen: 1,
	ZonderBewijs: "Dat wij het gegeven bij deze bron lazen, staat in ons eigen verwerkingenlog. Zonder dat komt de opdracht niet binnen.",
	Wegen: []opdracht.Weg{{
		Soorten: deelnemenden, Aan: deelnemenden, Rollen: []begrip.Rol{begrip.RolSysteem}, Doelen: []begrip.Doel{begrip.DoelToezicht}, Gronden: []begrip.Grondslag{begrip.GrondAvg24},
	}},
}

// deelnemenden are the kinds of organisation that keep records.
var deelnemenden = slices.DeleteFunc(slices.Clone(begrip.OrganisatieSoorten), func(s begrip.OrganisatieSoort) bool {
	return s == begrip.Burgerportaal || s == begrip.Ketenbeheerder
})

// verspreid offers that Opdracht, in the transaction of the change, to everybody
// who read the record or what rests on it here, but not to nietAan: for them the
// record is not there.
func (t *T) verspreid(ctx context.Context, tx *dossier.Tx, over begrip.Verwijzing, nietAan []begrip.OIN) error {
	recs, err := tx.Afgeleid(ctx, over)
	if err != nil {
		return err
	}
	gelezen := []dossier.Sleutel{}
	if over.Bron == t.o.Organisatie.OIN {
		gelezen = append(gelezen, dossier.Sleutel{Soort: over.Soort, ID: over.ID()})
	}
	for _, r := range recs {
		gelezen = append(gelezen, r.Sleutel())
	}
	for _, s := range gelezen {
		k, ok := t.o.Inzage.VanSoort(s.Soort)
		if !ok {
			continue
		}
		lezers, err := tx.LezersVan(ctx, s)
		if err != nil {
			return err
		}
		for _, l := range lezers {
			d, ok := t.o.Deelnemer(l.Organisatie)
			if !ok || d.API == "" || !slices.Contains(deelnemenden, d.Soort) || l.Organisatie == t.o.Organisatie.OIN || slices.Contains(nietAan, l.Organisatie) {
				continue
			}
			if _, err := t.o.Opdrachten.Bied(ctx, tx, opdracht.Opdracht{
				Soort: soortAfscherming, Aan: l.Organisatie, Zaak: "urn:soh:" + s.Soort + ":" + s.ID, Personen: 1,
				Vrager:    opdracht.Vrager{Naam: "systeem van " + t.o.Organisatie.Naam, Rol: begrip.RolSysteem, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24},
				Onderwerp: begrip.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: s.Soort, Pad: k.Pad + "/" + s.ID},
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// sluit closes for the family, in the transaction of the arrival, what was made of
// the record: until it is known what sticks to it now. Only a source itself can
// say this, and only of what we read there.
func (t *T) sluit(ctx context.Context, tx *dossier.Tx, o *opdracht.Opdracht) error {
	if o.Onderwerp.Bron != o.Van {
		return begrip.NieuweFout(begrip.Verboden, "Alleen de bron zelf kan dit zeggen.")
	}
	gelezen, err := tx.Bekeken(ctx, o.Onderwerp)
	if err != nil {
		return err
	}
	if !gelezen {
		return begrip.NieuweFout(begrip.NietGevonden, "Dit gegeven kennen wij niet.")
	}
	return t.o.Waarborgen.SluitAanhang(ctx, tx, o.Onderwerp)
}

// haalAanhang asks the source what sticks to the record; it is called again until
// the source answers. The Opdracht stays open: a person has to look at what is
// outside this node.
func (t *T) haalAanhang(ctx context.Context, o opdracht.Opdracht) error {
	return t.o.Inzage.HaalAanhang(ctx, o.Onderwerp)
}

type gevolgenIn struct {
	Body struct {
		Soort string `json:"soort" maxLength:"60" doc:"Soort van het gegeven, bijvoorbeeld melding"`
		ID    string `json:"id" format:"uuid" doc:"Nummer van het gegeven"`
	}
}

type gevolgenUit struct{ Body inzage.Gevolgen }

// gevolgen adds POST /v1/gevolgen/query: what follows from withholding, before it
// counts.
func (t *T) gevolgen(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "bevraagGevolgen", Method: http.MethodPost, Path: "/gevolgen/query", DefaultStatus: http.StatusOK,
		Summary: "Wat op een gegeven rust en wie het al las, voordat u het afschermt", Tags: []string{"Waarborgen"}, Errors: []int{400, 401, 403, 404, 503},
	}, func(ctx context.Context, in *gevolgenIn) (*gevolgenUit, error) {
		l, err := t.mag(ctx)
		if err != nil {
			return nil, err
		}
		s, ok := t.o.Inzage.VanSoort(in.Body.Soort)
		if !ok {
			return nil, begrip.NieuweFout(begrip.NietGevonden, "Dit bestaat hier niet.")
		}
		g, err := t.o.Inzage.Gevolgen(ctx, l, s, strings.ToLower(in.Body.ID))
		return &gevolgenUit{g}, err
	})
}

type afgeschermdData struct {
	O        opdracht.Opdracht
	Bron     string
	Wat      string
	Open     bool
	Wacht    bool // what sticks to it is not fetched yet
	Gegevens []inzage.Gevolg
}

// opentAfscherming tells whether this professional may open such an Opdracht.
func opentAfscherming(_ context.Context, s toegang.Sessie, _ opdracht.Opdracht) bool {
	return magVerwerken(s)
}

// magVerwerken tells who handles such an Opdracht.
func magVerwerken(s toegang.Sessie) bool { return s.Rol.DraagtZaken() || s.Rol == begrip.RolPrivacy }

func (p *paginaset) opdrachtVan(r *http.Request, s toegang.Sessie) (opdracht.Opdracht, error) {
	if !magVerwerken(s) {
		return opdracht.Opdracht{}, begrip.NieuweFout(begrip.Verboden, "Alleen wie met zaken werkt, of de privacyfunctionaris, kan dit.")
	}
	o, err := p.o.Opdrachten.Lees(r.Context(), r.PathValue("id"))
	if err == nil && (o.Soort != soortAfscherming || o.Richting != opdracht.In) {
		err = begrip.NieuweFout(begrip.NietGevonden, "Deze opdracht is er niet.")
	}
	return o, err
}

// afgeschermd shows what a source withheld, or released, of what we read: which of
// our own records rest on it. For whom it is withheld stands on no page.
func (p *paginaset) afgeschermd(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	o, err := p.opdrachtVan(r, s)
	if err != nil {
		return err
	}
	recs, err := p.o.Dossier.Afgeleid(r.Context(), o.Onderwerp)
	if err != nil {
		return err
	}
	a, err := p.o.Waarborgen.AanhangVan(r.Context(), o.Onderwerp)
	if err != nil {
		return err
	}
	bron, _ := p.o.Deelnemer(o.Van)
	d := afgeschermdData{O: o, Bron: bron.Naam, Wat: p.o.Inzage.Titel(o.Onderwerp.Soort), Open: !o.Staat.Eind(), Wacht: a.Onbekend}
	for _, rec := range recs {
		d.Gegevens = append(d.Gegevens, inzage.Gevolg{Soort: rec.Soort, Titel: p.o.Inzage.Titel(rec.Soort), ID: rec.ID, Sinds: rec.GeldigVanaf})
	}
	const titel = "Iets wat u eerder las, is anders afgeschermd"
	p.Toon(w, r, http.StatusOK, "afgeschermd.html", web.Pagina{Titel: titel, Actief: "/postvak", Kruimels: []web.Kruimel{{Tekst: "Postvak", Pad: "/postvak"}, {Tekst: titel}}, Data: d})
	return nil
}

// verwerkt records that a person looked at what is outside this node.
func (p *paginaset) verwerkt(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	o, err := p.opdrachtVan(r, s)
	if err != nil {
		return err
	}
	err = p.o.Dossier.Tx(r.Context(), func(tx *dossier.Tx) error {
		if o.Staat == opdracht.Aangeboden {
			if _, err := p.o.Opdrachten.ZetIn(r.Context(), tx, o.ID, opdracht.Stap{Naar: opdracht.Geaccepteerd, Door: s.Naam}); err != nil {
				return err
			}
		}
		_, err := p.o.Opdrachten.ZetIn(r.Context(), tx, o.ID, opdracht.Stap{Naar: opdracht.Uitgevoerd, Door: s.Naam})
		return err
	})
	if err != nil {
		return err
	}
	p.o.Wek()
	http.Redirect(w, r, "/postvak?gelukt=verwerkt", http.StatusSeeOther)
	return nil
}
