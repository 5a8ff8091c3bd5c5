package beheer

import (
	"net/http"
	"strconv"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/rest"
)

func (h *Hub) regelRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/gebeurtenissoorten", h.geefSoorten)
	mux.HandleFunc("POST /v1/gebeurtenissoorten", h.MetFout(h.legSoortVast))
	mux.HandleFunc("GET /v1/schemas", h.geefSchemas)
	mux.HandleFunc("POST /v1/schemas", h.MetFout(h.legSchemaVast))
	mux.HandleFunc("GET /v1/schemas/{type}/versies/{versie}", h.MetFout(h.geefSchema))
}

func (h *Hub) geefSoorten(w http.ResponseWriter, _ *http.Request) {
	rest.WriteJSON(w, http.StatusOK, map[string]any{"gebeurtenissoorten": h.Regels.Load().Soorten()})
}

func (h *Hub) legSoortVast(w http.ResponseWriter, r *http.Request) error {
	if err := h.Beheerder(r); err != nil {
		return err
	}
	var v soorten.Soort
	if err := rest.ReadJSON(w, r, kern.MaxRegel, &v); err != nil {
		return err
	}
	if _, err := h.Regels.Load().MetSoort(v); err != nil {
		return err
	}
	if _, err := h.Inname.LegFeitVast(r.Context(), cloudevent.SoortVastgesteld, v.Type, "soh:VaststellenGebeurtenissoort", v); err != nil {
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
	s := h.Regels.Load()
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
	vs := h.Regels.Load().Schemas(r.PathValue("type"))
	n, err := strconv.Atoi(r.PathValue("versie"))
	if err != nil || n < 1 || n > len(vs) {
		return begrip.NieuweFout(begrip.NietGevonden, "Dit schema kennen wij niet.")
	}
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(vs[n-1].Schema)
	return nil
}

func (h *Hub) legSchemaVast(w http.ResponseWriter, r *http.Request) error {
	if err := h.Beheerder(r); err != nil {
		return err
	}
	var v soorten.Schema
	if err := rest.ReadJSON(w, r, kern.MaxRegel, &v); err != nil {
		return err
	}
	if v.Versie == 0 {
		v.Versie = len(h.Regels.Load().Schemas(v.Type)) + 1
	}
	if _, err := h.Regels.Load().MetSchema(v); err != nil {
		return err
	}
	if _, err := h.Inname.LegFeitVast(r.Context(), cloudevent.SchemaVastgesteld, feit.SchemaNaam(v), "soh:VaststellenSchema", v); err != nil {
		return err
	}
	w.Header().Set("Location", schemaPad(&v))
	rest.WriteJSON(w, http.StatusCreated, map[string]any{"type": v.Type, "versie": v.Versie, "href": schemaPad(&v)})
	return nil
}
