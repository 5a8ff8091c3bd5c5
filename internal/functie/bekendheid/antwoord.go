package bekendheid

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// The codes of the outcome.
const (
	bekend     = "bekend"
	nietBekend = "niet-bekend"
)

// Vraag asks organisations whether they know the persons of a zaak: each gets
// its own question record and an Opdracht, all in one transaction. rustOp is the
// record that gave cause to ask.
func (t *T) Vraag(ctx context.Context, zaak string, reden begrip.Doel, personen []melding.Betrokkene, aan []begrip.OIN, l toegang.Lezer, rustOp ...begrip.Verwijzing) error {
	c := &begrip.Controle{}
	c.Eis(len(personen) > 0, "personen", "Kies over wie u de vraag stelt.")
	c.Eis(len(personen) <= maxGevraagd, "personen", "Vraag over hoogstens %d personen tegelijk.", maxGevraagd)
	c.Eis(len(aan) > 0, "aan", "Kies minstens één organisatie.")
	c.Eis(reden.Bekend(), "redenVerzoek", "Kies waarom u dit vraagt.")
	for _, oin := range aan {
		d, ok := t.o.Deelnemer(oin)
		c.Eis(ok && d.API != "" && oin != t.o.Organisatie.OIN, "aan", "Deze organisatie kunt u niets vragen.")
	}
	if err := c.Fout(); err != nil {
		return err
	}
	err := t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		for _, oin := range aan {
			if err := t.vraag(ctx, tx, zaak, reden, personen, oin, l, rustOp); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		t.o.Wek()
	}
	return err
}

func (t *T) vraag(ctx context.Context, tx *dossier.Tx, zaak string, reden begrip.Doel, personen []melding.Betrokkene, aan begrip.OIN, l toegang.Lezer, rustOp []begrip.Verwijzing) error {
	d, _ := t.o.Deelnemer(aan)
	v := Verrijking{
		Registratienummer: uuid.Must(uuid.NewV7()).String(), RedenVerzoek: reden, Omschrijving: "Kent u deze persoon? " + reden.Omschrijving() + ".",
		Zaak: zaak, Vrager: t.o.Organisatie.OIN, Bevraagde: begrip.InVerblijf(aan), Op: t.nu().UTC(), Door: l.Naam, VerrijkingsVraag: []string{},
	}
	for i, p := range personen {
		if i == 0 {
			v.NatuurlijkPersoon = persoonVan(p)
			continue
		}
		v.OverigePersonen = append(v.OverigePersonen, persoonVan(p))
	}
	for _, q := range VragenVoor(d.Soort) {
		v.VerrijkingsVraag = append(v.VerrijkingsVraag, q.Code)
	}
	if err := t.bewaar(ctx, tx, soortVerzoek, v, v.Personen(), rustOp); err != nil {
		return err
	}
	uiterlijk := v.Op.Add(5 * 24 * time.Hour)
	if _, err := t.o.Opdrachten.Bied(ctx, tx, opdracht.Opdracht{
		Soort: soortOpdracht, Zaak: zaak, Aan: aan, UiterlijkOp: &uiterlijk, Personen: len(personen),
		Vrager:    opdracht.Vrager{Naam: l.Naam, Rol: l.Rol, Doel: reden, Grondslag: l.Grondslag},
		Onderwerp: opdracht.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: soortVerzoek, Pad: padVerzoeken + "/" + v.Registratienummer},
	}); err != nil {
		return err
	}
	u := urn(soortVerzoek, v.Registratienummer)
	g := graaf("Verrijkingsverzoek", u, zaak, "VragenBekendheid", true, t.o.Organisatie, v.Op, v.Personen())
	g.Node(u).Ref("soh:aangebodenAan", aan.URN()) // by this the Ketenindex knows that it is involved
	return t.verstuur(ctx, tx, typeGevraagd, u, g)
}

