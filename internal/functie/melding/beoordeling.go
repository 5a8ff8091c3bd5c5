package melding

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/patroon/termijn"
	"github.com/handbereik/soh/internal/toegang"
)

// termijnTriage is the time Veilig Thuis has from the melding to the decision
// whether an enquiry is needed: five days (Uitvoeringsbesluit Wmo 2015, 4.1.7;
// the law says days, not working days; the Algemene termijnenwet moves an end on a Sunday).
var termijnTriage = termijn.Termijn{Naam: "beoordelen", Wet: "Uitvoeringsbesluit Wmo 2015, artikel 4.1.7", Aantal: 5, Eenheid: termijn.Dagen}

// Beoordeling is the receiver's own record of a melding it took up. It holds
// what the receiver needs for its own task and never names the melder.
type Beoordeling struct {
	ID              string                                `json:"id"`
	URL             string                                `json:"url,omitempty"`
	Zaak            string                                `json:"zaak"`
	Opdracht        string                                `json:"opdracht"`
	Melding         begrip.Vertrouwd[opdracht.Verwijzing] `json:"melding,omitzero"`
	Naam            string                                `json:"naam"`
	OpgepaktOp      time.Time                             `json:"opgepaktOp"`
	OpgepaktDoor    string                                `json:"opgepaktDoor"`
	UiterlijkOp     time.Time                             `json:"uiterlijkOp"`
	BronAfgeschermd bool                                  `json:"bronAfgeschermd,omitempty"`
	Betrokkenen     []Betrokkene                          `json:"betrokkenen"`
	Uitkomst        *Uitkomst                             `json:"uitkomst,omitempty"`
}

// Beschermt: what leads to the melder is secret when the source of the melding
// is, and addresses, in records of before copies were no longer made, when
// somebody lives in hiding.
func (b Beoordeling) Beschermt() (uit begrip.Bescherming) {
	if b.BronAfgeschermd {
		uit |= begrip.OmBron
	}
	if slices.ContainsFunc(b.Betrokkenen, Betrokkene.Verborgen) {
		uit |= begrip.OmVerblijf
	}
	return uit
}

// melding gives where the melding is, for the work of this node itself.
func (b *Beoordeling) melding() (v opdracht.Verwijzing) {
	b.Melding.Bewerk(func(m *opdracht.Verwijzing) { v = *m })
	return v
}

// Uitkomst is what the receiver decided.
type Uitkomst struct {
	Code              string                   `json:"code"`
	ToelichtingMelder begrip.Vertrouwd[string] `json:"toelichtingMelder,omitzero"`
	ToelichtingGezin  string                   `json:"toelichtingGezin,omitempty"`
	Overdracht        *Overdracht              `json:"overdracht,omitempty"`
	Op                time.Time                `json:"op"`
	Door              string                   `json:"door,omitempty"`
}

// uitkomsten are the decisions after triage, in the order of the form.
var uitkomsten = []struct{ Code, Tekst, Gezin string }{
	{"overdracht", "Overdracht aan het lokale team", "Het wijkteam is gevraagd om met u te kijken welke hulp past."},
	{"onderzoek", "Veilig Thuis start een onderzoek", "Veilig Thuis doet onderzoek. U krijgt daar een brief over."},
	{"voorwaarden", "Veilig Thuis stelt voorwaarden voor veiligheid", "Veilig Thuis maakt met u afspraken over veiligheid."},
	{"directe-hulp", "Hulp is al aanwezig en gaat door", "De hulp die u al krijgt, gaat door."},
	{"geen-vervolg", "Geen vervolg", "Veilig Thuis doet nu niets meer met de melding."},
}

func uitkomstVan(code string) (tekst, gezin string, ok bool) {
	for _, u := range uitkomsten {
		if u.Code == code {
			return u.Tekst, u.Gezin, true
		}
	}
	return "", "", false
}

// Oordeel is a beoordeling at niveau 1: how far it is and what came of it.
type Oordeel struct {
	URL         string    `json:"url"`
	ID          string    `json:"id"`
	Zaak        string    `json:"zaak"`
	OpgepaktOp  time.Time `json:"opgepaktOp"`
	UiterlijkOp time.Time `json:"uiterlijkOp"`
	Uitkomst    *Uitkomst `json:"uitkomst,omitempty"`
	Naam        string    `json:"naam"`
	Vervolg     string    `json:"vervolg,omitempty"` // how far a handover is, in words for the melder
}

