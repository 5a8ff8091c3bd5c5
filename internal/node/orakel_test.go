package node

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// An organisation that has nothing to do with a record cannot find out that it
// is there; one that has, gets the reason why this professional may not look.
func TestVreemdeMerktNietOfIetsBestaat(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	c := nieuwContract(n)
	kop, _ := c.doe(verzoek{als: politie, bij: politie, methode: "POST", pad: "/meldingen", body: meldingJSON(false), wil: 201})
	id := kop.Get("Location")[strings.LastIndexByte(kop.Get("Location"), '/')+1:]
	recs, err := n.nodes[politie.OIN].store.Zoek(t.Context(), dossier.Filter{Soort: "opdracht"})
	if err != nil || len(recs) != 1 {
		t.Fatal(err, len(recs))
	}
	vreemdeLezer := lezerVan(portaal, begrip.RolMedewerkerVT, begrip.DoelBeoordelen, "")
	burger := &toegang.Lezer{Organisatie: portaal, Persoon: "s", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: begrip.MustBSN("999990019")}
	for pad, echt := range map[string]string{"/meldingen/": id, "/opdrachten/": recs[0].ID} {
		for _, l := range []*toegang.Lezer{vreemdeLezer, burger} {
			for _, staart := range []string{"", "/niveau0", "/niveau2", "?peildatum=2001-01-01"} {
				if pad == "/opdrachten/" && staart != "" {
					continue
				}
				weg := uuid.Must(uuid.NewV7()).String()
				hoe := verzoek{als: portaal, bij: politie, methode: http.MethodGet, lezer: l, wil: 404}
				hoe.pad = pad + echt + staart
				k1, b1 := c.doe(hoe)
				hoe.pad = pad + weg + staart
				k2, b2 := c.doe(hoe)
				k1.Del("Date")
				k2.Del("Date")
				if strings.ReplaceAll(b1, echt, weg) != b2 || len(k1) != len(k2) || k1.Get("Content-Length") != k2.Get("Content-Length") {
					t.Errorf("%s%s: a record that is there answers otherwise than one that is not:\n%s\n%s", pad, staart, b1, b2)
				}
			}
		}
	}
	if _, b := c.doe(verzoek{als: vt, bij: politie, methode: "GET", pad: "/meldingen/" + id, lezer: lezerVan(vt, begrip.RolAdministratie, begrip.DoelBeoordelen, ""), wil: 403}); !strings.Contains(b, "U bent aangemeld met een andere rol") {
		t.Errorf("the receiver gets no reason: %s", b)
	}
	l := n.logboek(politie)
	if len(l) == 0 || len(l[len(l)-1].Redenen) == 0 || l[len(l)-1].LezerOIN != portaal.OIN {
		t.Errorf("the refusal of a stranger is not in the log: %+v", l)
	}
}
