package soorten

import (
	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

// heel is the whole event.
var heel = begrip.NiveauInhoud

// gewoneWegen are the pairs of purpose and ground with which organisations look
// at what is about people: those of the functies that are built. The chain
// manager adds others per type, with POST /v1/gebeurtenissoorten.
var gewoneWegen = []Weg{
	{Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516, Niveau: heel},
	{Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo526, Niveau: heel},
	{Doel: begrip.DoelBeoordelen, Grondslag: "WGS-ZVH", Niveau: heel},
	{Doel: begrip.DoelEigenMelding, Grondslag: begrip.GrondUb417, Niveau: heel},
	{Doel: begrip.DoelEigenMelding, Grondslag: "WGS-ZVH", Niveau: heel},
	{Doel: begrip.DoelVTMelding, Grondslag: begrip.GrondWmo526, Niveau: heel},
	{Doel: begrip.DoelVTMelding, Grondslag: begrip.GrondWmo516, Niveau: heel},
	{Doel: begrip.DoelHulp, Grondslag: begrip.GrondAvg61a, Niveau: begrip.NiveauProces},
	{Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24, Niveau: begrip.NiveauProces},
}

// ingebouwd tells what this program knows of its types. A type that is not
// here has no description. One that is keten holds nothing about a person, or
// (functie 9) is what the published contract gives to all of the chain; all
// others are for who is involved, by gewoneWegen.
var ingebouwd = map[string]vorm{
	cloudevent.MeldingGeregistreerd:       {omschrijving: "Een organisatie heeft een melding geregistreerd.", entity: []string{"soh:Melding"}, activity: []string{"soh:RegistrerenMelding"}},
	cloudevent.MeldingIngezien:            {omschrijving: "Een organisatie heeft een melding bij de bron gelezen.", entity: []string{"soh:Melding"}, activity: []string{"soh:InzienMelding"}},
	cloudevent.MeldingOpgepakt:            {omschrijving: "De ontvanger beoordeelt de melding.", entity: []string{"soh:Melding"}},
	cloudevent.MeldingGeweigerd:           {omschrijving: "De ontvanger heeft de melding niet aangenomen.", entity: []string{"soh:Melding"}},
	cloudevent.UitkomstMelding:            {omschrijving: "De beoordeling van een melding heeft een uitkomst.", entity: []string{"soh:Melding"}},
	cloudevent.OpdrachtIngetrokken:        {omschrijving: "De gever van een opdracht heeft die ingetrokken."},
	cloudevent.BekendheidGevraagd:         {omschrijving: "Een organisatie heeft gevraagd wie een gezin kent.", entity: []string{"soh:Verrijkingsverzoek"}, activity: []string{"soh:VragenBekendheid"}},
	cloudevent.BekendheidVerstrekt:        {omschrijving: "Een organisatie heeft laten weten of zij een gezin kent.", entity: []string{"soh:Verrijkingsverzoek"}, activity: []string{"soh:VerstrekkenBekendheid"}},
	cloudevent.BekendheidGeweigerd:        {omschrijving: "Een organisatie heeft niet laten weten of zij een gezin kent.", entity: []string{"soh:Verrijkingsverzoek"}, activity: []string{"soh:WeigerenBekendheid"}},
	cloudevent.VerrijkingBeschikbaar:      {omschrijving: "Een organisatie heeft informatie die anderen mogen lezen.", entity: []string{"soh:Verrijking"}, activity: []string{"soh:BeschikbaarStellenVerrijking"}},
	cloudevent.VerrijkingIngezien:         {omschrijving: "Een organisatie heeft een verrijking bij de bron gelezen."},
	cloudevent.BekendheidsverzoekIngezien: {omschrijving: "Een organisatie heeft de vraag naar bekendheid gelezen."},
	cloudevent.UitkomstBeschikbaar:        {omschrijving: "De uitkomst van een overleg staat klaar bij de bron.", keten: true},
	cloudevent.UitkomstGewijzigd:          {omschrijving: "De uitkomst van een overleg is gewijzigd. Wie haar las, leest haar opnieuw.", entity: []string{"soh:UitkomstOverleg"}},
	cloudevent.UitkomstIngetrokken:        {omschrijving: "De uitkomst van een overleg geldt niet meer.", entity: []string{"soh:UitkomstOverleg"}},
	cloudevent.UitkomstIngezien:           {omschrijving: "Een organisatie heeft de uitkomst van een overleg gelezen.", keten: true},

	cloudevent.SamenwerkingBegonnen:   {omschrijving: "Organisaties werken samen rond een zaak.", gesloten: true, gezin: true},
	cloudevent.SamenwerkingGestopt:    {omschrijving: "De samenwerking rond een zaak is gestopt.", gesloten: true, gezin: true},
	cloudevent.ToestemmingGegeven:     {omschrijving: "Iemand gaf toestemming om gegevens te zien.", gesloten: true, gezin: true},
	cloudevent.ToestemmingIngetrokken: {omschrijving: "Een toestemming is ingetrokken.", gesloten: true, gezin: true},
	cloudevent.NoodtoegangGebruikt:    {omschrijving: "Een professional keek zonder gewone regel, omdat er haast was.", gesloten: true, gezin: true},
	cloudevent.WegwijzerGeplaatst:     {omschrijving: "Een organisatie heeft iets over iemand vastgelegd waar geen andere gebeurtenis van vertelt. Alleen het gezin leest dit.", gesloten: true, gezin: true, entity: []string{"soh:Wegwijzer"}},

	cloudevent.LogVerankerd:         {omschrijving: "Een organisatie heeft vastgelegd hoe ver haar verwerkingenlog is, zodat niemand het nog kan wijzigen.", gesloten: true, entity: []string{"soh:Verwerkingenlog"}},
	cloudevent.DeelnemerToegetreden: {omschrijving: "Een organisatie doet mee.", vast: true, keten: true},
	cloudevent.DeelnemerGewijzigd:   {omschrijving: "Van een deelnemer is iets gewijzigd.", vast: true, keten: true},
	cloudevent.DeelnemerVertrokken:  {omschrijving: "Een organisatie doet niet meer mee.", vast: true, keten: true},
	cloudevent.APIAangemeld:         {omschrijving: "Een organisatie heeft een API aangemeld.", keten: true},
	cloudevent.APIGewijzigd:         {omschrijving: "Van een API is iets gewijzigd.", keten: true},
	cloudevent.APIVervallen:         {omschrijving: "Een API is er niet meer.", keten: true},
	cloudevent.StoringGemeld:        {omschrijving: "Er is een storing gemeld, of onderhoud aangekondigd.", keten: true},
	cloudevent.StoringBijgewerkt:    {omschrijving: "Er is meer bekend over een storing of onderhoud.", keten: true},
	cloudevent.StoringVoorbij:       {omschrijving: "Een storing of onderhoud is voorbij.", keten: true},
	cloudevent.DienstAangeboden:     {omschrijving: "Een organisatie biedt een dienst aan.", keten: true},
	cloudevent.DienstGewijzigd:      {omschrijving: "Van een dienst is iets gewijzigd.", keten: true},
	cloudevent.DienstVervallen:      {omschrijving: "Een dienst wordt niet meer aangeboden.", keten: true},

	cloudevent.AbonnementGenomen:   {omschrijving: "Een organisatie wil gebeurtenissen ontvangen.", gesloten: true, vast: true},
	cloudevent.AbonnementGestopt:   {omschrijving: "Een organisatie ontvangt geen gebeurtenissen meer van een abonnement.", gesloten: true, vast: true},
	cloudevent.GezondheidVeranderd: {omschrijving: "Een systeem in de keten werkt niet meer, of weer wel.", vast: true, keten: true},

	cloudevent.SoortVastgesteld:       {omschrijving: "De ketenbeheerder heeft vastgesteld wat voor een soort gebeurtenis geldt.", vast: true, keten: true},
	cloudevent.SchemaVastgesteld:      {omschrijving: "De ketenbeheerder heeft een schema van een soort gebeurtenis vastgesteld.", vast: true, keten: true},
	cloudevent.GebeurtenisIngetrokken: {omschrijving: "Een gebeurtenis is ingetrokken en niet meer te vinden.", gesloten: true, vast: true},
	cloudevent.IntrekkingHerroepen:    {omschrijving: "Het intrekken van een gebeurtenis is ongedaan gemaakt.", gesloten: true, vast: true},
	cloudevent.VergetenGevraagd:       {omschrijving: "Een medewerker van de ketenbeheerder heeft gevraagd een persoon te vergeten.", gesloten: true, vast: true},
	cloudevent.VergetenGoedgekeurd:    {omschrijving: "Een tweede medewerker is het eens met dat verzoek.", gesloten: true, vast: true},
	cloudevent.VergetenBegonnen:       {omschrijving: "Het vernietigen van de sleutels van een persoon is begonnen.", gesloten: true, vast: true},
	cloudevent.VergetenUitgevoerd:     {omschrijving: "De sleutels van een persoon zijn vernietigd.", gesloten: true, vast: true},
	cloudevent.BewaartermijnToegepast: {omschrijving: "Gebeurtenissen waarvan de bewaartermijn voorbij is, zijn niet meer te vinden.", vast: true, keten: true},
}
