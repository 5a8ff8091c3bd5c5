package aanval

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// openbaar are the operations that anybody may call: they tell how to speak with a
// part, nothing about a person or an organisation.
var openbaar = map[string]bool{"/v1/openapi.json": true, "/v1/asyncapi.json": true, "/health": true, "/ready": true,
	"/.well-known/authzen-configuration": true, "/.well-known/jwks.json": true, "/.well-known/oauth-authorization-server": true, "/.well-known/jwks": true,
	"/v1/ketenindex-stand": true, // the hub's own public checkpoint
	"/v1/schemas":          true, "/v1/gebeurtenissoorten": true}

// TestWieNietMeedoetKrijgtNiets walks every operation that hub and nodes publish with
// a good certificate of an organisation that is no deelnemer.
func TestWieNietMeedoetKrijgtNiets(t *testing.T) {
	n := deNetwerk(t)
	krijgtNiets(t, n, n.partij(t, begrip.Organisatie{OIN: "00000004999004999000", Naam: "Buitenstaander", Soort: begrip.Politie}, ""))
}

// TestWieVertrokKrijgtNiets: the certificate of who left is still good.
func TestWieVertrokKrijgtNiets(t *testing.T) {
	n := deNetwerk(t)
	hub, gi := n.lid(t, "hub"), n.nieuw(t, begrip.GI, nil)
	gi.vraag(t, "GET", gi.Hub+"/v1/deelnemers", nil).wil(t, http.StatusOK)
	hub.vraag(t, "DELETE", hub.Hub+"/v1/deelnemers/"+string(gi.OIN), nil).wil(t, http.StatusNoContent)
	n.overal(t, gi, false)
	krijgtNiets(t, n, gi)
}

// krijgtNiets fails on every operation that does not refuse vreemd.
func krijgtNiets(t *testing.T, n *netwerk, vreemd *partij) {
	t.Helper()
	l := n.Lijst()
	bases := []string{l.Hub.URL}
	for _, d := range l.Deelnemers {
		bases = append(bases, strings.TrimSuffix(d.API, "/v1"))
	}
	gezien := 0
	for _, basis := range bases {
		var doc struct {
			Paths map[string]map[string]json.RawMessage
		}
		vreemd.vraag(t, "GET", basis+"/v1/openapi.json", nil).wil(t, http.StatusOK).lees(t, &doc)
		for pad, ops := range doc.Paths {
			vol := pad
			if !strings.HasPrefix(pad, "/v1") && !strings.HasPrefix(pad, "/access") && !strings.HasPrefix(pad, "/.well-known") && !strings.HasPrefix(pad, "/tlog") {
				vol = "/v1" + pad
			}
			if openbaar[vol] || openbaar[pad] {
				continue
			}
			for methode := range ops {
				methode = strings.ToUpper(methode)
				if methode != "GET" && methode != "POST" && methode != "PUT" && methode != "DELETE" && methode != "PATCH" {
					continue
				}
				adres := basis + strings.NewReplacer("{id}", "0196f1f0-0000-7000-8000-000000000000", "{oin}", string(l.Deelnemers[0].OIN)).Replace(vol)
				a := vreemd.vraag(t, methode, adres, map[string]any{}, "Content-Type", "application/json")
				gezien++
				if a.Status < 400 {
					t.Errorf("%s %s answers a stranger %d: %.200s", methode, strings.TrimPrefix(adres, basis), a.Status, a.Body)
				}
			}
		}
	}
	if gezien < 100 {
		t.Fatalf("only %d operations were tried", gezien)
	}
}