func (t *T) bewaar(ctx context.Context, tx *dossier.Tx, soort string, v Verrijking, personen []NatuurlijkPersoon, rustOp []begrip.Verwijzing) error {
	inhoud, err := begrip.Opslag(v)
	if err != nil {
		return err
	}
	_, err = tx.Schrijf(ctx, dossier.Record{Soort: soort, ID: v.Registratienummer, Zaak: v.Zaak, GeldigVanaf: v.Op, Door: v.Door, Personen: bsns(personen), Inhoud: inhoud, Herkomst: rustOp})
	return err
}

// lezen reads the question behind an Opdracht live at the asker; rustOp is what
// was read.
func (t *T) lezen(ctx context.Context, o opdracht.Opdracht, l toegang.Lezer) (v Verrijking, rustOp begrip.Verwijzing, err error) {
	l.Zaak = o.Zaak
	vol := begrip.NiveauInhoud
	a, err := t.o.Inzage.Haal(ctx, o.Onderwerp.Bron, o.Onderwerp.Pad, l, nil, &vol)
	if err != nil {
		return v, rustOp, err
	}
	v, err = inzage.Lees[Verrijking](a)
	return v, a.Herkomst, err
}

// bekende is a registratie of ours about a person that is asked about.
type bekende struct {
	Registratie
	rec dossier.Record
}

// kennen gives the registraties of the persons that this organisation knows,
// by the id of the person in the question. The look at one's own records is
// part of answering, and logged with it.
func (t *T) kennen(ctx context.Context, v Verrijking) (map[string][]bekende, error) {
	uit := map[string][]bekende{}
	for _, p := range v.Personen() {
		if p.Burgerservicenummer.IsZero() {
			continue // without a BSN a person decides, not a rule
		}
		recs, err := t.o.Dossier.Zoek(ctx, dossier.Filter{Soort: soortRegistratie, Persoon: p.Burgerservicenummer.BSN})
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			var r Registratie
			if err := json.Unmarshal(rec.Inhoud, &r); err != nil {
				return nil, err
			}
			uit[p.ID] = append(uit[p.ID], bekende{r, rec})
		}
	}
	return uit, nil
}

// uitRegistraties answers the questions from what is registered.
func uitRegistraties(v Verrijking, kennen map[string][]bekende) (antwoorden []Antwoord, contact begrip.Verblijf[Contact]) {
	for _, p := range v.Personen() {
		for _, r := range kennen[p.ID] {
			if contact.Leeg() {
				contact = r.Contact
			}
			for _, code := range v.VerrijkingsVraag {
				if a := r.Antwoorden[code]; a != "" {
					antwoorden = append(antwoorden, Antwoord{code, p.ID, a})
				}
			}
		}
	}
	return antwoorden, contact
}

// records gives the registraties themselves.
func records(kennen map[string][]bekende) []dossier.Record {
	var uit []dossier.Record
	for _, bs := range kennen {
		for _, b := range bs {
			uit = append(uit, b.rec)
		}
	}
	return uit
}

// zonderDichte leaves out what is withheld from the asker; dicht tells that any of
// it is withheld from anybody.
func (t *T) zonderDichte(ctx context.Context, v Verrijking, kennen map[string][]bekende) (open map[string][]bekende, dicht bool, err error) {
	recs := records(kennen)
	vrager, _ := t.o.Deelnemer(v.Vrager)
	vrager.OIN = v.Vrager
	voor, err := t.o.Inzage.DichtVoor(ctx, vrager.Organisatie, recs...)
	if err != nil {
		return nil, false, err
	}
	is, err := t.o.Inzage.IsDicht(ctx, recs...)
	open = map[string][]bekende{}
	for id, bs := range kennen {
		for _, b := range bs {
			dicht = dicht || is != nil && is(b.rec)
			if !voor(b.rec) {
				open[id] = append(open[id], b)
			}
		}
	}
	return open, dicht, err
}

