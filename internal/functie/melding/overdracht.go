package melding

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// soortOverdracht is the Opdracht to the local team to take a family over.
const (
	soortOverdracht = "overdracht"
	codeOverdracht  = "overdracht" // the outcome that makes it
)

// Overdracht is to whom a family was handed over, what was asked, and how far that is.
type Overdracht struct {
	Aan      begrip.Verblijf[begrip.OIN] `json:"aan"` // where a family is helped may tell where it is
	Vraag    string                      `json:"vraag"`
	Opdracht string                      `json:"opdracht,omitempty"`
	Staat    opdracht.Staat              `json:"staat,omitempty"`
	Reden    string                      `json:"reden,omitempty"`
	Op       time.Time                   `json:"op,omitzero"` // of the last step
}

func (o *Overdracht) aan() (uit begrip.OIN) {
	o.Aan.Bewerk(func(x *begrip.OIN) { uit = *x })
	return uit
}

// overdrachtregel says who may hand a family over: Veilig Thuis, to the party that
// can give fitting help (Wmo 2015, 4.1.1, its tasks), for a melding that exists.
var overdrachtregel = opdracht.Regel{
	Onderwerp: soortBeoordeling, MaxPersonen: MaxPersonen,
	Bewijs: []opdracht.Bewijs{{Wat: opdracht.BewijsMelding, Waar: opdracht.BijKetenindex}},
	Wegen: []opdracht.Weg{{
		Soorten: []begrip.OrganisatieSoort{begrip.VeiligThuis}, Rollen: []begrip.Rol{begrip.RolMedewerkerVT},
		Doelen: []begrip.Doel{begrip.DoelOvernemen}, Gronden: []begrip.Grondslag{begrip.GrondWmo411}, Aan: []begrip.OrganisatieSoort{begrip.Gemeente},
	}},
}

// woorden is what each reader of a state reads; %[1]s is who was asked, %[2]s who asked.
type woorden struct{ Lezer, Titel, Gezin, Melder string }

var overdrachtWoorden = map[opdracht.Staat]woorden{
	opdracht.Aangeboden:   {"Nog geen antwoord", "%[1]s is gevraagd om te helpen", "%[2]s vroeg %[1]s om met u verder te gaan. Er is nog geen antwoord. Tot die tijd kunt u bij %[2]s terecht.", "Het lokale team is gevraagd om het over te nemen."},
	opdracht.Geaccepteerd: {"Neemt het over", "%[1]s neemt het over", "%[1]s gaat met u verder en neemt contact met u op.", "Het lokale team neemt het over."},
	opdracht.InUitvoering: {"Is bezig", "%[1]s is bezig", "%[1]s helpt u nu verder.", "Het lokale team is bezig."},
	opdracht.Uitgevoerd:   {"Klaar", "%[1]s is klaar", "%[1]s deed wat %[2]s vroeg.", "Het lokale team is klaar."},
	opdracht.Geweigerd:    {"Neemt het niet over", "%[1]s neemt het niet over", "%[1]s kan niet met u verder. U kunt bij %[2]s terecht. %[2]s zoekt wie u wel kan helpen.", "Het lokale team neemt het niet over. De ontvanger van uw melding zoekt verder."},
	opdracht.Mislukt:      {"Het lukte niet", "%[1]s kan niet verder", "Het lukte %[1]s niet om u te helpen. U kunt bij %[2]s terecht.", "Het lukte het lokale team niet. De ontvanger van uw melding zoekt verder."},
	opdracht.Ingetrokken:  {"Vraag ingetrokken", "%[2]s trok de vraag aan %[1]s in", "%[1]s gaat niet met u verder, omdat %[2]s dat toch niet meer vraagt. U kunt bij %[2]s terecht.", "De ontvanger van uw melding vraagt het lokale team niet meer."},
}

// gezinOverdracht gives what the family reads of a handover. Where a family is helped may
// tell where it is: while one of them lives in hiding, or may, the team has no name here.
func (t *T) gezinOverdracht(o *Overdracht, schuilt bool) (titel, tekst string, klaar bool) {
	wie, ons := "Het lokale team", t.o.Organisatie.Naam
	if d, ok := t.o.Deelnemer(o.aan()); ok && !schuilt {
		wie = d.Naam
	}
	w := overdrachtWoorden[o.Staat]
	return vul(w.Titel, wie, ons), vul(w.Gezin, wie, ons), o.Staat == opdracht.Uitgevoerd
}

func vul(s, wie, ons string) string {
	return strings.NewReplacer("%[1]s", wie, "%[2]s", ons).Replace(s)
}

