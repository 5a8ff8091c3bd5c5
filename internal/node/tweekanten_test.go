package node

import (
	"slices"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// TestBeideKantenSchrijvenHetzelfde: whoever asks at whatever level, the log of the
// reader's organisation and that of the source end with the same outcome, level and
// reasons; and a source that is silent is no look that was allowed.
func TestBeideKantenSchrijvenHetzelfde(t *testing.T) {
	n := nieuwNet(t)
	id := n.brief(politie, false)
	niveau := func(i begrip.Niveau) *begrip.Niveau { return &i }
	for _, rol := range []begrip.Rol{begrip.RolMedewerkerVT, begrip.RolRaadsonderzoek, begrip.RolAdministratie} {
		for _, gevraagd := range []*begrip.Niveau{nil, niveau(0), niveau(1), niveau(2)} {
			_, fout := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/"+id, medewerker(vt, rol), nil, gevraagd)
			lezer, bron := n.logboek(vt)[0], n.logboek(politie)[0]
			if lezer.Toegestaan != bron.Toegestaan || lezer.Niveau != bron.Niveau || lezer.TraceID != bron.TraceID || lezer.Vervolg == "" || bron.Toegestaan != (fout == nil) {
				t.Errorf("%s, %v:\nreader %+v\nsource %+v", rol, gevraagd, lezer, bron)
			}
			if bron.Toegestaan && !slices.Equal(tekstenVan(lezer), tekstenVan(bron)) || len(lezer.Redenen) == 0 {
				t.Errorf("%s, %v: the reader keeps %v, the source %v", rol, gevraagd, lezer.Redenen, bron.Redenen)
			}
		}
	}
	if _, err := n.nodes[vt.OIN].inzage.Haal(t.Context(), politie.OIN, "/v1/brieven/0196f1f0-0000-7000-8000-000000000000", medewerker(vt, begrip.RolMedewerkerVT), nil, nil); err == nil {
		t.Error("a record that is not there is read")
	}
	if l := n.logboek(vt)[0]; l.Toegestaan || l.Vervolg == "" {
		t.Errorf("a look at nothing: %+v", l)
	}
}

func tekstenVan(l dossier.Logregel) (uit []string) {
	for _, r := range l.Redenen {
		uit = append(uit, r.Tekst)
	}
	return uit
}
