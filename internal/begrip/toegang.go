package begrip

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
)

// Niveau is the informatieniveau of a representation.
type Niveau int

// The three levels.
const (
	NiveauBestaan Niveau = 0 // that something exists
	NiveauProces  Niveau = 1 // process context: who, when, which state
	NiveauInhoud  Niveau = 2 // content
)

// ParseNiveau reads "0", "1" or "2".
func ParseNiveau(s string) (Niveau, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 2 {
		return 0, fmt.Errorf("het informatieniveau is 0, 1 of 2")
	}
	return Niveau(n), nil
}

// Rol is as what a person acts, as stated by the person's own organisation.
type Rol string

// The roles of professionals and of the family.
const (
	RolAgent           Rol = "politieagent"
	RolMedewerkerVT    Rol = "medewerker-veilig-thuis"
	RolRaadsonderzoek  Rol = "raadsonderzoeker"
	RolJeugdbeschermer Rol = "jeugdbeschermer"
	RolWijkteam        Rol = "medewerker-wijkteam"
	RolProcesregisseur Rol = "procesregisseur"
	RolBehandelaar     Rol = "behandelaar"
	RolAdministratie   Rol = "administratie"
	RolPrivacy         Rol = "privacyfunctionaris" // watches over the safeguards of an organisation
	RolAuditor         Rol = "auditor"             // checks afterwards who looked and why
	RolSysteem         Rol = "systeem"             // an automatic rule of an organisation
	RolOuder           Rol = "ouder"
	RolJongere         Rol = "jongere"
)

var rolNamen = map[Rol]string{
	RolAgent: "politieagent", RolMedewerkerVT: "medewerker Veilig Thuis", RolRaadsonderzoek: "raadsonderzoeker",
	RolJeugdbeschermer: "jeugdbeschermer", RolWijkteam: "medewerker wijkteam", RolProcesregisseur: "procesregisseur",
	RolBehandelaar: "behandelaar", RolAdministratie: "administratief medewerker", RolPrivacy: "privacyfunctionaris", RolAuditor: "auditor", RolSysteem: "computersysteem",
	RolOuder: "ouder", RolJongere: "jongere",
}

// Rollen gives every role, by its code in order of the alphabet.
func Rollen() []Rol { return slices.Sorted(maps.Keys(rolNamen)) }

// DraagtZaken tells whether somebody in this role works on cases: no family
// member, no computer, and nobody who keeps the books or watches over the rules.
func (r Rol) DraagtZaken() bool {
	switch r {
	case RolAdministratie, RolPrivacy, RolAuditor, RolSysteem, RolOuder, RolJongere:
		return false
	}
	return rolNamen[r] != ""
}

// Naam gives the role in words for a page.
func (r Rol) Naam() string {
	if n := rolNamen[r]; n != "" {
		return n
	}
	return string(r)
}

// Doel is the purpose of a processing, a code of the purpose register.
// Codes 01–06 are the redenVerzoek codes of the published draft Verrijking.
type Doel string

// The purposes this version knows.
const (
	DoelVTMelding    Doel = "01"                 // enrichment of a melding to Veilig Thuis
	DoelBeoordelen   Doel = "beoordelen-melding" // Veilig Thuis weighs a melding
	DoelEigenMelding Doel = "eigen-melding"      // the melder's own record and its outcome
	DoelEigenInzage  Doel = "eigen-inzage"       // the person the data is about looks
	DoelToezicht     Doel = "toezicht"           // an organisation watches over its own safeguards
	DoelHulp         Doel = "hulp"               // helping the family, by consent
	DoelOvernemen    Doel = "overnemen"          // another party takes up what was decided for it
	DoelUitvoeren    Doel = "uitvoeren"          // doing what was agreed in an overleg
)

var doelen = map[Doel]string{
	DoelVTMelding: "nagaan wie het gezin kent, voor een melding bij Veilig Thuis", "02": "nagaan wie het gezin kent, voor het Zorg- en Veiligheidshuis",
	"03": "intake of overleg bij het Zorg- en Veiligheidshuis (basistaken)", "04": "intake of overleg bij het Zorg- en Veiligheidshuis (plustaken)",
	"05": "nagaan of er zorgen zijn over radicalisering", "06": "beslissing van het Openbaar Ministerie",
	DoelBeoordelen: "de melding beoordelen", DoelEigenMelding: "de eigen melding volgen", DoelEigenInzage: "uw eigen gegevens bekijken",
	DoelToezicht: "nagaan of de regels zijn gevolgd", DoelHulp: "het gezin helpen",
	DoelOvernemen:      "overnemen wat een andere organisatie besloot",
	DoelUitvoeren:      "doen wat in een overleg is afgesproken",
	"acute-veiligheid": "direct iets doen aan een gevaarlijke situatie", "actieoverleg": "zorg en strafrecht op elkaar afstemmen",
	"beschermingsoverleg": "met het gezin bepalen of een onderzoek van de Raad nodig is", "mdo": "samen met het gezin een plan maken en volgen",
	"toegang-hulp": "beslissen over hulp of ondersteuning die het gezin vroeg", "trajectberaad": "het verblijf in de jeugdinrichting en de hulp daarna voorbereiden",
	"nazorg": "helpen na het verblijf in de jeugdinrichting", "mda": "ernstig en langdurig geweld in het gezin stoppen",
}

