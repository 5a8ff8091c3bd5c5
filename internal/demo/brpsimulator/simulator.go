// Package brpsimulator is a simulator of the population register
// (basisregistratie personen) for the demo and for tests. It is a real server
// of the published API "BRP Personen Bevragen" v2 (Haal Centraal), as far as
// RaadpleegMetBurgerservicenummer goes: with made-up people, and what it knows
// of them is birth, death, name, address lines and gezag.
//
// It promises what a node may count on with the real one: the field filter
// (nothing comes back that was not asked, but for what the API always tells),
// incomplete dates, the kinds of gezag under their older and newer names, the
// published errors with invalidParams, and only a known certificate or key gets
// in. A burgerservicenummer stands in bodies alone, never in a log line.
package brpsimulator

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// Pad is the path of the API below the address of the server.
const Pad = "/haalcentraal/api/brp"

const (
	padPersonen = Pad + "/personen"
	maxVraag    = 64 << 10
	typeVraag   = "RaadpleegMetBurgerservicenummer"
)

// Config says who is in the register and who may ask.
type Config struct {
	Personen []Persoon
	// Afnemer tells whether the organisation of a certificate may ask.
	Afnemer func(begrip.OIN) bool
	// Sleutel, when set, must stand in X-API-KEY; who has it needs no certificate.
	Sleutel string
	Log     *slog.Logger
}

// Simulator answers questions. Safe for concurrent use.
type Simulator struct {
	cfg  Config
	perB map[begrip.BSN]Persoon
	nu   func() time.Time
}

// Nieuw makes a simulator.
func Nieuw(cfg Config) *Simulator {
	s := &Simulator{cfg: cfg, perB: map[begrip.BSN]Persoon{}, nu: time.Now}
	for _, p := range cfg.Personen {
		s.perB[p.BSN] = p
	}
	return s
}

// Handler serves the API below Pad.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+padPersonen, s.personen)
	mux.HandleFunc(padPersonen, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		fout{http.StatusMethodNotAllowed, "Deze methode wordt niet ondersteund.", "methodNotAllowed", "", nil}.schrijf(w)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fout{http.StatusNotFound, "Opgevraagde resource bestaat niet.", "notFound", "", nil}.schrijf(w)
	})
	return mux
}

func (s *Simulator) personen(w http.ResponseWriter, r *http.Request) {
	wie, f := s.toegelaten(r)
	if f == nil {
		f = vorm(r)
	}
	if f != nil {
		f.schrijf(w)
		return
	}
	lijf, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxVraag))
	if err != nil {
		onleesbaar.schrijf(w)
		return
	}
	v, f := leesVraag(lijf)
	if f != nil {
		f.schrijf(w)
		return
	}
	if s.geweigerd(v) {
		nietVoorDeze.schrijf(w)
		return
	}
	v2 := r.Header.Get("accept-gezag-version") == "2"
	uit := map[string]any{"type": typeVraag, "personen": s.antwoord(v, v2)}
	s.cfg.Log.InfoContext(r.Context(), "register asked", "afnemer", wie, "personen", len(v.BSN), "fields", v.Fields)
	schrijfJSON(w, http.StatusOK, "application/json; charset=utf-8", uit)
}

// toegelaten gives who asks, or why not.
func (s *Simulator) toegelaten(r *http.Request) (string, *fout) {
	if sleutel := r.Header.Get("X-API-KEY"); s.cfg.Sleutel != "" {
		if subtle.ConstantTimeCompare([]byte(sleutel), []byte(s.cfg.Sleutel)) == 1 {
			return "sleutel", nil
		}
		return "", nietAangemeld
	}
	oin, err := toegang.Beller(r)
	if err != nil {
		return "", nietAangemeld
	}
	if s.cfg.Afnemer == nil || !s.cfg.Afnemer(oin) {
		return "", &fout{http.StatusForbidden, "U bent niet geautoriseerd voor deze operatie.", "autorisation", "", nil}
	}
	return string(oin), nil
}

// vorm checks what is sent and what is wanted back.
func vorm(r *http.Request) *fout {
	if m, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || m != "application/json" {
		return &fout{http.StatusUnsupportedMediaType, "Unsupported Media Type", "unsupported", "", nil}
	}
	wil := r.Header.Get("Accept")
	if wil != "" && !strings.Contains(wil, "application/json") && !strings.Contains(wil, "*/*") {
		return &fout{http.StatusNotAcceptable, "Gevraagde contenttype wordt niet ondersteund.", "notAcceptable", "", nil}
	}
	return nil
}

// geweigerd tells that one of the asked persons may not be asked about.
func (s *Simulator) geweigerd(v vraag) bool {
	return slices.ContainsFunc(v.BSN, func(b string) bool {
		bsn, err := begrip.ParseBSN(b)
		return err == nil && s.perB[bsn].Geweigerd
	})
}

// antwoord gives the asked persons, in the order asked; who is not known is left
// out, without an error.
func (s *Simulator) antwoord(v vraag, v2 bool) []map[string]any {
	uit := []map[string]any{}
	for _, b := range v.BSN {
		bsn, err := begrip.ParseBSN(b)
		if err != nil {
			continue // nine digits that are nobody's number
		}
		if p, ok := s.perB[bsn]; ok && (v.Gemeente == "" || v.Gemeente == p.Gemeente) {
			uit = append(uit, s.velden(p, v.Fields, v2))
		}
	}
	return uit
}

func schrijfJSON(w http.ResponseWriter, status int, soort string, v any) {
	w.Header().Set("Content-Type", soort)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("api-version", "2.5.0")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked is gone
}