func (t *T) soortBeoordeling() inzage.Soort {
	return inzage.Soort{
		Naam: soortBeoordeling, Pad: padBeoordelingen, Titel: "Beoordeling van een melding", InZin: "de beoordeling", Beleid: "soh.melding", Vorm: Beoordeling{},
		ZonderWegwijzer: "melding-opgepakt noemt iedereen",
		Reduceer: func(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
			b, err := leesBeoordeling(rec)
			if err != nil {
				return nil, err
			}
			b.URL = t.url(padBeoordelingen, b.ID)
			switch n {
			case begrip.NiveauBestaan:
				return Bestaan{b.URL, b.ID}, nil
			case begrip.NiveauProces:
				vervolg := ""
				if b.Uitkomst != nil {
					if o := b.Uitkomst.Overdracht; o != nil {
						vervolg = overdrachtWoorden[o.Staat].Melder
					}
					b.Uitkomst.ToelichtingGezin, b.Uitkomst.Door, b.Uitkomst.Overdracht = "", "", nil
				}
				return Oordeel{b.URL, b.ID, b.Zaak, b.OpgepaktOp, b.UiterlijkOp, b.Uitkomst, b.Naam, vervolg}, nil
			}
			return b, nil
		},
		Feiten: func(rec dossier.Record, _ toegang.Lezer) map[string]any {
			b, err := leesBeoordeling(rec)
			if err != nil {
				return nil
			}
			return map[string]any{"ontvanger": t.o.Organisatie.OIN, "melder": b.melding().Bron, "aan": t.o.Organisatie.Soort, "afgeschermd": b.BronAfgeschermd, "overnemer": b.overnemer()}
		},
		Melding: true, Herkomst: []string{soortMelding},
		Betrokkenen: func(rec dossier.Record) []begrip.Betrokkene {
			b, _ := leesBeoordeling(rec)
			return b.Betrokkenen
		},
		LezerAfgeschermd: func(rec dossier.Record, lezer begrip.OIN) bool {
			b, err := leesBeoordeling(rec)
			return err != nil || b.BronAfgeschermd && lezer == b.melding().Bron
		},
		Partij: func(rec dossier.Record, oin begrip.OIN) bool {
			b, err := leesBeoordeling(rec)
			return err == nil && (b.melding().Bron == oin || oin != "" && b.overnemer() == oin)
		},
		Gezin: t.gezinBeoordeling,
	}
}

func leesBeoordeling(rec dossier.Record) (Beoordeling, error) {
	var b Beoordeling
	err := json.Unmarshal(rec.Inhoud, &b)
	for i, x := range b.Betrokkenen { // in records of before
		b.Betrokkenen[i] = x.ZonderBron()
	}
	return b, err
}

// magStap: a melding is refused with a reason that the melder can act on.
func magStap(_ opdracht.Opdracht, s opdracht.Stap) error {
	if s.Naar == opdracht.Geweigerd && !gevuld(s.Reden) {
		return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "reden", Bericht: "Vul in waarom u de melding niet aanneemt."}}}
	}
	return nil
}

// Oppakken takes up an offered melding: the content is read at its source once
// more, and what the receiver needs goes into its own file.
func (t *T) Oppakken(ctx context.Context, opdrachtID string, l toegang.Lezer) (Beoordeling, error) {
	if err := t.magHandelen(ctx, opdrachtID, l); err != nil {
		return Beoordeling{}, err
	}
	o, m, op, err := t.lezen(ctx, opdrachtID, l)
	if err != nil {
		return Beoordeling{}, err
	}
	nu := t.nu()
	uiterlijk, _ := termijnTriage.Einde(m.DatumTijd, nu)
	b := Beoordeling{
		ID: uuid.Must(uuid.NewV7()).String(), Zaak: o.Zaak, Opdracht: o.ID, Melding: begrip.InVertrouwen(o.Onderwerp), Naam: m.Gezinsnaam(),
		OpgepaktOp: nu.UTC(), OpgepaktDoor: l.Naam, UiterlijkOp: uiterlijk, BronAfgeschermd: !m.MelderAfscherming.Leeg(),
	}
	for _, x := range m.HeeftBetrekkingOp {
		b.Betrokkenen = append(b.Betrokkenen, x.Verwijs())
	}
	err = t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if _, err := t.o.Opdrachten.ZetIn(ctx, tx, o.ID, opdracht.Stap{Naar: opdracht.Geaccepteerd, Door: l.Naam}); err != nil {
			return err
		}
		if err := t.bewaar(ctx, tx, b, 0, l.Naam, op); err != nil {
			return err
		}
		return t.meld(ctx, tx, typeOpgepakt, "OppakkenMelding", o.Onderwerp, b.Zaak, b.Betrokkenen)
	})
	if err == nil {
		t.o.Wek()
	}
	return b, err
}

