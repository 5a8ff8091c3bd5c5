package hub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/rest"
)

// What was agreed about kinds of event are feiten: one per type, and one per
// version of a schema. An event is held against what stood at its place in the
// log, also when it stands in the same block.
var (
	gebeurtenissoort = &feitSoort{naam: "gebeurtenissoort", typen: []string{cloudevent.SoortVastgesteld}, mag: magBeheerder, pas: pasRegel, geldt: geldtRegel}
	schemaSoort      = &feitSoort{naam: soortSchema, typen: []string{cloudevent.SchemaVastgesteld}, mag: magBeheerder, pas: pasRegel, geldt: geldtRegel}
)

const soortSchema = "schema"

func magBeheerder(h *Hub, door begrip.OIN, _ feit) error {
	if door != h.cfg.Organisatie.OIN {
		return alleenBeheerder
	}
	return nil
}

// metRegel gives the agreement with one more feit.
func metRegel(s *soorten.Stand, f feit) (*soorten.Stand, error) {
	n, err := metAfspraak(s, f)
	if err == nil {
		n.Sinds = max(s.Sinds, f.Plaats) // at Open they come in another order
	}
	return n, err
}

func metAfspraak(s *soorten.Stand, f feit) (*soorten.Stand, error) {
	if f.Soort == soortSchema {
		var v soorten.Schema
		if err := json.Unmarshal(f.Inhoud, &v); err != nil || f.ID != schemaNaam(v) {
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

func schemaNaam(v soorten.Schema) string { return fmt.Sprintf("%s:%06d", v.Type, v.Versie) }

func pasRegel(w *stap, f feit) (string, error) {
	if f.Door != w.h.cfg.Organisatie.OIN {
		return "Dit kan alleen de ketenbeheerder vastleggen.", nil
	}
	n, err := metRegel(w.regels, f)
	if err != nil {
		return begrip.FoutVan(err).Bericht, nil
	}
	w.regels = n
	return "", nil
}

// geldtRegel follows what pasRegel let through.
func geldtRegel(h *Hub, f feit) {
	n, err := metRegel(h.regels.Load(), f)
	if err != nil {
		h.cfg.Log.Error("een afspraak in het log is niet te gebruiken", "soort", f.Soort, "fout", err)
		return
	}
	h.regels.Store(n)
}

// maxRegel is the largest body of a request of the chain manager, in bytes.
const maxRegel = 128 << 10

func (h *Hub) regelRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/gebeurtenissoorten", h.geefSoorten)
	mux.HandleFunc("POST /v1/gebeurtenissoorten", h.metFout(h.legSoortVast))
	mux.HandleFunc("GET /v1/schemas", h.geefSchemas)
	mux.HandleFunc("POST /v1/schemas", h.metFout(h.legSchemaVast))
	mux.HandleFunc("GET /v1/schemas/{type}/versies/{versie}", h.metFout(h.geefSchema))
}

func (h *Hub) geefSoorten(w http.ResponseWriter, _ *http.Request) {
	rest.WriteJSON(w, http.StatusOK, map[string]any{"gebeurtenissoorten": h.regels.Load().Soorten()})
}

func (h *Hub) legSoortVast(w http.ResponseWriter, r *http.Request) error {
	if err := h.beheerder(r); err != nil {
		return err
	}
	var v soorten.Soort
	if err := rest.ReadJSON(w, r, maxRegel, &v); err != nil {
		return err
	}
	if _, err := h.regels.Load().MetSoort(v); err != nil {
		return err
	}
	if _, err := h.legFeitVast(r.Context(), cloudevent.SoortVastgesteld, v.Type, "soh:VaststellenGebeurtenissoort", v); err != nil {
		return err
	}
	rest.WriteJSON(w, http.StatusCreated, v)
	return nil
}

// schemaLijst is one type with the versions of its schema.
type schemaLijst struct {
	Type    string          `json:"type"`
	Versies []schemaVersies `json:"versies"`
}

type schemaVersies struct {
	Versie int    `json:"versie"`
	Href   string `json:"href"`
}

func (h *Hub) geefSchemas(w http.ResponseWriter, _ *http.Request) {
	s := h.regels.Load()
	uit := []schemaLijst{}
	for _, t := range s.Typen() {
		l := schemaLijst{Type: t}
		for _, v := range s.Schemas(t) {
			l.Versies = append(l.Versies, schemaVersies{v.Versie, schemaPad(v)})
		}
		uit = append(uit, l)
	}
	rest.WriteJSON(w, http.StatusOK, map[string]any{"schemas": uit})
}

func schemaPad(v *soorten.Schema) string {
	return "/v1/schemas/" + v.Type + "/versies/" + strconv.Itoa(v.Versie)
}

// geefSchema serves one schema as it was offered.
func (h *Hub) geefSchema(w http.ResponseWriter, r *http.Request) error {
	vs := h.regels.Load().Schemas(r.PathValue("type"))
	n, err := strconv.Atoi(r.PathValue("versie"))
	if err != nil || n < 1 || n > len(vs) {
		return begrip.NieuweFout(begrip.NietGevonden, "Dit schema kennen wij niet.")
	}
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(vs[n-1].Schema)
	return nil
}

func (h *Hub) legSchemaVast(w http.ResponseWriter, r *http.Request) error {
	if err := h.beheerder(r); err != nil {
		return err
	}
	var v soorten.Schema
	if err := rest.ReadJSON(w, r, maxRegel, &v); err != nil {
		return err
	}
	if v.Versie == 0 {
		v.Versie = len(h.regels.Load().Schemas(v.Type)) + 1
	}
	if _, err := h.regels.Load().MetSchema(v); err != nil {
		return err
	}
	if _, err := h.legFeitVast(r.Context(), cloudevent.SchemaVastgesteld, schemaNaam(v), "soh:VaststellenSchema", v); err != nil {
		return err
	}
	w.Header().Set("Location", schemaPad(&v))
	rest.WriteJSON(w, http.StatusCreated, map[string]any{"type": v.Type, "versie": v.Versie, "href": schemaPad(&v)})
	return nil
}

// redenGoed checks a text that stays in the log for ever.
func redenGoed(c *begrip.Controle, veld, s string) {
	c.Eis(strings.TrimSpace(s) != "" && len(s) <= 1000, veld, "Vul een reden in van ten hoogste 1000 tekens.")
	bsn := false
	begrip.VindBSN([]byte(s), func(int, int) { bsn = true })
	c.Eis(!bsn, veld, "Hier staat een burgerservicenummer. Deze tekst blijft altijd bewaard: schrijf er geen persoonsgegevens in.")
}
