package cloudevent

import "strings"

// voorvoegsel stands before every type of the field (contract 1.2.0).
const voorvoegsel = "nl.jzv."

// The registered event types: nl.jzv.<samenwerkfunctie>.<gebeurtenis>.
const (
	MeldingGeregistreerd = "nl.jzv.uitwisselen-melding.melding-geregistreerd"
	MeldingIngezien      = "nl.jzv.uitwisselen-melding.melding-ingezien"
	MeldingOpgepakt      = "nl.jzv.uitwisselen-melding.melding-opgepakt"
	MeldingGeweigerd     = "nl.jzv.uitwisselen-melding.melding-geweigerd"
	UitkomstMelding      = "nl.jzv.uitwisselen-melding.uitkomst-melding"
	OpdrachtIngetrokken  = "nl.jzv.uitwisselen-melding.opdracht-ingetrokken"

	BekendheidGevraagd           = "nl.jzv.bepalen-bekendheid-en-verrijking.bekendheid-gevraagd"
	BekendheidVerstrekt          = "nl.jzv.bepalen-bekendheid-en-verrijking.bekendheid-verstrekt"
	BekendheidGeweigerd          = "nl.jzv.bepalen-bekendheid-en-verrijking.bekendheid-geweigerd"
	VerrijkingBeschikbaar        = "nl.jzv.bepalen-bekendheid-en-verrijking.verrijking-beschikbaar-gesteld"
	VerrijkingIngezien           = "nl.jzv.bepalen-bekendheid-en-verrijking.verrijking-ingezien"
	BekendheidsverzoekIngezien   = "nl.jzv.bepalen-bekendheid-en-verrijking.bekendheidsverzoek-ingezien"
	UitkomstBeschikbaar          = "nl.jzv.uitwisselen-uitkomst-overleg.uitkomst-beschikbaar-gesteld"
	UitkomstIngezien             = "nl.jzv.uitwisselen-uitkomst-overleg.uitkomst-ingezien"
	UitkomstGewijzigd            = "nl.jzv.uitwisselen-uitkomst-overleg.uitkomst-gewijzigd"
	UitkomstIngetrokken          = "nl.jzv.uitwisselen-uitkomst-overleg.uitkomst-ingetrokken"
	UitkomstQueryResultaat       = "nl.jzv.uitwisselen-uitkomst-overleg.uitkomst-overleg-query-resultaat"
	SamenwerkingBegonnen         = "nl.jzv.inrichten-en-bijsturen-samenwerking.samenwerking-begonnen"
	SamenwerkingGestopt          = "nl.jzv.inrichten-en-bijsturen-samenwerking.samenwerking-gestopt"
	ToestemmingGegeven           = "nl.jzv.inrichten-en-bijsturen-samenwerking.toestemming-gegeven"
	ToestemmingIngetrokken       = "nl.jzv.inrichten-en-bijsturen-samenwerking.toestemming-ingetrokken"
	NoodtoegangGebruikt          = "nl.jzv.inrichten-en-bijsturen-samenwerking.noodtoegang-gebruikt"
	WegwijzerGeplaatst           = "nl.jzv.inrichten-en-bijsturen-samenwerking.wegwijzer-geplaatst"
	LogVerankerd                 = "nl.jzv.inrichten-en-bijsturen-samenwerking.verwerkingenlog-verankerd"
	GebeurtenissenQueryResultaat = "nl.jzv.ketenindex.gebeurtenissen-query-resultaat"
	TijdlijnQueryResultaat       = "nl.jzv.ketenindex.tijdlijn-query-resultaat"
	MeldingQueryResultaat        = "nl.jzv.uitwisselen-melding.melding-query-resultaat"
)

// What the chain itself remembers (the hub's feiten).
const (
	SoortVastgesteld       = "nl.jzv.ketenindex.soort-vastgesteld"
	SchemaVastgesteld      = "nl.jzv.ketenindex.schema-vastgesteld"
	GebeurtenisIngetrokken = "nl.jzv.ketenindex.gebeurtenis-ingetrokken"
	IntrekkingHerroepen    = "nl.jzv.ketenindex.intrekking-herroepen"
	VergetenGevraagd       = "nl.jzv.ketenindex.vergeten-gevraagd"
	VergetenGoedgekeurd    = "nl.jzv.ketenindex.vergeten-goedgekeurd"
	VergetenBegonnen       = "nl.jzv.ketenindex.vergeten-begonnen"
	VergetenUitgevoerd     = "nl.jzv.ketenindex.vergeten-uitgevoerd"
	BewaartermijnToegepast = "nl.jzv.ketenindex.bewaartermijn-toegepast"
)