// Weiger gives the melding back with a reason.
func (t *T) Weiger(ctx context.Context, opdrachtID, reden string, l toegang.Lezer) error {
	if err := t.magHandelen(ctx, opdrachtID, l); err != nil {
		return err
	}
	o, m, _, err := t.lezen(ctx, opdrachtID, l)
	if err != nil {
		return err
	}
	err = t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if _, err := t.o.Opdrachten.ZetIn(ctx, tx, o.ID, opdracht.Stap{Naar: opdracht.Geweigerd, Door: l.Naam, Reden: reden}); err != nil {
			return err
		}
		return t.meld(ctx, tx, typeGeweigerd, "WeigerenMelding", o.Onderwerp, o.Zaak, m.HeeftBetrekkingOp)
	})
	if err == nil {
		t.o.Wek()
	}
	return err
}

// Afronden records the outcome and sends word of it to the melder, who reads
// it here.
func (t *T) Afronden(ctx context.Context, beoordelingID string, u Uitkomst, l toegang.Lezer) error {
	c := &begrip.Controle{}
	_, _, ok := uitkomstVan(u.Code)
	c.Eis(ok, "code", "Kies wat u besluit.")
	melder := ""
	u.ToelichtingMelder.Bewerk(func(s *string) { melder = *s })
	c.Eis(gevuld(melder), "toelichtingMelder", "Vul in wat u de melder vertelt.")
	t.controleerOverdracht(c, &u)
	if err := c.Fout(); err != nil {
		return err
	}
	u.Op, u.Door = t.nu().UTC(), l.Naam
	if l.Organisatie.OIN != t.o.Organisatie.OIN || l.Doel != begrip.DoelBeoordelen { // the melder and the case system read it as well
		over := begrip.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: soortBeoordeling, Pad: padBeoordelingen + "/" + beoordelingID}
		return t.o.Inzage.WeigerHandeling(ctx, over, l, begrip.NieuweFout(begrip.Verboden, "Alleen wie de melding beoordeelt, legt het besluit vast."))
	}
	if _, err := t.o.Inzage.Geef(ctx, t.soortBeoordeling(), beoordelingID, l, nil, time.Time{}); err != nil {
		return err // deciding on a record asks at least the right to read it
	}
	err := t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		rec, err := tx.Lees(ctx, soortBeoordeling, beoordelingID, time.Time{})
		if err != nil {
			return err
		}
		b, err := leesBeoordeling(rec)
		if err != nil {
			return err
		}
		if b.Uitkomst != nil {
			return begrip.NieuweFout(begrip.Conflict, "Deze melding is al afgerond.")
		}
		b.Uitkomst = &u
		volgende, err := t.o.Opdrachten.RondAf(ctx, tx, b.Opdracht, opdracht.Stap{
			Naar: opdracht.Uitgevoerd, Door: l.Naam, Resultaat: u.Code,
			Antwoord: &opdracht.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: soortBeoordeling, Pad: padBeoordelingen + "/" + b.ID},
		}, t.overdrachtVan(b, l))
		if err != nil {
			return err
		}
		if u.Overdracht != nil {
			u.Overdracht.Opdracht, u.Overdracht.Staat = volgende.ID, volgende.Staat
		}
		if err := t.bewaar(ctx, tx, b, rec.Versie, l.Naam); err != nil {
			return err
		}
		return t.meld(ctx, tx, typeUitkomst, "AfrondenMelding", b.melding(), b.Zaak, b.Betrokkenen)
	})
	if err == nil {
		t.o.Wek()
	}
	return err
}

func (t *T) bewaar(ctx context.Context, tx *dossier.Tx, b Beoordeling, versie int, door string, rustOp ...begrip.Verwijzing) error {
	inhoud, err := begrip.Opslag(b)
	if err != nil {
		return err
	}
	staat := "in-behandeling"
	if b.Uitkomst != nil {
		staat = "afgerond"
	}
	_, err = tx.Schrijf(ctx, dossier.Record{Soort: soortBeoordeling, ID: b.ID, Versie: versie, Zaak: b.Zaak, Staat: staat, GeldigVanaf: t.nu(), Door: door, Personen: BSNs(b.Betrokkenen), Inhoud: inhoud, Herkomst: rustOp})
	return err
}

