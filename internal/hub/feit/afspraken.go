package feit

import (
	"encoding/json"
	"fmt"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// What was agreed about kinds of event are feiten: one per type, and one per
// version of a schema. An event is held against what stood at its place in the
// log, also when it stands in the same block.
var (
	gebeurtenissoort = &Soort{Naam: "gebeurtenissoort", Typen: []string{cloudevent.SoortVastgesteld}, mag: magBeheerder, pas: pasRegel, geldt: geldtRegel}
	schemaSoort      = &Soort{Naam: soortSchema, Typen: []string{cloudevent.SchemaVastgesteld}, mag: magBeheerder, pas: pasRegel, geldt: geldtRegel}
)

const soortSchema = "schema"

func magBeheerder(h *Hub, door begrip.OIN, _ Feit) error {
	if door != h.Cfg.Organisatie.OIN {
		return kern.AlleenBeheerder
	}
	return nil
}

// metRegel gives the agreement with one more feit.
func metRegel(s *soorten.Stand, f Feit) (*soorten.Stand, error) {
	n, err := metAfspraak(s, f)
	if err == nil {
		n.Sinds = max(s.Sinds, f.Plaats) // at Open they come in another order
	}
	return n, err
}

func metAfspraak(s *soorten.Stand, f Feit) (*soorten.Stand, error) {
	if f.Soort == soortSchema {
		var v soorten.Schema
		if err := json.Unmarshal(f.Inhoud, &v); err != nil || f.ID != SchemaNaam(v) {
			return nil, begrip.NieuweFout(begrip.Ongeldig, "De inhoud van deze gebeurtenis klopt niet.").Door(err)
		}
		return s.MetSchema(v)
	}
	var v soorten.Soort
	if err := json.Unmarshal(f.Inhoud, &v); err != nil || f.ID != v.Type {
		return nil, begrip.NieuweFout(begrip.Ongeldig, "De inhoud van deze gebeurtenis klopt niet.").Door(err)
	}
	return s.MetSoort(v)
}

func SchemaNaam(v soorten.Schema) string { return fmt.Sprintf("%s:%06d", v.Type, v.Versie) }

func pasRegel(w *Stap, f Feit) (string, error) {
	if f.Door != w.h.Cfg.Organisatie.OIN {
		return "Dit kan alleen de ketenbeheerder vastleggen.", nil
	}
	n, err := metRegel(w.Regels, f)
	if err != nil {
		return begrip.FoutVan(err).Bericht, nil
	}
	w.Regels = n
	return "", nil
}

// geldtRegel follows what pasRegel let through.
func geldtRegel(h *Hub, f Feit) {
	n, err := metRegel(h.Regels.Load(), f)
	if err != nil {
		h.Cfg.Log.Error("een afspraak in het log is niet te gebruiken", "soort", f.Soort, "fout", err)
		return
	}
	h.Regels.Store(n)
}
