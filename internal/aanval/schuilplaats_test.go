package aanval

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// What must never reach who somebody hides from, nor anybody in an hour of need.
var schuiladres = []string{"Schuilstraat", "9999 ZZ", "Verborgenhout"}

// verborgenMelder leads to who did a shielded melding.
var verborgenMelder = []string{"Melder Meijer", "meijer@verborgen.voorbeeld.nl", "0699 887 766", "Collega Verzwegen"}

// schuilgezin is a family of which mother and child live in hiding from the father.
type schuilgezin struct {
	moeder, kind, vader begrip.BSN
	melding             gemeld
}

// schuil lets the police do a melding about such a family, with a shielded melder
// when dicht, and Veilig Thuis take it up.
func schuil(t *testing.T, n *netwerk, dicht bool) schuilgezin {
	t.Helper()
	g := schuilgezin{moeder: bsn(), kind: bsn(), vader: bsn()}
	adres := map[string]any{"straatnaam": "Schuilstraat", "huisnummer": 7, "postcode": "9999 ZZ", "plaats": "Verborgenhout"}
	anders := map[string]any{"naarAanleidingVan": []any{map[string]any{"datumTijd": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), "locatie": "Schuilstraat 7", "omschrijving": "Er stond iemand voor de deur."}}}
	if dicht {
		anders["contact"] = map[string]any{"naam": "Melder Meijer", "emailAdres": "meijer@verborgen.voorbeeld.nl", "telefoonnummer": "0699 887 766"}
		anders["melderAfscherming"] = map[string]any{"reden": "gevaar", "geraadpleegdeCollega": "Collega Verzwegen", "herzienOp": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}
	}
	politie := n.lid(t, "politie")
	g.melding = politie.meld(t, anders,
		persoon(g.moeder, "Mira", map[string]any{"adres": adres, "adresGeheim": true}),
		persoon(g.kind, "Kiki", map[string]any{"adres": adres, "adresGeheim": true, "geboortedatum": "2018-01-05", "rolInGezin": "kind"}),
		persoon(g.vader, "Victor", nil))
	marieke := n.binnen(t, "veilig-thuis", "vt-marieke")
	wacht(t, func() string {
		if err := marieke.Open(t.Context(), "/postvak"); err != nil {
			return err.Error()
		}
		for _, l := range marieke.Links("/postvak/melding/") {
			if err := marieke.Open(t.Context(), l); err != nil {
				return err.Error()
			}
			if !strings.Contains(marieke.HTML, g.kind.Leesbaar()) {
				continue
			}
			if err := marieke.Verstuur(t.Context(), "/oppakken", nil); err != nil {
				return err.Error()
			}
			return ""
		}
		return "the melding has not arrived"
	})
	return g
}

// inNood is a professional of the Raad that no rule lets read, with a reason.
func inNood() toegang.Lezer {
	return toegang.Lezer{Persoon: "rvdk-peter", Naam: "Peter Smit", Rol: begrip.RolRaadsonderzoek, Doel: "acute-veiligheid", Grondslag: "AVG-6-1-d",
		Nood: toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: time.Now().Add(time.Hour).Truncate(time.Second)}}
}

func verraadt(tekst string, geheimen ...string) error {
	for _, s := range geheimen {
		if i := strings.Index(tekst, s); i >= 0 {
			return fmt.Errorf("tells %q: …%s", s, tekst[max(0, i-80):min(len(tekst), i+len(s)+20)])
		}
	}
	return nil
}