// rustOp gives what an answer rests on: the question, and the registraties of who
// is known in it.
func (t *T) rustOp(vraag begrip.Verwijzing, kennen map[string][]bekende, ken map[string]bool) []begrip.Verwijzing {
	uit := []begrip.Verwijzing{vraag}
	for id, bs := range kennen {
		for _, b := range bs {
			if ken[id] {
				uit = append(uit, b.rec.Verwijzing(t.o.Organisatie.OIN, padRegistraties))
			}
		}
	}
	return uit
}

// Beantwoord answers the question: known makes a Verrijking about the persons
// that are known available here, which rests on rustOp; unknown leaves no record
// of anyone. Errors: Verboden when l may not read the question; Conflict when it
// was answered or withdrawn before.
func (t *T) Beantwoord(ctx context.Context, o opdracht.Opdracht, v Verrijking, ken map[string]bool, antwoorden []Antwoord, contact begrip.Verblijf[Contact], l toegang.Lezer, rustOp ...begrip.Verwijzing) error {
	o, err := t.beslis(ctx, o.ID, l)
	if err != nil {
		return err
	}
	door, personen := l.Naam, v.Personen()
	verzoek := urn(soortVerzoek, o.Onderwerp.Pad[strings.LastIndexByte(o.Onderwerp.Pad, '/')+1:])
	err = t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if o.Staat == opdracht.Aangeboden {
			if _, err := t.o.Opdrachten.ZetIn(ctx, tx, o.ID, opdracht.Stap{Naar: opdracht.Geaccepteerd, Door: door}); err != nil {
				return err
			}
		}
		stap := opdracht.Stap{Naar: opdracht.Uitgevoerd, Door: door, Resultaat: nietBekend}
		if len(ken) > 0 {
			a := v
			a.Registratienummer, a.Op, a.Door, a.VraagAntwoord, a.Contact = uuid.Must(uuid.NewV7()).String(), t.nu().UTC(), door, antwoorden, contact
			a.Omschrijving = t.o.Organisatie.Naam + " kent deze persoon."
			a.beperk(ken)
			if err := t.bewaar(ctx, tx, soortVerrijking, a, a.Personen(), rustOp); err != nil {
				return err
			}
			u := urn(soortVerrijking, a.Registratienummer)
			if err := t.verstuur(ctx, tx, typeBeschikbaar, u, graaf("Verrijking", u, v.Zaak, "BeschikbaarStellenVerrijking", true, t.o.Organisatie, a.Op, a.Personen())); err != nil {
				return err
			}
			stap.Resultaat, stap.Antwoord = bekend, &opdracht.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: soortVerrijking, Pad: padVerrijkingen + "/" + a.Registratienummer}
		}
		if _, err := t.o.Opdrachten.ZetIn(ctx, tx, o.ID, stap); err != nil {
			return err
		}
		return t.verstuur(ctx, tx, typeVerstrekt, verzoek, graaf("Verrijkingsverzoek", verzoek, v.Zaak, "VerstrekkenBekendheid", false, t.o.Organisatie, t.nu(), personen))
	})
	if err == nil {
		t.o.Wek()
	}
	return err
}

// beperk leaves only the persons that are known: nothing about the others.
func (v *Verrijking) beperk(ken map[string]bool) {
	var blijft []NatuurlijkPersoon
	for _, p := range v.Personen() {
		if ken[p.ID] {
			blijft = append(blijft, p)
		}
	}
	if len(blijft) > 0 {
		v.NatuurlijkPersoon, v.OverigePersonen = blijft[0], blijft[1:]
	}
}