// controleerOverdracht: who is handed a family is named, and so is what is asked.
func (t *T) controleerOverdracht(c *begrip.Controle, u *Uitkomst) {
	if u.Code != codeOverdracht {
		u.Overdracht = nil
		return
	}
	if u.Overdracht == nil {
		u.Overdracht = &Overdracht{}
	}
	d, ok := t.o.Deelnemer(u.Overdracht.aan())
	c.Eis(ok && d.API != "" && d.Soort == begrip.Gemeente, "aan", "Kies welk lokaal team het overneemt.")
	c.Eis(gevuld(u.Overdracht.Vraag), "vraag", "Vul in wat u het lokale team vraagt.")
	c.Eis(len(u.Overdracht.Vraag) <= 2000, "vraag", "Gebruik hoogstens 2000 tekens.")
	u.Overdracht.Opdracht, u.Overdracht.Staat, u.Overdracht.Reden, u.Overdracht.Op = "", "", "", t.nu().UTC()
}

// overdrachtVan is what is offered to the next party; nil when there is none.
func (t *T) overdrachtVan(b Beoordeling, l toegang.Lezer) *opdracht.Opdracht {
	if b.Uitkomst.Overdracht == nil {
		return nil
	}
	return &opdracht.Opdracht{
		Soort: soortOverdracht, Aan: b.Uitkomst.Overdracht.aan(), Personen: max(1, len(b.Betrokkenen)),
		Vrager:    opdracht.Vrager{Naam: l.Naam, Rol: l.Rol, Doel: begrip.DoelOvernemen, Grondslag: begrip.GrondWmo411},
		Onderwerp: opdracht.Verwijzing{Bron: t.o.Organisatie.OIN, Soort: soortBeoordeling, Pad: padBeoordelingen + "/" + b.ID},
	}
}

// overnemer is who may read the beoordeling to take it over: nobody any more once
// that was refused or withdrawn.
func (b *Beoordeling) overnemer() begrip.OIN {
	if b.Uitkomst == nil || b.Uitkomst.Overdracht == nil {
		return ""
	}
	switch o := b.Uitkomst.Overdracht; o.Staat {
	case opdracht.Aangeboden, opdracht.Geaccepteerd, opdracht.InUitvoering, opdracht.Uitgevoerd:
		return o.aan()
	}
	return ""
}

// overdrachtBijgewerkt keeps at Veilig Thuis how far the other side is, for the
// family and for who may read.
func (t *T) overdrachtBijgewerkt(ctx context.Context, tx *dossier.Tx, o opdracht.Opdracht, s opdracht.Stap) error {
	if o.Richting != opdracht.Uit {
		return nil
	}
	rec, err := tx.Lees(ctx, soortBeoordeling, o.Onderwerp.Pad[strings.LastIndexByte(o.Onderwerp.Pad, '/')+1:], time.Time{})
	if err != nil {
		return err
	}
	b, err := leesBeoordeling(rec)
	if err != nil {
		return err
	}
	if b.Uitkomst == nil || b.Uitkomst.Overdracht == nil || b.Uitkomst.Overdracht.Opdracht != o.ID {
		return fmt.Errorf("opdracht %s hoort niet bij de beoordeling", o.ID)
	}
	b.Uitkomst.Overdracht.Staat, b.Uitkomst.Overdracht.Reden, b.Uitkomst.Overdracht.Op = o.Staat, o.Reden, s.Op
	return t.bewaar(ctx, tx, b, rec.Versie, s.Door)
}

// Overneem takes over what was handed to us, or, with a reason, does not. Errors:
// Verboden when l may not read it; Ongeldig without a reason; Conflict when it is
// too late.
func (t *T) Overneem(ctx context.Context, opdrachtID string, ja bool, reden string, l toegang.Lezer) error {
	o, err := t.overdracht(ctx, opdrachtID)
	if err != nil {
		return err
	}
	if l.Organisatie.OIN != t.o.Organisatie.OIN || !t.magOvernemen(ctx, o, l) {
		return t.o.Inzage.WeigerHandeling(ctx, o.Onderwerp, l, begrip.NieuweFout(begrip.Verboden, "U mag deze overdracht niet lezen. Daarom kunt u er niets mee doen."))
	}
	s := opdracht.Stap{Naar: opdracht.Geaccepteerd, Door: l.Naam}
	if !ja {
		c := &begrip.Controle{}
		c.Eis(gevuld(reden), "reden", "Vul in waarom u het niet overneemt.")
		if err := c.Fout(); err != nil {
			return err
		}
		s.Naar, s.Reden = opdracht.Geweigerd, reden
	}
	if _, err := t.o.Opdrachten.Zet(ctx, o.ID, s); err != nil {
		return err
	}
	t.o.Wek()
	return nil
}

func (t *T) overdracht(ctx context.Context, id string) (opdracht.Opdracht, error) {
	o, err := t.o.Opdrachten.Lees(ctx, id)
	if err == nil && (o.Soort != soortOverdracht || o.Richting != opdracht.In) {
		err = begrip.NieuweFout(begrip.NietGevonden, "Deze overdracht is er niet.")
	}
	return o, err
}
