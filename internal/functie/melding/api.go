package melding

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// The two record kinds and where they are served.
const (
	soortMelding     = "melding"
	soortBeoordeling = "beoordeling"
	padMeldingen     = "/v1/meldingen"
	padBeoordelingen = "/v1/beoordelingen"
)

//go:embed beleid.rego
var beleid string

//go:embed *.html talen
var paginas embed.FS

// T is the functie on one node.
type T struct {
	o  *functie.Omgeving
	nu func() time.Time
}

// Nieuw puts the functie on a node.
func Nieuw(o *functie.Omgeving) *T {
	o.Waarborgen.GebruikAdressen(soortMelding, adressen)
	return &T{o: o, nu: time.Now}
}

// adressen fills in what is known about hidden addresses.
func adressen(inhoud json.RawMessage, weet func(begrip.BSN) begrip.Geheim) (json.RawMessage, []begrip.BSN, error) {
	m, err := lees(dossier.Record{Inhoud: inhoud})
	if err != nil {
		return nil, nil, err
	}
	var open []begrip.BSN
	anders := false
	for i := range m.HeeftBetrekkingOp {
		b := &m.HeeftBetrekkingOp[i]
		if b.AdresGeheim != begrip.GeheimOnbekend {
			continue
		}
		if b.AdresGeheim = weet(b.Burgerservicenummer.BSN); b.AdresGeheim == begrip.GeheimOnbekend {
			open = append(open, b.Burgerservicenummer.BSN)
		} else {
			anders = true
		}
	}
	if anders {
		inhoud, err = begrip.Opslag(m)
	}
	return inhoud, open, err
}

// Functie declares it.
func (t *T) Functie() functie.Functie {
	return functie.Functie{
		Naam: "melding", Titel: "Uitwisselen Melding",
		Beleid:  map[string]string{"melding/beleid.rego": beleid},
		Soorten: []inzage.Soort{t.soortMelding(), t.soortBeoordeling()},
		Opdrachten: []opdracht.Soort{{Naam: soortMelding, Titel: "Melding beoordelen", Regel: meldregel, Mag: magStap, Volgende: map[string]string{codeOverdracht: soortOverdracht}},
			{Naam: soortOverdracht, Titel: "Een gezin overnemen", Regel: overdrachtregel, Bijgewerkt: t.overdrachtBijgewerkt}},
		Opent: map[string]func(context.Context, toegang.Sessie, opdracht.Opdracht) bool{soortMelding: t.opent, soortOverdracht: t.opentOverdracht},
		API:   t.api, Werkplek: t.werkplek, Teksten: teksten,
	}
}

func (t *T) soortMelding() inzage.Soort {
	return inzage.Soort{
		Naam: soortMelding, Pad: padMeldingen, Titel: "Melding", InZin: "de melding", Beleid: "soh.melding",
		Vorm: Melding{}, Reduceer: t.reduceer, Ingezien: t.ingezien, Melding: true, ZonderHerkomst: "de melder schrijft op wat die zelf weet",
		ZonderWegwijzer: "melding-geregistreerd noemt iedereen; van wie afgeschermd meldt, vindt het gezin de bron niet",
		Betrokkenen: func(rec dossier.Record) []begrip.Betrokkene {
			m, _ := lees(rec)
			return m.HeeftBetrekkingOp
		},
		Klasse: func(dossier.Record) samenwerkingsverband.Klasse {
			if t.o.Organisatie.Soort == begrip.Politie {
				return samenwerkingsverband.Strafrecht
			}
			return samenwerkingsverband.Hulp
		},
		Deel: func(rec dossier.Record, l toegang.Lezer) samenwerkingsverband.Deel {
			if l.Organisatie.OIN == t.o.Organisatie.OIN {
				return samenwerkingsverband.DeelEigenMelding
			}
			return ""
		},
		Feiten: func(rec dossier.Record, _ toegang.Lezer) map[string]any {
			m, err := lees(rec)
			if err != nil {
				return nil
			}
			return map[string]any{"ontvanger": m.Ontvanger, "melder": t.o.Organisatie.OIN, "aan": ontvangers[m.Soort], "afgeschermd": !m.MelderAfscherming.Leeg()}
		},
		Partij: func(rec dossier.Record, oin begrip.OIN) bool {
			m, err := lees(rec)
			return err == nil && m.Ontvanger == oin
		},
		Afgeschermd: func(rec dossier.Record) bool {
			m, err := lees(rec)
			return err != nil || !m.MelderAfscherming.Leeg() // unreadable counts as shielded
		},
		Personen: func(inhoud json.RawMessage) []begrip.BSN {
			m, err := lees(dossier.Record{Inhoud: inhoud})
			if err != nil {
				return nil
			}
			return BSNs(m.HeeftBetrekkingOp)
		},
		Gezin: t.gezinMelding,
	}
}

