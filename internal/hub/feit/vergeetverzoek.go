package feit

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/toegang"
)

// Vergeetverzoek is the record of forgetting one person (AVG artikel 17): two
// members of the chain manager's staff agree before anything is destroyed. It
// holds keyed references, never who the person is.
type Vergeetverzoek struct {
	ID         string              `json:"id"`
	Stand      string              `json:"stand"` // gevraagd, goedgekeurd, begonnen, uitgevoerd
	Refs       []string            `json:"refs"`  // hex; all that belong to the person once begonnen
	Reden      string              `json:"reden"`
	Grondslag  string              `json:"grondslag"`
	Verzoeker  toegang.Medewerker  `json:"verzoeker"`
	GevraagdOp time.Time           `json:"gevraagdOp"`
	Akkoord    *toegang.Medewerker `json:"akkoord,omitempty"`
	AkkoordOp  *time.Time          `json:"akkoordOp,omitempty"`
	Uitvoerder *toegang.Medewerker `json:"uitvoerder,omitempty"`
	BegonnenOp *time.Time          `json:"begonnenOp,omitempty"`
	Uitgevoerd *time.Time          `json:"uitgevoerdOp,omitempty"`
}

// The steps of a Vergeetverzoek: one event type each, in this order.
var VergeetStappen = []string{cloudevent.VergetenGevraagd, cloudevent.VergetenGoedgekeurd, cloudevent.VergetenBegonnen, cloudevent.VergetenUitgevoerd}

var VergeetStanden = []string{"gevraagd", "goedgekeurd", "begonnen", "uitgevoerd"}

var VergeetSoort = &Soort{Naam: "vergeetverzoek", Typen: VergeetStappen, mag: magBeheerder, pas: pasVergeten}

// pasVergeten sees to the order of the steps and to two different persons; with
// the last step the index forgets.
func pasVergeten(w *Stap, f Feit) (string, error) {
	var v, vorig Vergeetverzoek
	stap := slices.Index(VergeetStappen, f.Type)
	if err := json.Unmarshal(f.Inhoud, &v); err != nil || v.ID != f.ID || v.Stand != VergeetStanden[stap] || f.Door != w.h.Cfg.Organisatie.OIN {
		return "De inhoud van deze gebeurtenis klopt niet.", nil
	}
	b, bekend, err := w.S.Staat(f.Soort, f.ID)
	if err != nil {
		return "", err
	}
	if bekend {
		var oud Feit
		if err := leesFeit(b, &oud); err != nil {
			return "", err
		}
		if err := json.Unmarshal(oud.Inhoud, &vorig); err != nil {
			return "", err
		}
	}
	switch {
	case stap == 0 && bekend, stap > 0 && (!bekend || vorig.Stand != VergeetStanden[stap-1]):
		return "Deze stap past niet bij de stand van het verzoek.", nil
	case stap == 1 && (v.Akkoord == nil || v.Akkoord.Zelfde(vorig.Verzoeker)):
		return "Een ander dan de verzoeker moet akkoord geven.", nil
	case stap < 3:
		return "", nil
	}
	for _, naam := range vorig.Refs {
		ref, err := hex.DecodeString(naam)
		if err != nil {
			return "De inhoud van deze gebeurtenis klopt niet.", nil
		}
		t := graph.Term{Kind: graph.Persoon, Waarde: string(ref)}
		err = errors.Join(w.S.HaalTerm(t.Kind, t.Waarde, f.Plaats), w.S.HaalTerm(graph.Rust, RustTerm(t), f.Plaats),
			w.S.HaalTerm(graph.Kijk, kijk.OpPersoon([16]byte(ref)), f.Plaats),
			w.S.ZetStaat(vergetenStaat, naam, plaatsTekst(f.Plaats)))
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// vergetenStaat tells of a ref where in the log its person was last forgotten.
const vergetenStaat = "vergeten"

func plaatsTekst(plaats uint64) []byte { b, _ := json.Marshal(plaats); return b }

// vergetenNa tells whether the person was forgotten after plaats.
func (w *Stap) vergetenNa(ref string, plaats uint64) (bool, error) {
	b, ok, err := w.S.Staat(vergetenStaat, hex.EncodeToString([]byte(ref)))
	var op uint64
	if err != nil || !ok {
		return false, err
	}
	return json.Unmarshal(b, &op) == nil && op > plaats, nil
}
