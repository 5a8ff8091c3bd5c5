package node

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// padBevestiging is where the Ketenindex says whether a proof exists.
const padBevestiging = "/v1/bevestigingen/query"

// maxBevestiging bounds its answer, in bytes.
const maxBevestiging = 64 << 10

// bijKetenindex looks up whether somebody else than the asker tells of what an
// Opdracht rests on. Any answer but yes or no is none: BronAntwoordtNiet.
func (n *Node) bijKetenindex(ctx context.Context, v opdracht.Bewijsvraag) (opdracht.Bevestiging, error) {
	uit, err := n.bevestig(ctx, v)
	if err != nil {
		return opdracht.Bevestiging{}, begrip.NieuweFout(begrip.BronAntwoordtNiet, "De Ketenindex zegt nu niet of er een reden is voor deze opdracht.").Door(err)
	}
	return uit, nil
}

// bevestig asks the Ketenindex, as the rule that holds an Opdracht against what
// others told: it shows that we answer by the rules (AVG art. 24).
func (n *Node) bevestig(ctx context.Context, v opdracht.Bewijsvraag) (uit opdracht.Bevestiging, err error) {
	personen := make([]begrip.InhoudBSN, len(v.Personen))
	for i, b := range v.Personen {
		personen[i].BSN = b
	}
	b, err := json.Marshal(map[string]any{"bewijs": v.Wat, "zaak": v.Zaak, "partij": v.Partij, "personen": personen})
	if err != nil {
		return uit, err
	}
	req, err := http.NewRequestWithContext(toegang.Naar(ctx, n.register.hubOIN), http.MethodPost, n.register.hub+padBevestiging, bytes.NewReader(b))
	if err != nil {
		return uit, err
	}
	req.Header.Set("Content-Type", "application/json")
	verklaring, err := n.cfg.Identiteit.Verklaring(toegang.Lezer{Organisatie: n.cfg.Organisatie, Persoon: "regel", Naam: "Automatische regel",
		Rol: begrip.RolSysteem, Doel: begrip.DoelToezicht, Grondslag: begrip.GrondAvg24}, n.register.hubOIN, time.Now())
	if err != nil {
		return uit, err
	}
	req.Header.Set("Authorization", "Bearer "+verklaring)
	resp, err := n.register.client.Do(req)
	if err != nil {
		return uit, err
	}
	defer func() { _ = resp.Body.Close() }()
	if b, err = io.ReadAll(io.LimitReader(resp.Body, maxBevestiging+1)); err != nil {
		return uit, err
	}
	var in struct {
		Bevestigd bool   `json:"bevestigd"`
		Personen  []bool `json:"personen"`
	}
	if resp.StatusCode != http.StatusOK {
		return uit, begrip.NieuweFout(begrip.CodeVan(resp.StatusCode), "de Ketenindex antwoordt met %d", resp.StatusCode)
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return uit, err
	}
	if len(in.Personen) != len(personen) {
		return uit, begrip.NieuweFout(begrip.Ongeldig, "de Ketenindex antwoordt niet over iedereen")
	}
	return opdracht.Bevestiging{Ja: in.Bevestigd, Personen: in.Personen}, nil
}

// inEigenWerk looks up a proof in our own safeguards, which our own people
// recorded: that the asker takes part in the samenwerkingsverband of the zaak, or
// that a decision or measure is on record in it.
func (n *Node) inEigenWerk(ctx context.Context, v opdracht.Bewijsvraag) (uit opdracht.Bevestiging, err error) {
	f, err := n.waarborgen.Laad(ctx, v.Personen, []string{v.Zaak})
	if err != nil {
		return uit, err
	}
	var over []begrip.BSN
	switch v.Wat {
	case opdracht.BewijsZaakverband:
		uit.Ja, over = f.NeemtDeel(v.Zaak, v.Partij)
	case opdracht.BewijsBesluit:
		uit.Ja, over = f.Besloten(v.Zaak, v.Partij)
	case opdracht.BewijsMaatregel:
		uit.Ja, over = f.Maatregel(v.Zaak)
	}
	uit.Personen = make([]bool, len(v.Personen))
	for i, b := range v.Personen {
		uit.Personen[i] = uit.Ja && slices.Contains(over, b)
	}
	return uit, nil
}