type maakIn struct {
	Sleutel string `header:"Idempotency-Key" maxLength:"200" doc:"Eigen kenmerk van dit verzoek. Wie het na een storing nog eens stuurt, krijgt hetzelfde antwoord en geen tweede melding"`
	RawBody []byte // as it was sent, to tell a repetition from something else
	Body    Melding
}

// Resolve adds the mistakes of meaning to those of form: one answer for all.
func (in *maakIn) Resolve(huma.Context) []error {
	nu := time.Now()
	in.Body.Normaliseer(nu)
	return rest.Fouten(in.Body.Validate(nu))
}

type maakUit struct {
	Location string `header:"Location" doc:"Adres van de melding"`
	Body     Melding
}

func (t *T) api(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "maakMelding", Method: http.MethodPost, Path: strings.TrimPrefix(padMeldingen, "/v1"), DefaultStatus: http.StatusCreated,
		Summary: "Doe een melding", Tags: []string{"Melding"},
		Description: "Een systeem van de eigen organisatie registreert een melding. De melding blijft hier; de ontvanger krijgt een opdracht en leest de inhoud bij deze bron.",
	}, func(ctx context.Context, in *maakIn) (*maakUit, error) {
		if err := t.o.AlleenEigen(ctx); err != nil {
			return nil, err
		}
		m, err := t.registreer(ctx, in.Body, toegang.Lezer{Naam: "systeem van " + t.o.Organisatie.Naam, Rol: begrip.RolSysteem}, herhaling{in.Sleutel, sha256.Sum256(in.RawBody)})
		if err != nil {
			return nil, err
		}
		m, _ = begrip.Open(m, begrip.Inzagerecht(begrip.Allebei)) // to the system that sent it
		return &maakUit{Location: m.URL, Body: m}, nil
	})
}

// Registreer validates and stores a melding, offers it to the receiver and puts
// the event in the outbox, all in one transaction. door is the person or
// system that makes it: Naam and Rol. Error: Verboden when that role makes none.
func (t *T) Registreer(ctx context.Context, m Melding, door toegang.Lezer) (Melding, error) {
	return t.registreer(ctx, m, door, herhaling{})
}