// eigenDoelen are purposes that a definition from outside the program adds.
var eigenDoelen atomic.Pointer[map[Doel]string]

// GebruikDoelen sets the purposes that come on top of the register, each with
// its Omschrijving. It is for the start of a program: a later call replaces an
// earlier one. A code of the register itself keeps its meaning.
func GebruikDoelen(extra map[Doel]string) { eigenDoelen.Store(&extra) }

func (d Doel) tekst() string {
	if o := doelen[d]; o != "" {
		return o
	}
	if m := eigenDoelen.Load(); m != nil {
		return (*m)[d]
	}
	return ""
}

// Bekend tells whether the purpose stands in the register.
func (d Doel) Bekend() bool { return d.tekst() != "" }

// Omschrijving gives the purpose in plain Dutch, to stand after "omdat wij".
func (d Doel) Omschrijving() string {
	if o := d.tekst(); o != "" {
		return o
	}
	return string(d)
}

// Grondslag is the code of a legal ground.
type Grondslag string

// The grounds this version uses; each names its article.
const (
	GrondWmo526 Grondslag = "WMO-5.2.6"   // anyone may give Veilig Thuis what is needed to end or examine abuse
	GrondWmo516 Grondslag = "WMO-5.1.6"   // Veilig Thuis processes data once a melding exists
	GrondWmo411 Grondslag = "WMO-4.1.1"   // tasks of Veilig Thuis
	GrondAvg15  Grondslag = "AVG-15"      // access by the person the data is about
	GrondAvg24  Grondslag = "AVG-24"      // who processes data shows that it follows the rules
	GrondAvg61a Grondslag = "AVG-6-1-a"   // consent
	GrondJw7311 Grondslag = "JW-7.3.11"   // consent, or direct involvement in the help
	GrondUb417  Grondslag = "UBWMO-4.1.7" // the melder learns which steps followed
)

var grondslagen = map[Grondslag]string{
	GrondWmo526: "Wmo 2015, artikel 5.2.6", GrondWmo516: "Wmo 2015, artikel 5.1.6", GrondWmo411: "Wmo 2015, artikel 4.1.1",
	GrondAvg15: "AVG, artikel 15", GrondJw7311: "Jeugdwet, artikel 7.3.11",
	"WPG-20": "Wet politiegegevens, artikel 20", "WPG-19": "Wet politiegegevens, artikel 19", "BW-1:240": "Burgerlijk Wetboek 1, artikel 240",
	"AVG-6-1-a": "AVG, artikel 6 lid 1 onder a (toestemming)", "WGS-ZVH": "Wet gegevensverwerking door samenwerkingsverbanden",
	"WMO-5.3.3": "Wmo 2015, artikel 5.3.3", "WMO-2.3.2": "Wmo 2015, artikel 2.3.2", "UBWMO-4.1.7": "Uitvoeringsbesluit Wmo 2015, artikel 4.1.7",
	"JW-7.3.11-4": "Jeugdwet, artikel 7.3.11 lid 4", "JW-2.3": "Jeugdwet, artikel 2.3", "JW-2.4": "Jeugdwet, artikel 2.4", "JW-3.1": "Jeugdwet, artikel 3.1",
	"WPG-16": "Wet politiegegevens, artikel 16", "WPG-7-2": "Wet politiegegevens, artikel 7 lid 2",
	"WJSG-39f": "Wet justitiële en strafvorderlijke gegevens, artikel 39f", "WJSG-51c": "Wet justitiële en strafvorderlijke gegevens, artikel 51c",
	"SR-JEUGD": "Wetboek van Strafrecht, jeugdstrafrecht", "BJJ-63": "Beginselenwet justitiële jeugdinrichtingen, artikel 63",
	"BW-1:238": "Burgerlijk Wetboek 1, artikel 238", "WTH": "Wet tijdelijk huisverbod", "WAMS": "Wet aanpak meervoudige problematiek sociaal domein (nog geen wet)",
	"AVG-6-1-d": "AVG, artikel 6 lid 1 onder d (vitaal belang)", "AVG-6-1-e": "AVG, artikel 6 lid 1 onder e (publieke taak)",
	"AVG-9-2-a": "AVG, artikel 9 lid 2 onder a (uitdrukkelijke toestemming)", "AVG-9-2-g": "AVG, artikel 9 lid 2 onder g",
	"AVG-9-2-h": "AVG, artikel 9 lid 2 onder h", "UAVG-33": "Uitvoeringswet AVG, artikel 33",
	"AVG-24": "AVG, artikel 24",
}

// Bekend tells whether the ground stands in the list.
func (g Grondslag) Bekend() bool { _, ok := grondslagen[g]; return ok }

// Artikel names the article of law.
func (g Grondslag) Artikel() string {
	if a := grondslagen[g]; a != "" {
		return a
	}
	return string(g)
}
