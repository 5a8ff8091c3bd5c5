package begrip

import (
	"errors"
	"slices"
	"strings"
)

// OIN is an organisatie-identificatienummer of 20 positions: a prefix of eight
// digits that tells the register, then the number in that register, padded
// with zeros (OIN-stelsel, data-architectuur).
type OIN string

// ErrOIN tells what an OIN looks like.
var ErrOIN = errors.New("een OIN heeft 20 tekens en begint met een voorvoegsel van 8 cijfers")

// oinVorm tells whether s has the form of an OIN. Every request asks, so no
// regular expression.
func oinVorm(s string) bool {
	if len(s) != 20 || s[:7] != "0000000" || s[7] < '0' || s[7] > '9' || s[17:] != "000" {
		return false
	}
	for i := 8; i < 17; i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// ParseOIN reads an OIN, bare or as urn:nld:oin:<20>.
func ParseOIN(s string) (OIN, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "urn:nld:oin:")
	if !oinVorm(s) {
		return "", ErrOIN
	}
	return OIN(s), nil
}

// URN gives urn:nld:oin:<20>, the name of the organisation in the graph.
func (o OIN) URN() string { return "urn:nld:oin:" + string(o) }

// Systeem gives urn:nld:oin:<20>:systeem:<naam>, the source of a CloudEvent.
func (o OIN) Systeem(naam string) string { return o.URN() + ":systeem:" + naam }

// OINVan takes the OIN out of a urn:nld:oin:…, with or without a systeem.
func OINVan(urn string) (OIN, bool) {
	rest, ok := strings.CutPrefix(urn, "urn:nld:oin:")
	if !ok {
		return "", false
	}
	nummer, _, _ := strings.Cut(rest, ":")
	o, err := ParseOIN(nummer)
	return o, err == nil
}

// OrganisatieSoort tells what kind of party a deelnemer is.
type OrganisatieSoort string

// The kinds of organisation that take part.
const (
	Politie        OrganisatieSoort = "politie"
	VeiligThuis    OrganisatieSoort = "veilig-thuis"
	Gemeente       OrganisatieSoort = "gemeente"
	RvdK           OrganisatieSoort = "rvdk"
	GI             OrganisatieSoort = "gi"
	ZVH            OrganisatieSoort = "zvh"
	GGZ            OrganisatieSoort = "ggz"
	Burgerportaal  OrganisatieSoort = "burgerportaal"
	Ketenbeheerder OrganisatieSoort = "ketenbeheerder"
	Jeugdhulp      OrganisatieSoort = "jeugdhulp"
	School         OrganisatieSoort = "school"
	Overig         OrganisatieSoort = "overig"

	KMar               OrganisatieSoort = "kmar"
	OM                 OrganisatieSoort = "om"
	Reclassering       OrganisatieSoort = "reclassering" // the three probation services for adults
	JJI                OrganisatieSoort = "jji"          // prison for the young, and DJI
	Halt               OrganisatieSoort = "halt"
	Arts               OrganisatieSoort = "arts" // general or youth doctor
	Ambulance          OrganisatieSoort = "ambulance"
	ForensischArts     OrganisatieSoort = "forensisch-arts"
	Vrouwenopvang      OrganisatieSoort = "vrouwenopvang"
	Slachtofferhulp    OrganisatieSoort = "slachtofferhulp"
	Woningcorporatie   OrganisatieSoort = "woningcorporatie"
	Vertrouwenspersoon OrganisatieSoort = "vertrouwenspersoon" // independent; takes part in nothing
)

// OrganisatieSoorten are all kinds, in a fixed order.
var OrganisatieSoorten = []OrganisatieSoort{
	Politie, VeiligThuis, Gemeente, RvdK, GI, ZVH, GGZ, Burgerportaal, Ketenbeheerder, Jeugdhulp, School, Overig,
	KMar, OM, Reclassering, JJI, Halt, Arts, Ambulance, ForensischArts, Vrouwenopvang, Slachtofferhulp, Woningcorporatie, Vertrouwenspersoon,
}

// metBSN are the kinds that work with the burgerservicenummer by law: the youth
// domain and support (Jeugdwet 7.2; Wmo 2015 5.2.9), care, and the criminal law.
var metBSN = []OrganisatieSoort{
	Politie, VeiligThuis, Gemeente, RvdK, GI, ZVH, GGZ, Burgerportaal, Jeugdhulp, KMar, OM, Reclassering, JJI, Arts, ForensischArts,
}

// MagBSN tells whether an organisation of this kind may use the
// burgerservicenummer; a samenwerkingsverband can permit less.
func (s OrganisatieSoort) MagBSN() bool { return slices.Contains(metBSN, s) }

// Bekend tells whether it is one of OrganisatieSoorten.
func (s OrganisatieSoort) Bekend() bool { return slices.Contains(OrganisatieSoorten, s) }

// soortNamen are the kinds whose code is no word that everybody knows.
var soortNamen = map[OrganisatieSoort]string{
	VeiligThuis: "Veilig Thuis", RvdK: "Raad voor de Kinderbescherming", GI: "jeugdbescherming (gecertificeerde instelling)", ZVH: "Zorg- en Veiligheidshuis",
	GGZ: "geestelijke gezondheidszorg", Burgerportaal: "het gezin zelf", KMar: "Koninklijke Marechaussee", OM: "Openbaar Ministerie",
	JJI: "justitiële jeugdinrichting", Overig: "andere organisatie",
}

// Naam gives the kind in words for a page.
func (s OrganisatieSoort) Naam() string {
	if n := soortNamen[s]; n != "" {
		return n
	}
	return strings.ReplaceAll(string(s), "-", " ")
}

// Verhuld names a kind of organisation to who may not learn where somebody is:
// without a place, and without the kinds that tell it by themselves.
func (s OrganisatieSoort) Verhuld() string {
	switch s {
	case Vrouwenopvang, Woningcorporatie, JJI, Overig, "":
		return "een organisatie"
	case Gemeente, Politie, School, Ambulance, Reclassering:
		return "een organisatie: " + s.Naam()
	}
	return s.Naam()
}

// Organisatie is a party as others know it.
type Organisatie struct {
	OIN   OIN              `json:"oin"`
	Naam  string           `json:"naam"`
	Soort OrganisatieSoort `json:"soort"`
}