// The types by which the registers of the chain change.
const (
	DeelnemerToegetreden = "nl.jzv.ketenindex.deelnemer-toegetreden"
	DeelnemerGewijzigd   = "nl.jzv.ketenindex.deelnemer-gewijzigd"
	DeelnemerVertrokken  = "nl.jzv.ketenindex.deelnemer-vertrokken"
	APIAangemeld         = "nl.jzv.ketenindex.api-aangemeld"
	APIGewijzigd         = "nl.jzv.ketenindex.api-gewijzigd"
	APIVervallen         = "nl.jzv.ketenindex.api-vervallen"
	StoringGemeld        = "nl.jzv.ketenindex.storing-gemeld"
	StoringBijgewerkt    = "nl.jzv.ketenindex.storing-bijgewerkt"
	StoringVoorbij       = "nl.jzv.ketenindex.storing-voorbij"
	GezondheidVeranderd  = "nl.jzv.ketenindex.gezondheid-veranderd"
	AbonnementGenomen    = "nl.jzv.ketenindex.abonnement-genomen"
	AbonnementGestopt    = "nl.jzv.ketenindex.abonnement-gestopt"
	DienstAangeboden     = "nl.jzv.uitwisselen-beschikbare-diensten.dienst-aangeboden"
	DienstGewijzigd      = "nl.jzv.uitwisselen-beschikbare-diensten.dienst-gewijzigd"
	DienstVervallen      = "nl.jzv.uitwisselen-beschikbare-diensten.dienst-vervallen"
)

var typen = []string{
	MeldingGeregistreerd, MeldingIngezien, MeldingOpgepakt, MeldingGeweigerd, UitkomstMelding, OpdrachtIngetrokken,
	BekendheidGevraagd, BekendheidVerstrekt, BekendheidGeweigerd, VerrijkingBeschikbaar, VerrijkingIngezien,
	BekendheidsverzoekIngezien, UitkomstBeschikbaar, UitkomstIngezien, UitkomstGewijzigd, UitkomstIngetrokken, UitkomstQueryResultaat, GebeurtenissenQueryResultaat,
	SoortVastgesteld, SchemaVastgesteld, GebeurtenisIngetrokken, IntrekkingHerroepen,
	VergetenGevraagd, VergetenGoedgekeurd, VergetenBegonnen, VergetenUitgevoerd, BewaartermijnToegepast,
	SamenwerkingBegonnen, SamenwerkingGestopt, ToestemmingGegeven, ToestemmingIngetrokken, NoodtoegangGebruikt, WegwijzerGeplaatst, LogVerankerd,
	TijdlijnQueryResultaat, MeldingQueryResultaat,
	DeelnemerToegetreden, DeelnemerGewijzigd, DeelnemerVertrokken, APIAangemeld, APIGewijzigd, APIVervallen,
	StoringGemeld, StoringBijgewerkt, StoringVoorbij, GezondheidVeranderd, AbonnementGenomen, AbonnementGestopt,
	DienstAangeboden, DienstGewijzigd, DienstVervallen,
}

var (
	bekend = map[string]bool{}
	ouder  = map[string]string{} // spelling without prefix → with
)

func init() {
	for _, t := range typen {
		bekend[t] = true
		ouder[strings.TrimPrefix(t, voorvoegsel)] = t
	}
}

// Typen gives the registered types, functie by functie.
func Typen() []string { return append([]string(nil), typen...) }

// Bekend tells whether typ is registered; the older spelling without nl.jzv.
// counts.
func Bekend(typ string) bool { return bekend[typ] || ouder[typ] != "" }

// IsResultaat tells whether typ is the answer to a query: no Activity in the
// graph, and nothing a deelnemer offers.
func IsResultaat(typ string) bool { return Bekend(typ) && strings.HasSuffix(typ, "-query-resultaat") }

// TypeVorm tells whether typ has the form nl.jzv.<samenwerkfunctie>.<gebeurtenis>.
func TypeVorm(typ string) bool { return typeVorm(typ) }

// Omschrijving says in plain Dutch what happened, "Melding geregistreerd" for
// nl.jzv.uitwisselen-melding.melding-geregistreerd.
func Omschrijving(typ string) string {
	s := strings.ReplaceAll(typ[strings.LastIndexByte(typ, '.')+1:], "-", " ")
	if s == "" {
		return "Gebeurtenis"
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Functie gives the samenwerkfunctie in a type, "uitwisselen-melding" in
// nl.jzv.uitwisselen-melding.melding-ingezien; empty when typ has no such form.
func Functie(typ string) string {
	functie, gebeurtenis, ok := strings.Cut(strings.TrimPrefix(typ, voorvoegsel), ".")
	if !ok || gebeurtenis == "" {
		return ""
	}
	return functie
}

// Gebeurtenis gives the event in a type, "melding-ingezien".
func Gebeurtenis(typ string) string { return typ[strings.LastIndexByte(typ, '.')+1:] }
