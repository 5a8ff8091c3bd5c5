// Package uitkomst is samenwerkfunctie 9, Uitwisselen Uitkomst Overleg: what was agreed
// in a casusoverleg becomes known to everybody who must act, also who was not there, and
// to the family.
//
// It promises that an uitkomst stays with who organised the overleg; that nobody outside
// reads one that is not made available; that whoever read one hears that it changed or
// was withdrawn; and that the family reads what was agreed in words of its own, and of
// what is asked only what is asked of them.
package uitkomst

import (
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
)

// Uitkomst is what came of a casusoverleg, in the form of the published drafts
// (UitwisselenUitkomstOverleg 1.2.0; UitkomstOverleg, July 2026); members marked (soh) are
// ours.
type Uitkomst struct {
	Identifier           string    `json:"identifier,omitempty" niveau:"0" readOnly:"true"`
	Status               string    `json:"status,omitempty" niveau:"0" enum:"concept,vastgesteld,beschikbaar,ingetrokken" readOnly:"true" doc:"(soh)"`
	Versie               int       `json:"versie,omitempty" niveau:"0" readOnly:"true" doc:"(soh)"`
	BeschikbaarGesteldOp time.Time `json:"beschikbaarGesteldOp,omitzero" niveau:"0" required:"false" readOnly:"true"`
	InzageURL            string    `json:"inzageUrl,omitempty" niveau:"0" format:"uri" readOnly:"true"`

	Casusoverleg     Casusoverleg        `json:"casusoverleg" vraag:"Het overleg"`
	Hoofdbetrokkenen []begrip.Betrokkene `json:"hoofdbetrokkenen" nullable:"false" maxItems:"20" doc:"(soh)" vraag:"Over wie gaat het?" een:"Persoon" erbij:"Nog iemand over wie het gaat"`
	Nevenbetrokkenen []begrip.Betrokkene `json:"nevenbetrokkenen,omitempty" nullable:"false" required:"false" maxItems:"20" doc:"(soh)" vraag:"Wie is er nog bij betrokken?" een:"Andere persoon" hint:"Mensen die een rol hebben, maar over wie het overleg niet ging." erbij:"Iemand erbij"`
	GedeeldBeeld     string              `json:"gedeeldBeeld,omitempty" required:"false" maxLength:"8000" doc:"(soh) Wat allen zien en vinden" vraag:"Welk beeld delen jullie?" invoer:"lang"`
	Gehoord          []Gehoord           `json:"gehoord,omitempty" nullable:"false" required:"false" maxItems:"40" doc:"(soh)" vraag:"Wie is gehoord?" een:"Gesprek" hint:"Ook wie niet kon of wilde: dan staat er waarom." erbij:"Iemand erbij"`
	Zaak             Zaak                `json:"zaak" vraag:"Wat is afgesproken?"`
	Aanpak           string              `json:"aanpak,omitempty" required:"false" maxLength:"8000" doc:"(soh)" vraag:"Hoe pakken jullie het aan?" invoer:"lang"`

	Casusregisseur  begrip.Verblijf[Casusregisseur] `json:"casusregisseur,omitzero" required:"false" doc:"(soh)" vraag:"Wie is de casusregisseur?" hint:"De vaste persoon voor het gezin en voor collega's."`
	Terugkomst      *Terugkomst                     `json:"terugkomst,omitempty" required:"false" doc:"(soh)" vraag:"Komt dit gezin terug in een overleg?"`
	Afschaling      string                          `json:"afschaling,omitempty" required:"false" maxLength:"4000" doc:"(soh)" vraag:"Hoe beslissen jullie dat het minder kan?" hint:"Wie beslist over afschalen, en wanneer." invoer:"lang"`
	VoorHetGezin    string                          `json:"voorHetGezin,omitempty" required:"false" maxLength:"4000" doc:"(soh) In gewone taal. Iedereen over wie het gaat leest dit" vraag:"Wat leest het gezin?" hint:"Schrijf in gewone taal wat is afgesproken. Iedereen over wie dit gaat leest dit. Zet er niets in over waar iemand woont." invoer:"lang"`
	Politiegegevens bool                            `json:"politiegegevens,omitempty" required:"false" doc:"(soh) Er staat iets in van politie of justitie: wie het leest, houdt het geheim (Wpg 7 lid 2)" vraag:"Politie en justitie" keuzes:"Hier staan gegevens van politie of justitie in"`
	Reden           string                          `json:"reden,omitempty" readOnly:"true" doc:"(soh) Waarom dit is gewijzigd of ingetrokken"`
}