// registreer is Registreer, once per herhaling: the same again gives the melding
// that stands, another melding under its key is Conflict.
func (t *T) registreer(ctx context.Context, m Melding, door toegang.Lezer, eerder herhaling) (Melding, error) {
	if !magMelden(door.Rol) {
		return m, begrip.NieuweFout(begrip.Verboden, "Met uw rol (%s) kunt u geen melding doen.", door.Rol.Naam())
	}
	if staat, ok, err := eerder.staat(ctx, t); ok || err != nil {
		return staat, err
	}
	nu := t.nu()
	m.Normaliseer(nu)
	if err := m.Validate(nu); err != nil {
		return m, err
	}
	if err := t.kiesOntvanger(&m); err != nil {
		return m, err
	}
	t.o.Waarborgen.VraagGeheim(ctx, m.HeeftBetrekkingOp, door.Naam)
	m.ID = uuid.Must(uuid.NewV7()).String()
	if m.Zaak == "" {
		m.Zaak = "urn:soh:zaak:" + uuid.Must(uuid.NewV7()).String()
	}
	for i := range m.HeeftBetrekkingOp {
		m.HeeftBetrekkingOp[i].ID = "urn:soh:betrokkene:" + uuid.Must(uuid.NewV7()).String()
	}
	for i := range m.NaarAanleidingVan {
		if m.NaarAanleidingVan[i].ID == "" {
			m.NaarAanleidingVan[i].ID = uuid.Must(uuid.NewV7()).String()
		}
	}
	inhoud, err := begrip.Opslag(m)
	if err != nil {
		return m, err
	}
	err = t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if err := eerder.onthoud(ctx, t, tx, m.ID); err != nil {
			return err
		}
		if _, err := tx.Schrijf(ctx, dossier.Record{Soort: soortMelding, ID: m.ID, Zaak: m.Zaak, GeldigVanaf: m.DatumTijd, Door: door.Naam, Personen: BSNs(m.HeeftBetrekkingOp), Inhoud: inhoud}); err != nil {
			return err
		}
		if err := t.o.Waarborgen.VraagLater(ctx, tx, soortMelding, m.ID, m.HeeftBetrekkingOp); err != nil {
			return err
		}
		if _, err := t.o.Opdrachten.Bied(ctx, tx, opdracht.Opdracht{
			Soort: soortMelding, Zaak: m.Zaak, Aan: m.Ontvanger,
			Onderwerp: opdracht.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: soortMelding, Pad: padMeldingen + "/" + m.ID},
			Personen:  len(m.HeeftBetrekkingOp),
			Vrager:    opdracht.Vrager{Naam: door.Naam, Rol: door.Rol, Doel: begrip.DoelEigenMelding, Grondslag: meldgronden[m.Soort]},
		}); err != nil {
			return err
		}
		g := graaf(m.ID, m.Zaak, "RegistrerenMelding", t.o.Organisatie, m.DatumTijd, m.HeeftBetrekkingOp, !m.MelderAfscherming.Leeg())
		g.Node(urn(m.ID)).Ref("soh:aangebodenAan", m.Ontvanger.URN()) // by this the Ketenindex knows that it is involved
		return t.verstuur(ctx, tx, typeGeregistreerd, m.ID, g)
	})
	if err != nil {
		return m, err
	}
	t.o.Wek()
	return t.metURLs(m), nil
}

// verstuur puts an event about melding id in the outbox.
func (t *T) verstuur(ctx context.Context, tx *dossier.Tx, type_, id string, g prov.Graph) error {
	return tx.Verstuur(ctx, gebeurtenis.Bericht(gebeurtenis.Maak(t.o.Systeem, type_, urn(id), g)))
}

func (t *T) kiesOntvanger(m *Melding) error {
	soort := ontvangers[m.Soort]
	if len(t.o.Deelnemers()) == 0 {
		return begrip.NieuweFout(begrip.NietBeschikbaar, "Wij weten nog niet wie er meedoen. Probeer het over een minuut nog eens.")
	}
	if m.Ontvanger != "" {
		if d, ok := t.o.Deelnemer(m.Ontvanger); !ok || d.Soort != soort {
			return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "ontvanger", Bericht: "Deze organisatie neemt dit soort melding niet aan."}}}
		}
		return nil
	}
	kandidaten := t.o.VanSoort(soort)
	if len(kandidaten) == 1 {
		m.Ontvanger = kandidaten[0].OIN
		return nil
	}
	bericht := "Er doet nog geen organisatie mee die deze melding aanneemt."
	if len(kandidaten) > 1 {
		bericht = "Er zijn meer organisaties die deze melding aannemen. Kies er een."
	}
	return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "ontvanger", Bericht: bericht}}}
}

func lees(rec dossier.Record) (Melding, error) {
	var m Melding
	err := json.Unmarshal(rec.Inhoud, &m)
	return m, err
}

// Proces is a melding at niveau 1: who, when and for whom, without content.
type Proces struct {
	URL                   string     `json:"url"`
	ID                    string     `json:"id"`
	Soort                 Soort      `json:"soort"`
	DatumTijd             time.Time  `json:"datumTijd"`
	Zaak                  string     `json:"zaak"`
	Ontvanger             begrip.OIN `json:"ontvanger"`
	TerugkoppelingGewenst bool       `json:"terugkoppelingGewenst"`
	AantalBetrokkenen     int        `json:"aantalBetrokkenen"`
	Gezin                 string     `json:"gezin" doc:"Naam van het gezin, om de melding te herkennen"`
}