// meld puts an event of the receiver about someone else's melding in the outbox.
func (t *T) meld(ctx context.Context, tx *dossier.Tx, type_, activiteit string, v opdracht.Verwijzing, zaak string, p []Betrokkene) error {
	id := v.Pad[strings.LastIndexByte(v.Pad, '/')+1:]
	return t.verstuur(ctx, tx, type_, id, graaf(id, zaak, activiteit, t.o.Organisatie, t.nu(), p, false))
}

// magHandelen decides whether l may act on an offered melding: who may read it, and
// nobody else. It asks the policy and looks at nothing. Errors: Verboden;
// NietGevonden when nothing was offered to us.
func (t *T) magHandelen(ctx context.Context, opdrachtID string, l toegang.Lezer) error {
	o, err := t.o.Opdrachten.Lees(ctx, opdrachtID)
	switch {
	case err != nil:
		return err
	case o.Soort != soortMelding || o.Richting != opdracht.In:
		return begrip.NieuweFout(begrip.NietGevonden, "Deze melding is er niet.")
	case l.Organisatie.OIN != t.o.Organisatie.OIN || !t.magLezen(ctx, o, l):
		return t.o.Inzage.WeigerHandeling(ctx, o.Onderwerp, l, begrip.NieuweFout(begrip.Verboden, "U mag deze melding niet lezen. Daarom kunt u er niets mee doen."))
	case o.Staat != opdracht.Aangeboden:
		return begrip.NieuweFout(begrip.Conflict, "Dit kan niet meer. De opdracht is %s.", o.Staat.Naam())
	}
	return nil
}

// magLezen tells whether l may read the melding behind o.
func (t *T) magLezen(ctx context.Context, o opdracht.Opdracht, l toegang.Lezer) bool {
	l.Zaak = o.Zaak
	inhoud, err := json.Marshal(map[string]any{"ontvanger": o.Aan})
	return err == nil && t.o.Inzage.ZouMogen(ctx, t.soortMelding(), dossier.Record{Zaak: o.Zaak, Inhoud: inhoud}, o.Van, l)
}

// lezen reads an offered melding live at its source, in full; rustOp is what was read.
func (t *T) lezen(ctx context.Context, opdrachtID string, l toegang.Lezer) (o opdracht.Opdracht, m Melding, rustOp begrip.Verwijzing, err error) {
	o, err = t.o.Opdrachten.Lees(ctx, opdrachtID)
	if err != nil {
		return o, m, rustOp, err
	}
	if o.Soort != soortMelding {
		return o, m, rustOp, begrip.NieuweFout(begrip.NietGevonden, "Deze melding is er niet.")
	}
	l.Zaak = o.Zaak
	vol := begrip.NiveauInhoud
	a, err := t.o.Inzage.Haal(ctx, o.Onderwerp.Bron, o.Onderwerp.Pad, l, nil, &vol)
	if err != nil {
		return o, m, rustOp, err
	}
	m, err = inzage.Lees[Melding](a)
	return o, m, a.Herkomst, err
}

func (t *T) gezinBeoordeling(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
	b, err := leesBeoordeling(rec)
	if err != nil {
		return inzage.Deel{}, false
	}
	d := inzage.Deel{Soort: soortBeoordeling, ID: b.ID, Tijdstip: b.OpgepaktOp, Contact: &inzage.Contact{Naam: b.OpgepaktDoor, Functie: begrip.RolMedewerkerVT.Naam()}}
	if b.Uitkomst == nil {
		d.Titel = t.o.Organisatie.Naam + " bekijkt de melding"
		d.Tekst = t.o.Organisatie.Naam + " bekijkt of er hulp of onderzoek nodig is. Zij nemen contact met u op."
		d.Uiterlijk = &b.UiterlijkOp
		return d, true
	}
	_, tekst, _ := uitkomstVan(b.Uitkomst.Code)
	d.Titel, d.Tekst, d.Tijdstip, d.Klaar = "De melding is beoordeeld", tekst, b.Uitkomst.Op, true
	if o := b.Uitkomst.Overdracht; o != nil {
		d.Titel, d.Tekst, d.Klaar = t.gezinOverdracht(o, b.Beschermt()&begrip.OmVerblijf != 0)
		d.Tijdstip = o.Op
	}
	if b.Uitkomst.ToelichtingGezin != "" {
		d.Regels = []inzage.Regel{{Label: "Uitleg van " + t.o.Organisatie.Naam, Waarde: b.Uitkomst.ToelichtingGezin}}
	}
	return d, true
}

// PadBeoordeling is where the beoordeling with this id is served.
func PadBeoordeling(id string) string { return padBeoordelingen + "/" + id }