// Beschermt: how to reach who helps may tell where a family is.
func (u Uitkomst) Beschermt() begrip.Bescherming {
	if slices.ContainsFunc(u.Hoofdbetrokkenen, begrip.Betrokkene.Verborgen) || slices.ContainsFunc(u.Nevenbetrokkenen, begrip.Betrokkene.Verborgen) {
		return begrip.OmVerblijf
	}
	return 0
}

// Casusoverleg is the overleg itself.
type Casusoverleg struct {
	URL        string          `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID         string          `json:"id,omitempty" readOnly:"true"`
	Datum      string          `json:"datum" format:"date" vraag:"Wanneer was het overleg?" invoer:"datum"`
	StartTijd  string          `json:"startTijd,omitempty" required:"false" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" vraag:"Vanaf hoe laat?" invoer:"tijd"`
	EindTijd   string          `json:"eindTijd,omitempty" required:"false" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" vraag:"Tot hoe laat?" invoer:"tijd"`
	Deelnemers []Deelname      `json:"deelnemers" nullable:"false" maxItems:"40" doc:"(soh)" vraag:"Welke organisaties deden mee?" een:"Organisatie" hint:"Uw eigen organisatie ook. Wie hier staat, mag de uitkomst lezen." erbij:"Nog een organisatie"`
	Notulen    string          `json:"notulen,omitempty" required:"false" maxLength:"40000" vraag:"Verslag" invoer:"lang"`
	Betreft    *Zaakverwijzing `json:"betreft,omitempty" readOnly:"true"`
}

// Deelname is an organisation at the table.
type Deelname struct {
	Organisatie begrip.OIN `json:"organisatie" vraag:"Organisatie"`
	Namens      string     `json:"namens,omitempty" required:"false" maxLength:"200" vraag:"Wie was er namens haar?" hint:"Een naam of een functie."`
}

// Zaakverwijzing names a zaak.
type Zaakverwijzing struct {
	URL        string `json:"url" format:"uri"`
	ID         string `json:"id"`
	StartDatum string `json:"startDatum" format:"date"`
}

// Zaak is the zaak with what was decided in this overleg.
type Zaak struct {
	URL          string    `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID           string    `json:"id,omitempty" readOnly:"true"`
	StartDatum   string    `json:"startDatum,omitempty" format:"date" readOnly:"true"`
	HeeftBesluit []Besluit `json:"heeftBesluit,omitempty" nullable:"false" required:"false" maxItems:"40" vraag:"Besluiten en afspraken" een:"Besluit of afspraak" erbij:"Een besluit of afspraak erbij"`
	HeeftActie   []Actie   `json:"heeftActie,omitempty" nullable:"false" required:"false" maxItems:"60" vraag:"Wie doet wat?" een:"Actie" erbij:"Een actie erbij"`
}

// Besluit is one thing that was decided or agreed.
type Besluit struct {
	URL            string `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID             string `json:"id,omitempty" readOnly:"true"`
	Omschrijving   string `json:"omschrijving" maxLength:"4000" vraag:"Wat is besloten of afgesproken?" invoer:"lang"`
	IDCasusoverleg string `json:"idCasusoverleg,omitempty" readOnly:"true"`
	Soort          string `json:"soort,omitempty" required:"false" enum:"besluit,beslissing,afspraak" default:"afspraak" doc:"(soh) besluit: van een bestuursorgaan (Awb 1:3), bezwaar is mogelijk; beslissing: van wie erover gaat; afspraak: van allen" vraag:"Wat is het?" invoer:"rondjes" keuzes:"afspraak=Een afspraak|beslissing=Een beslissing van één organisatie|besluit=Een besluit van de overheid, met recht op bezwaar"`
	Onderbouwing   string `json:"onderbouwing,omitempty" required:"false" maxLength:"4000" doc:"(soh)" vraag:"Waarom?" invoer:"lang"`
}

