package dossier

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// TestVerwantVindtElkRecordEenKeer: by person or by zaak, the current version
// only, of the asked kinds only.
func TestVerwantVindtElkRecordEenKeer(t *testing.T) {
	s, _ := nieuw(t)
	zet := func(soort, id, zaak string, versie int, ps ...begrip.BSN) {
		schrijf(t, s, Record{Soort: soort, ID: id, Zaak: zaak, Versie: versie, Personen: ps, Inhoud: json.RawMessage(`{}`)})
	}
	zet("toestemming", "a", "z1", 0, schildwacht, ander)
	zet("toestemming", "b", "z2", 0, ander)
	zet("gezagsfeit", "c", "", 0, schildwacht)
	zet("melding", "d", "z1", 0, schildwacht)
	zet("toestemming", "e", "", 0, schildwacht)
	zet("toestemming", "e", "", 1) // no longer about this person
	for _, g := range []struct {
		soorten, zaken []string
		personen       []begrip.BSN
		wil            string
	}{
		{[]string{"toestemming", "gezagsfeit"}, []string{"z1", ""}, []begrip.BSN{schildwacht, schildwacht}, "c a"},
		{[]string{"toestemming"}, []string{"z2"}, []begrip.BSN{schildwacht}, "a b"},
		{[]string{"toestemming"}, nil, []begrip.BSN{ander}, "a b"},
		{[]string{"melding"}, []string{"z1"}, nil, "d"},
		{nil, []string{"z1"}, nil, ""},
		{[]string{"melding"}, nil, nil, ""},
	} {
		recs, err := s.Verwant(t.Context(), g.soorten, g.personen, g.zaken)
		var ids []string
		for _, r := range recs {
			ids = append(ids, r.ID)
		}
		if kreeg := strings.Join(ids, " "); err != nil || kreeg != g.wil {
			t.Errorf("%v %v: %q, want %q (%v)", g.soorten, g.zaken, kreeg, g.wil, err)
		}
	}
}