// TestNoodtoegangToontVanGeenSoortWaarIemandSchuilt: by search and by reference, at
// every level and of every kind of record that is found about this family, at every
// source, noodtoegang tells neither where they hide nor who did the melding; and the
// logs of the network hold none of it.
func TestNoodtoegangToontVanGeenSoortWaarIemandSchuilt(t *testing.T) {
	n := deNetwerk(t)
	rvdk := n.lid(t, "rvdk")
	for _, dicht := range []bool{false, true} {
		g := schuil(t, n, dicht)
		soorten := map[string]bool{}
		for _, kort := range []string{"politie", "veilig-thuis", "gemeente"} {
			bron := n.lid(t, kort)
			if kort == "gemeente" {
				bron.vraag(t, "POST", bron.API+"/registraties", map[string]any{"burgerservicenummer": g.kind.Leesbaar(), "omschrijving": "Wij helpen.", "antwoorden": map[string]any{},
					"contact": map[string]any{"naam": "Hilde Helper", "telefoonnummer": "0699 112 233"}}).wil(t, http.StatusCreated)
			}
			var gevonden struct {
				Gegevens []struct{ Titel, Pad string }
			}
			a := rvdk.vraag(t, "POST", strings.TrimSuffix(bron.API, "/v1")+"/v1/noodtoegangen/query", map[string]any{"burgerservicenummer": g.kind.Leesbaar()}, rvdk.als(t, bron.OIN, inNood())...).wil(t, http.StatusOK)
			a.lees(t, &gevonden)
			if err := verraadt(a.Body, append(schuiladres, verborgenMelder...)...); err != nil {
				t.Error(err)
			}
			for _, v := range gevonden.Gegevens {
				soorten[v.Titel] = true
				for _, staart := range []string{"", "/niveau0", "/niveau1", "/niveau2", "?peildatum=" + time.Now().Add(time.Minute).UTC().Format("2006-01-02T15:04:05Z")} {
					a := rvdk.vraag(t, "GET", strings.TrimSuffix(bron.API, "/v1")+v.Pad+staart, nil, rvdk.als(t, bron.OIN, inNood())...)
					kop, _ := json.Marshal(a.Kop)
					geheimen := schuiladres
					if dicht {
						geheimen = append(append([]string{}, schuiladres...), verborgenMelder...)
						if kort == "veilig-thuis" { // whose melding it is leads to the melder
							geheimen = append(geheimen, string(n.lid(t, "politie").OIN), strings.TrimPrefix(g.melding.URL, n.lid(t, "politie").API))
						}
					}
					if err := verraadt(a.Body+string(kop), geheimen...); err != nil {
						t.Errorf("%s %s%s: %v", kort, v.Titel, staart, err)
					}
					if a.Status != http.StatusOK && staart == "" {
						t.Errorf("%s %s: %d %s", kort, v.Titel, a.Status, a.Body)
					}
				}
			}
		}
		for _, s := range []string{"Melding", "Beoordeling van een melding", "Registratie"} {
			if !soorten[s] {
				t.Errorf("no %s was found: %v", s, soorten)
			}
		}
	}
	n.nergensIn(t, append(schuiladres, verborgenMelder...)...)
}

// TestDeAndereOuderLeestNietsVanWaarZijSchuilen: what sources that know of the hiding
// answer the portal for the father, names no organisation of the case, no helper and no
// place.
func TestDeAndereOuderLeestNietsVanWaarZijSchuilen(t *testing.T) {
	n := deNetwerk(t)
	portaal := n.lid(t, "portaal")
	g := schuil(t, n, false)
	vader := toegang.Lezer{Persoon: "vader", Naam: "Victor", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: g.vader}
	for _, kort := range []string{"politie", "veilig-thuis"} {
		bron := n.lid(t, kort)
		a := portaal.vraag(t, "POST", bron.API+"/betrokkenen/query", map[string]any{"burgerservicenummer": g.vader.Leesbaar()}, portaal.als(t, bron.OIN, vader)...).wil(t, http.StatusOK)
		var beeld struct {
			Verborgen bool
			Delen     json.RawMessage
			Inzagen   json.RawMessage
		}
		a.lees(t, &beeld)
		if !beeld.Verborgen || len(beeld.Delen) < 10 {
			t.Errorf("%s: %s", kort, a.Body)
		}
		geheimen := append([]string{"Voorbeeldstad", "Voorbeeldland", "Marieke", "Noor Hendriks", "telefoon"}, schuiladres...)
		if err := verraadt(string(beeld.Delen)+string(beeld.Inzagen), geheimen...); err != nil {
			t.Errorf("%s: %v", kort, err)
		}
	}
}