// Actie is what one organisation, or the family itself, is going to do.
type Actie struct {
	URL            string   `json:"url,omitempty" format:"uri" readOnly:"true"`
	ID             string   `json:"id,omitempty" readOnly:"true"`
	Omschrijving   string   `json:"omschrijving" maxLength:"4000" vraag:"Wat gaat er gebeuren?" invoer:"lang"`
	Over           []string `json:"over,omitempty" nullable:"false" required:"false" maxItems:"40" doc:"(soh) id van de betrokkenen over wie het gaat" vraag:"Over wie gaat het?"`
	Uitvoerder     string   `json:"uitvoerder,omitempty" required:"false" enum:"organisatie,gezin" default:"organisatie" doc:"(soh)" vraag:"Wie doet het?" invoer:"rondjes" keuzes:"organisatie=Een organisatie|gezin=De mensen over wie het gaat, zelf"`
	Uiterlijk      string   `json:"uiterlijk,omitempty" format:"date" required:"false" doc:"(soh)" vraag:"Wanneer moet het klaar zijn?" invoer:"datum"`
	IDCasusoverleg string   `json:"idCasusoverleg,omitempty" readOnly:"true"`

	BelegdBij         Organisatie         `json:"belegdBij" vraag:"Bij welke organisatie ligt het?" hint:"Doet het gezin het zelf? Kies dan wie helpt en vraagt hoe het gaat."`
	Conditie          Conditie            `json:"conditie" vraag:"Gaat het zeker door?"`
	Informering       Informering         `json:"informering" vraag:"Weten de mensen over wie het gaat ervan?"`
	HeeftBetrekkingOp *begrip.Betrokkene  `json:"heeftBetrekkingOp,omitempty" readOnly:"true" doc:"De eerste uit over"`
	OokOver           []begrip.Betrokkene `json:"ookOver,omitempty" readOnly:"true" doc:"(soh) De anderen uit over"`
}

// gezin tells that the people it is about do it themselves.
func (a Actie) gezin() bool { return a.Uitvoerder == "gezin" }

// Organisatie is an organisation as the published draft names it.
type Organisatie struct {
	URL  string     `json:"url,omitempty" format:"uri" readOnly:"true"`
	Naam string     `json:"naam,omitempty" readOnly:"true"`
	OIN  begrip.OIN `json:"oin" vraag:"Organisatie"`
}

// Gehoord is somebody who was heard, or was not.
type Gehoord struct {
	Wie         string `json:"wie" doc:"id van de betrokkene" vraag:"Wie?"`
	Hoe         string `json:"hoe" enum:"aanwezig,vooraf,schriftelijk,vertegenwoordigd,achteraf,niet" vraag:"Hoe?" invoer:"rondjes" keuzes:"aanwezig=Was erbij|vooraf=Vooraf gesproken|schriftelijk=Schreef iets op|vertegenwoordigd=Iemand anders sprak namens deze persoon|achteraf=Achteraf gesproken|niet=Niet gehoord"`
	Toelichting string `json:"toelichting,omitempty" required:"false" maxLength:"2000" vraag:"Wat vond deze persoon, of waarom is die niet gehoord?" invoer:"lang"`
}

// Casusregisseur is who leads the content of the zaak.
type Casusregisseur struct {
	Organisatie    begrip.OIN `json:"organisatie,omitempty" required:"false" vraag:"Organisatie"`
	Naam           string     `json:"naam,omitempty" required:"false" maxLength:"200" vraag:"Naam"`
	Telefoonnummer string     `json:"telefoonnummer,omitempty" required:"false" maxLength:"20" vraag:"Telefoonnummer"`
	EmailAdres     string     `json:"emailAdres,omitempty" required:"false" maxLength:"254" vraag:"E-mailadres"`
}

// Terugkomst is when the zaak is spoken of again.
type Terugkomst struct {
	Op    string `json:"op,omitempty" format:"date" required:"false" vraag:"Wanneer?" invoer:"datum"`
	Reden string `json:"reden,omitempty" required:"false" maxLength:"2000" vraag:"Waarom, of waarom niet?" invoer:"lang"`
}

// personen gives everybody in u, where they stand.
func (u *Uitkomst) personen() []functie.Persoon {
	return append(functie.PersonenIn("hoofdbetrokkenen", u.Hoofdbetrokkenen), functie.PersonenIn("nevenbetrokkenen", u.Nevenbetrokkenen)...)
}

// partijen are the organisations that sat at the table, or have something to do.
func (u *Uitkomst) partijen() (uit []begrip.OIN) {
	voeg := func(o begrip.OIN) {
		if o != "" && !slices.Contains(uit, o) {
			uit = append(uit, o)
		}
	}
	for _, d := range u.Casusoverleg.Deelnemers {
		voeg(d.Organisatie)
	}
	for _, o := range u.uitvoerders() {
		voeg(o)
	}
	return uit
}

// uitvoerders are the organisations that have something to do.
func (u *Uitkomst) uitvoerders() (uit []begrip.OIN) {
	for _, a := range u.Zaak.HeeftActie {
		uit = append(uit, a.BelegdBij.OIN)
	}
	u.Casusregisseur.Bewerk(func(c *Casusregisseur) { uit = append(uit, c.Organisatie) })
	return uit
}
