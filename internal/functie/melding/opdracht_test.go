package melding

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// Only who carries cases makes a melding, and the case system of such a person.
func TestAlleenWieZakenDraagtMeldt(t *testing.T) {
	for _, rol := range append(begrip.Rollen(), "", "iets-nieuws") {
		f, d := knooppunt(t)
		_, err := f.Registreer(context.Background(), goede(), toegang.Lezer{Naam: "iemand", Rol: rol})
		mag := rol.DraagtZaken() || rol == begrip.RolSysteem
		if (err == nil) != mag || err != nil && !begrip.Is(err, begrip.Verboden) {
			t.Errorf("%q: %v", rol, err)
		}
		if recs, err := d.Zoek(context.Background(), dossier.Filter{Soort: soortMelding}); err != nil || (len(recs) == 1) != mag {
			t.Errorf("%q: %d meldingen, %v", rol, len(recs), err)
		}
	}
}

// The melders of the policy are those who may make one.
func TestMeldersZijnDezelfdeAlsInHetBeleid(t *testing.T) {
	m := regexp.MustCompile(`melders := \{([^}]*)\}`).FindStringSubmatch(beleid)
	if m == nil {
		t.Fatal("beleid.rego noemt geen melders")
	}
	if n := strings.Count(m[1], ",") + 1; n != len(melders) {
		t.Errorf("%d in het beleid, %d hier", n, len(melders))
	}
	for _, r := range melders {
		if !strings.Contains(m[1], `"`+string(r)+`"`) {
			t.Errorf("%s staat niet in het beleid", r)
		}
	}
}
