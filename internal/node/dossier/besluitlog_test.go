package dossier

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestBesluitStaatInDeKetting: a decision of the decision point stands between
// the looks, in the same chain, and is no look.
func TestBesluitStaatInDeKetting(t *testing.T) {
	s, _ := nieuw(t)
	besluit := func(id string) {
		t.Helper()
		if err := s.LogBesluit(t.Context(), "00000001123456780000", time.Now(), json.RawMessage(`{"besluiten":[{"resource":"melding/`+id+`","mag":false}]}`)); err != nil {
			t.Fatal(err)
		}
	}
	besluit("1")
	if err := s.Log(t.Context(), regel()); err != nil {
		t.Fatal(err)
	}
	besluit("2")
	if n, _, err := s.Verifieer(t.Context()); err != nil || n != 3 {
		t.Fatalf("%d lines: %v", n, err)
	}
	if bs, err := s.Besluitlog(t.Context(), 10); err != nil || len(bs) != 2 || !strings.Contains(string(bs[0]), "melding/2") {
		t.Errorf("%s %v", bs, err)
	}
	if ls, err := s.Logboek(t.Context(), 10); err != nil || len(ls) != 1 || ls[0].Richting == Besluit {
		t.Errorf("a decision stands among the looks: %+v %v", ls, err)
	}
	if _, err := s.schrijf.ExecContext(t.Context(), `UPDATE verwerking SET regel = replace(regel, '"mag":false', '"mag":true') WHERE nr = 3`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Verifieer(t.Context()); err == nil || !strings.Contains(err.Error(), "regel 3") {
		t.Errorf("a changed decision is not found: %v", err)
	}
}
