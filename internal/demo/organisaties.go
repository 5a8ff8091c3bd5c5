package demo

import (
	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/inlogsimulator"
)

// Deelnemer is an organisation of the demo with its people.
type Deelnemer struct {
	begrip.Organisatie
	Kort      string // name in paths: folder, log, issuer
	Mensen    []inlogsimulator.Persoon
	Bekend    []string // families this organisation has a file on, by Gezin.Kort
	Handmatig bool     // a professional answers about bekendheid, not a rule
}

// org makes an organisation; its OIN is of a made-up sub-organisation number.
func org(nummer, naam string, soort begrip.OrganisatieSoort) begrip.Organisatie {
	return begrip.Organisatie{OIN: begrip.OIN("00000004" + "99900" + nummer + "000"), Naam: naam, Soort: soort}
}

// ketenbeheerder runs the hub; portaalOrg the citizen's portal; brpOrg is no
// deelnemer, but the population register that nodes ask.
var (
	ketenbeheerder = org("0001", "Ketenbeheer Voorbeeld", begrip.Ketenbeheerder)
	portaalOrg     = org("0002", "Portaal Samen Onder Handbereik", begrip.Burgerportaal)
	brpOrg         = org("0003", "Basisregistratie personen (nagemaakt)", begrip.Overig)
)

// Deelnemers are the organisations with a node. The order is that of the story.
func Deelnemers() []Deelnemer {
	alle := []Deelnemer{
		{Organisatie: org("0101", "Politie Voorbeeldstad", begrip.Politie), Kort: "politie", Bekend: []string{"yilmaz"}, Mensen: []inlogsimulator.Persoon{
			{Sub: "politie-noor", Naam: "Noor Hendriks", Rol: begrip.RolAgent, Uitleg: "Doet een melding en volgt de uitkomst."},
			{Sub: "politie-administratie", Naam: "Ger Postma", Rol: begrip.RolAdministratie, Uitleg: "Mag de inhoud van meldingen niet zien."},
			{Sub: "politie-ada", Naam: "Ada Visser", Rol: begrip.RolPrivacy, Uitleg: "Privacyfunctionaris. Kijkt na wie met spoed keek."},
		}},
		{Organisatie: org("0102", "Veilig Thuis Voorbeeldstad", begrip.VeiligThuis), Kort: "veilig-thuis", Bekend: []string{"bakker"}, Mensen: []inlogsimulator.Persoon{
			{Sub: "vt-marieke", Naam: "Marieke van Loon", Rol: begrip.RolMedewerkerVT, Uitleg: "Beoordeelt de meldingen in het postvak."},
			{Sub: "vt-administratie", Naam: "Johan Blauw", Rol: begrip.RolAdministratie, Uitleg: "Probeert ook te kijken, maar dat mag niet."},
		}},
		{Organisatie: org("0103", "Gemeente Voorbeeldstad, wijkteam", begrip.Gemeente), Kort: "gemeente", Bekend: []string{"dewit", "bakker"}, Mensen: []inlogsimulator.Persoon{
			{Sub: "gemeente-samira", Naam: "Samira Aziz", Rol: begrip.RolWijkteam, Uitleg: "Helpt gezinnen in de wijk."},
		}},
		{Organisatie: org("0104", "Raad voor de Kinderbescherming Voorbeeldstad", begrip.RvdK), Kort: "rvdk", Bekend: []string{"bakker"}, Mensen: []inlogsimulator.Persoon{
			{Sub: "rvdk-peter", Naam: "Peter Smit", Rol: begrip.RolRaadsonderzoek, Uitleg: "Onderzoekt of een kind bescherming nodig heeft."},
		}},
		{Organisatie: org("0105", "Jeugdbescherming Voorbeeldland", begrip.GI), Kort: "gi", Bekend: []string{"yilmaz"}, Mensen: []inlogsimulator.Persoon{
			{Sub: "gi-linda", Naam: "Linda Meijer", Rol: begrip.RolJeugdbeschermer, Uitleg: "Begeleidt gezinnen na een besluit van de rechter."},
		}},
		{Organisatie: org("0106", "Zorg- en veiligheidshuis Voorbeeldland", begrip.ZVH), Kort: "zvh", Mensen: []inlogsimulator.Persoon{
			{Sub: "zvh-karim", Naam: "Karim Haddad", Rol: begrip.RolProcesregisseur, Uitleg: "Brengt organisaties bij elkaar."},
		}},
		{Organisatie: org("0107", "GGZ Voorbeeldstad", begrip.GGZ), Kort: "ggz", Bekend: []string{"dewit", "yilmaz"}, Handmatig: true, Mensen: []inlogsimulator.Persoon{
			{Sub: "ggz-eva", Naam: "Eva Brouwer", Rol: begrip.RolBehandelaar, Uitleg: "Beslist zelf wat zij mag vertellen."},
			{Sub: "ggz-teun", Naam: "Teun Mulder", Rol: begrip.RolPrivacy, Uitleg: "Privacyfunctionaris. Ziet wat is afgeschermd, en waarom."},
		}},
	}
	for i := range alle {
		for j := range alle[i].Mensen {
			alle[i].Mensen[j].OIN = alle[i].OIN
		}
	}
	return alle
}