// Bestaan is a record at niveau 0: that it exists.
type Bestaan struct {
	URL string `json:"url"`
	ID  string `json:"id"`
}

// reduceer is the reduction of a melding to a level.
func (t *T) reduceer(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
	m, err := lees(rec)
	if err != nil {
		return nil, err
	}
	m = t.metURLs(m)
	switch n {
	case begrip.NiveauBestaan:
		return Bestaan{m.URL, m.ID}, nil
	case begrip.NiveauProces:
		return Proces{m.URL, m.ID, m.Soort, m.DatumTijd, m.Zaak, m.Ontvanger, m.TerugkoppelingGewenst, len(m.HeeftBetrekkingOp), m.Gezinsnaam()}, nil
	}
	return m, nil
}

// metURLs gives every part the id and url that the draft asks for. They follow
// from where the node is now, so they are not stored.
func (t *T) metURLs(m Melding) Melding {
	m.URL = t.url(padMeldingen, m.ID)
	deel := func(id, url *string, naam string) {
		if *id == "" {
			*id = m.ID + "-" + naam
		}
		*url = m.URL + "#" + naam
	}
	z := &m.ZorgelijkeSituatie
	deel(&z.ID, &z.URL, "zorgelijkeSituatie")
	for i := range z.VraagAntwoord {
		deel(&z.VraagAntwoord[i].ID, &z.VraagAntwoord[i].URL, nummer("vraagAntwoord", i))
	}
	m.Contact.Bewerk(func(k *Contact) { deel(&k.ID, &k.URL, "contact") })
	if m.OverigeInformatie != nil {
		i, eigen := *m.OverigeInformatie, "" // not in what others hold
		deel(&i.ID, &eigen, "overigeInformatie")
		if i.URL.Leeg() { // else it is where the melder keeps it
			i.URL.Zet(eigen)
		}
		m.OverigeInformatie = &i
	}
	for i := range m.NaarAanleidingVan {
		in := &m.NaarAanleidingVan[i]
		deel(&in.ID, &in.URL, nummer("incident", i))
		if in.PeriodeVanTot != nil {
			deel(&in.PeriodeVanTot.ID, &in.PeriodeVanTot.URL, nummer("periode", i))
		}
	}
	for i := range m.HeeftBetrekkingOp {
		b := &m.HeeftBetrekkingOp[i]
		deel(&b.ID, &b.URL, nummer("betrokkene", i))
		deel(&b.Naam.ID, &b.Naam.URL, nummer("naam", i))
		b.Adres.Bewerk(func(a *Adres) { deel(&a.ID, &a.URL, nummer("adres", i)) })
	}
	return m
}

func (t *T) url(pad, id string) string {
	d, _ := t.o.Deelnemer(t.o.Organisatie.OIN)
	return inzage.Basis(d.API) + pad + "/" + id
}

// gezinMelding is what the family reads of a melding at the melder's node. The
// content is told in person by the receiver, not first on a screen.
func (t *T) gezinMelding(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
	m, err := lees(rec)
	if err != nil || !m.MelderAfscherming.Leeg() {
		return inzage.Deel{}, false
	}
	ontvanger := "de ontvanger"
	if d, ok := t.o.Deelnemer(m.Ontvanger); ok {
		ontvanger = d.Naam
	}
	return inzage.Deel{
		Soort: soortMelding, ID: m.ID, Titel: "Melding aan " + ontvanger, Tijdstip: m.DatumTijd,
		Tekst: t.o.Organisatie.Naam + " maakt zich zorgen en heeft dat gemeld. " + ontvanger + " bespreekt met u wat er in de melding staat.",
	}, true
}

// Bouw makes the functie, for the wiring of a node.
func Bouw(o *functie.Omgeving) functie.Functie { return Nieuw(o).Functie() }
