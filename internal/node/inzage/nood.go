package inzage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	soortNoodzoek = "noodzoek" // what the log and the privacy officer call such a search
	padNoodzoek   = "/v1/noodtoegangen/query"
	maxVondsten   = 100
)

// Vondst is a record that exists, as a search on noodtoegang tells it.
type Vondst struct {
	Titel string    `json:"titel" doc:"Soort van het gegeven, in woorden"`
	Pad   string    `json:"pad" doc:"Waar het te lezen is"`
	Sinds time.Time `json:"sinds"`
}

// noodbesluit tells that only noodtoegang allowed the look.
func noodbesluit(b toegang.Besluit, l toegang.Lezer) bool {
	return b.Toegestaan && !l.Nood.IsZero() && slices.Contains(b.Plichten, toegang.PlichtNakijken)
}

// VindNood gives which records here are about a person, to a professional in an
// hour of need who has no reference: that they exist, no more; reading one is a
// look of its own. What noodtoegang does not open, and what is withheld from
// that organisation, is not told. The search itself alarms the privacy officer
// and is reviewed, also when it finds nothing.
func (z *Inzage) VindNood(ctx context.Context, l toegang.Lezer, bsn begrip.BSN) ([]Vondst, error) {
	defer WachtTot(ctx, time.Now(), lijstMaat)
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.RecordID, regel.Betrokkenen, regel.BronAfgeschermd = soortNoodzoek, regel.ID, []begrip.BSN{bsn}, true
	if l.Nood.IsZero() || !l.Burger.IsZero() || !l.Rol.DraagtZaken() {
		const reden = "Zoeken op een persoon kan hier alleen met noodtoegang, door een professional."
		regel.Redenen = []dossier.Reden{{Tekst: reden}}
		if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
			return nil, geenLog(err)
		}
		return nil, begrip.NieuweFout(begrip.Verboden, reden)
	}
	recs, err := z.cfg.Dossier.Zoek(ctx, dossier.Filter{Persoon: bsn})
	if err != nil {
		return nil, err
	}
	f, err := z.feiten(ctx, l, recs...)
	if err != nil {
		return nil, err
	}
	uit := []Vondst{}
	for _, rec := range recs {
		s, ok := z.VanSoort(rec.Soort)
		if !ok || s.ZonderNood || f.Afgeschermd(rec.Soort, rec.ID, l) != nil {
			continue
		}
		b, err := z.besluit(ctx, s, rec, l, f, nil)
		if err != nil {
			return nil, err
		}
		if b.Toegestaan && len(uit) < maxVondsten {
			uit = append(uit, Vondst{s.Titel, s.Pad + "/" + rec.ID, rec.GeldigVanaf})
			regel.Velden = append(regel.Velden, rec.Soort+"/"+rec.ID)
		}
	}
	regel.Toegestaan, regel.Niveau, regel.Plichten = true, begrip.NiveauBestaan, []string{toegang.PlichtAlarm, toegang.PlichtNakijken}
	err = z.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if err := tx.Log(ctx, regel); err != nil {
			return err
		}
		return z.cfg.Waarborgen.Nood(ctx, tx, dossier.Record{Soort: soortNoodzoek, ID: regel.ID, Personen: []begrip.BSN{bsn}}, l, regel, false)
	})
	if err != nil {
		return nil, z.geremd(ctx, regel, l, err)
	}
	return uit, nil
}

// geremd makes of why a look on noodtoegang could not be written down what the reader
// hears: one too many is logged as a refusal and told to the privacy officer.
func (z *Inzage) geremd(ctx context.Context, regel dossier.Logregel, l toegang.Lezer, err error) error {
	g, ok := errors.AsType[*waarborg.Geremd](err)
	if !ok {
		return geenLog(err)
	}
	regel.Toegestaan, regel.Niveau, regel.Velden, regel.Plichten = false, begrip.NiveauBestaan, nil, nil
	regel.Redenen = []dossier.Reden{{Tekst: g.Bericht, Gezin: "Deze persoon gebruikte noodtoegang te vaak. Daarom kreeg deze persoon niets te zien."}}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return geenLog(err)
	}
	z.cfg.Besluiten.Plus(1, "geremd")
	z.meld(ctx, l.Organisatie, signaal.NoodtoegangGeremd, regel.ID)
	return g.Fout
}

// ZoekNood asks a source which records there are about a person; see VindNood.
// It logs the question here first. Errors as Haal.
func (z *Inzage) ZoekNood(ctx context.Context, bron begrip.OIN, l toegang.Lezer, bsn begrip.BSN) ([]Vondst, error) {
	if bron == z.cfg.Organisatie.OIN {
		return z.VindNood(ctx, l, bsn)
	}
	org, api, ok := z.cfg.Deelnemer(bron)
	if !ok || api == "" {
		return nil, begrip.NieuweFout(begrip.BronAntwoordtNiet, "Deze bron staat niet in het register.")
	}
	_, ctx = Spoor(ctx)
	regel := z.regel(ctx, dossier.Bekeken, l)
	regel.Bron, regel.Soort, regel.RecordID, regel.Betrokkenen, regel.Toegestaan, regel.BronAfgeschermd = bron, soortNoodzoek, regel.ID, []begrip.BSN{bsn}, true, true
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return nil, geenLog(err)
	}
	stil := begrip.NieuweFout(begrip.BronAntwoordtNiet, "%s antwoordt nu niet. Probeer het later nog eens.", org.Naam)
	lijf, err := json.Marshal(map[string]begrip.InhoudBSN{"burgerservicenummer": {BSN: bsn}})
	if err != nil {
		return nil, err
	}
	ctx, klaar := context.WithTimeout(toegang.Naar(ctx, bron), wachttijd)
	defer klaar()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, Basis(api)+padNoodzoek, bytes.NewReader(lijf))
	if err != nil {
		return nil, stil.Door(err)
	}
	verklaring, err := z.cfg.Identiteit.Verklaring(l, bron, time.Now())
	if err != nil {
		return nil, begrip.FoutVan(err)
	}
	r.Header.Set("Authorization", "Bearer "+verklaring)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	resp, err := z.client.Do(r)
	if err != nil {
		return nil, stil.Door(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxInhoud))
	if err != nil {
		return nil, stil.Door(err)
	}
	if resp.StatusCode != http.StatusOK {
		_, err := weigering(org, resp, b)
		return nil, err
	}
	var in struct {
		Gegevens []Vondst `json:"gegevens"`
	}
	if json.Unmarshal(b, &in) != nil {
		return nil, stil
	}
	return slices.DeleteFunc(in.Gegevens, func(v Vondst) bool { return !padVorm.MatchString(v.Pad) }), nil
}

type noodzoekUit struct {
	Body struct {
		Gegevens []Vondst `json:"gegevens" nullable:"false"`
	}
}

// registreerNood adds the search on noodtoegang.
func (z *Inzage) registreerNood(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "bevraagNoodtoegang", Method: http.MethodPost, Path: "/noodtoegangen/query", DefaultStatus: http.StatusOK,
		Summary: "Welke gegevens hier over een persoon zijn, met noodtoegang", Tags: []string{"Noodtoegang"}, Errors: []int{400, 401, 403, 429, 503},
	}, func(ctx context.Context, in *gezinIn) (*noodzoekUit, error) {
		l, err := z.Lezer(ctx)
		if err != nil {
			return nil, err
		}
		bsn, err := in.bsn()
		if err != nil {
			return nil, err
		}
		uit := &noodzoekUit{}
		uit.Body.Gegevens, err = z.VindNood(ctx, l, bsn)
		return uit, err
	})
}
