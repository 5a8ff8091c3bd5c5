package demo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// The safeguards of the family De Wit: what the parents said yes to, what is
// withheld from one of them, and one use of noodtoegang. Who has gezag, each
// node asks the population register (see personen.go).

func (v *verhaal) waarborgen() []stap {
	g := gezin("dewit")
	return []stap{{"dewit/toestemming", func(ctx context.Context) error {
		return v.haal(ctx, "gemeente", v.d.lid("gemeente").apiURL+"/v1/toestemmingen", http.MethodPost, v.toestemming(g.Leden[3], g.Leden[:2]))
	}}}
}

func (v *verhaal) toestemming(kind Lid, ouders []Lid) map[string]any {
	var door []any
	op := begrip.Dag(time.Now().AddDate(0, 0, -19))
	for _, o := range ouders {
		door = append(door, map[string]any{"burgerservicenummer": o.BSN.Leesbaar(), "als": "ouder", "op": op})
	}
	return map[string]any{
		"over": map[string]any{"burgerservicenummer": kind.BSN.Leesbaar(), "geboortedatum": kind.Geboren, "roepnaam": kind.Voornamen}, "gegevenDoor": door,
		"doel": "hulp", "omschrijving": "doel 1 uit het plan", "klassen": []string{"I1", "I3"}, "aan": []string{string(v.d.lid("ggz").OIN)},
		"tot": time.Now().AddDate(0, 6, 0).UTC().Format(time.RFC3339), "bron": "gesprek met de ouders",
	}
}

// schermAf withholds what kort just registered about a child from the father.
func (v *verhaal) schermAf(ctx context.Context, kort string, antwoord []byte) error {
	var r struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(antwoord, &r); err != nil {
		return err
	}
	return v.haal(ctx, kort, v.d.lid(kort).apiURL+"/v1/afschermingen", http.MethodPost, map[string]any{
		"onderwerp": map[string]any{"soort": "registratie", "id": r.ID}, "reden": "c", "toelichting": "Lotte durft anders niet te praten met haar behandelaar.",
		"geraadpleegdeCollega": "Anton de Groot, vertrouwensarts", "tegen": []string{gezin("dewit").Leden[1].BSN.Leesbaar()},
		"herzienOp": time.Now().AddDate(0, 3, 0).UTC().Format(time.RFC3339),
	})
}

// noodtoegang has a youth protection worker read the melding of the police in
// an hour of need.
func (v *verhaal) noodtoegang(ctx context.Context) error {
	ada, err := v.binnen(ctx, "politie", "politie-ada")
	if err != nil {
		return err
	}
	if err := ada.Open(ctx, "/waarborgen"); err != nil {
		return err
	}
	if strings.Contains(ada.HTML, "Linda Meijer") {
		return nil // done before an interruption
	}
	noor, err := v.binnen(ctx, "politie", "politie-noor")
	if err != nil {
		return err
	}
	if err := noor.Open(ctx, "/meldingen"); err != nil {
		return err
	}
	l := slices.DeleteFunc(noor.Links("/meldingen/"), func(l string) bool { return l == "/meldingen/nieuw" })
	if len(l) == 0 {
		return errors.New("er is geen melding")
	}
	linda, err := v.binnen(ctx, "gi", "gi-linda")
	if err != nil {
		return err
	}
	if err := linda.Open(ctx, "/noodtoegang"); err != nil {
		return err
	}
	return linda.Verstuur(ctx, "/noodtoegang", url.Values{
		"bron": {string(v.d.lid("politie").OIN)}, "verwijzing": {"/v1" + l[len(l)-1]}, "duur": {"1"}, "zeker": {"ja"},
		"reden": {"Lotte is niet thuisgekomen uit school en de ouders zijn niet bereikbaar."},
	})
}