// Weiger gives the question back with a reason. Errors: Verboden when l may not
// read the question; Ongeldig without a reason; Conflict when it is too late.
func (t *T) Weiger(ctx context.Context, o opdracht.Opdracht, v Verrijking, reden string, l toegang.Lezer) error {
	o, err := t.beslis(ctx, o.ID, l)
	if err != nil {
		return err
	}
	if strings.TrimSpace(reden) == "" {
		return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "Er is 1 fout.", Velden: []begrip.Veldfout{{Veld: "reden", Bericht: "Vul in waarom u geen antwoord geeft."}}}
	}
	u := urn(soortVerzoek, o.Onderwerp.Pad[strings.LastIndexByte(o.Onderwerp.Pad, '/')+1:])
	err = t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if _, err := t.o.Opdrachten.ZetIn(ctx, tx, o.ID, opdracht.Stap{Naar: opdracht.Geweigerd, Door: l.Naam, Reden: reden}); err != nil {
			return err
		}
		return t.verstuur(ctx, tx, typeGeweigerd, u, graaf("Verrijkingsverzoek", u, v.Zaak, "WeigerenBekendheid", false, t.o.Organisatie, t.nu(), v.Personen()))
	})
	if err == nil {
		t.o.Wek()
	}
	return err
}

// beslis decides whether l may act on a question: who may read it, and nobody
// else. It gives the Opdracht as it is kept here, whatever the caller holds.
func (t *T) beslis(ctx context.Context, id string, l toegang.Lezer) (opdracht.Opdracht, error) {
	o, err := t.o.Opdrachten.Lees(ctx, id)
	switch {
	case err != nil:
		return o, err
	case o.Soort != soortOpdracht || o.Richting != opdracht.In:
		return o, begrip.NieuweFout(begrip.NietGevonden, "Deze vraag is er niet.")
	case l.Organisatie.OIN != t.o.Organisatie.OIN || !t.magLezen(ctx, o, l):
		return o, t.o.Inzage.WeigerHandeling(ctx, o.Onderwerp, l, begrip.NieuweFout(begrip.Verboden, "U mag deze vraag niet lezen. Daarom kunt u er niet op antwoorden."))
	}
	return o, nil
}

// grond is on what an organisation looks at a question: anyone may give Veilig
// Thuis what it needs (Wmo 2015 art. 5.2.6).
const grond = begrip.GrondWmo526

// automatisch answers by rule: an Opdracht that was admitted, about persons whom
// the proof is about as well. In every other case a professional decides.
func (t *T) automatisch(ctx context.Context, o opdracht.Opdracht) error {
	if t.regel != Automatisch && t.regel != AlleenOnbekend {
		return nil
	}
	l := toegang.Lezer{Organisatie: t.o.Organisatie, Persoon: "regel", Naam: "Automatische regel", Rol: begrip.RolSysteem, Doel: begrip.DoelVTMelding, Grondslag: grond, Zaak: o.Zaak}
	v, vraag, err := t.lezen(ctx, o, l)
	if err != nil {
		return err
	}
	mag, err := t.volgensRegel(ctx, o, v)
	if err != nil || !mag {
		return err
	}
	gevonden, err := t.kennen(ctx, v)
	if err != nil || t.regel == AlleenOnbekend && len(gevonden) > 0 {
		return err
	}
	if _, dicht, err := t.zonderDichte(ctx, v, gevonden); dicht || err != nil {
		return err // what is withheld from anybody, a professional decides about
	}
	ken := map[string]bool{}
	for id := range gevonden {
		ken[id] = true
	}
	antwoorden, contact := uitRegistraties(v, gevonden)
	err = t.Beantwoord(ctx, o, v, ken, antwoorden, contact, l, t.rustOp(vraag, gevonden, ken)...)
	if begrip.Is(err, begrip.Conflict) {
		return nil // answered or withdrawn in the meantime
	}
	return err
}

// volgensRegel tells whether a rule may answer v. Before this nothing of our own
// was looked up: who is not covered by the proof gets no answer that depends on
// whether we know anybody.
func (t *T) volgensRegel(ctx context.Context, o opdracht.Opdracht, v Verrijking) (bool, error) {
	if !v.hoortBij(o) {
		return false, nil
	}
	personen := bsns(v.Personen())
	if len(personen) < len(v.Personen()) {
		return false, nil // without a BSN a person decides
	}
	gedekt, err := t.o.Opdrachten.Gedekt(ctx, o, personen)
	return err == nil && !slices.Contains(gedekt, false), err
}
