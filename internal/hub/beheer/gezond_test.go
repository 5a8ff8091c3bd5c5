package beheer_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/gezondheid"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/toegang"
)

// A party that stops answering turns red, with the reason and the moment; the
// change is an event, the looks are not.
func TestUitgevallenPartijWordtRoodEnWeerGoed(t *testing.T) {
	basis := t.TempDir()
	p := hubtest.StartIn(t, basis, 0, hubtest.Bezorgend, func(p *hubtest.Proefhub) { p.Beheer.Peilen = 5 * time.Millisecond })
	var stuk, verlopen, geklopt atomic.Bool
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if stuk.Load() || r.URL.Path != "/ready" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if verlopen.Load() {
			_, _ = w.Write([]byte(`{"status":"gereed","waarschuwing":"intrekkingslijst-verlopen"}`))
			return
		}
		if geklopt.Load() {
			_, _ = w.Write([]byte(`{"status":"gereed","waarschuwing":"veel-geweigerd"}`))
			return
		}
		_, _ = w.Write([]byte(`{"status":"gereed","waarschuwing":"iets anders"}`)) // what a party says is not passed on
	}))
	srv.TLS = p.Identiteit(hubtest.OrgVT).ServerTLS()
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	vt := p.Als(hubtest.OrgVT)
	for _, d := range []register.Deelnemer{{Organisatie: hubtest.OrgVT, API: srv.URL + "/v1"}, {Organisatie: hubtest.OrgPolitie}, {Organisatie: hubtest.OrgPortaal}} {
		p.Als(hubtest.OrgHub).JSON("PUT", "/v1/deelnemers/"+string(d.OIN), d, http.StatusOK)
	}
	staat := func() gezondheid.Staat { s, _ := p.Feit.Gezond.Geef(hubtest.OrgVT.OIN); return s }
	hubtest.Rond(t, "all is well", func() bool { s, _ := p.Feit.Gezond.Geef(hubtest.OrgHub.OIN); return staat().Goed && s.Goed })
	stuk.Store(true)
	hubtest.Rond(t, "it is red", func() bool { return !staat().Goed && staat().Reden != "" })
	if b := vt.JSON("GET", "/v1/gezondheid", nil, http.StatusOK); !bytes.Contains(b, []byte(`"mis"`)) || !bytes.Contains(b, []byte("antwoord 503")) {
		t.Errorf("gezondheid: %s", b)
	}
	x, wie := gezondheid.Nieuw(p.Identiteit(hubtest.OrgHub)), []gezondheid.Partij{{OIN: hubtest.OrgPolitie.OIN, API: srv.URL}}
	geen := func(begrip.OIN) (gezondheid.Staat, bool) { return gezondheid.Staat{}, false }
	x.Ronde(t.Context(), time.Now(), wie, geen)
	if v, _ := x.Ronde(t.Context(), time.Now(), wie, geen); len(v) != 1 || v[0].Goed || v[0].Reden != "op het adres antwoordt een andere organisatie" {
		t.Errorf("another organisation at the address: %+v", v)
	}
	stuk.Store(false)
	hubtest.Rond(t, "it is well again", func() bool { return staat().Goed })
	evs := vt.Zoek("/v1/gebeurtenissen/query", `{"subject":"urn:soh:gezondheid:`+string(hubtest.OrgVT.OIN)+`"}`)
	if n := len(evs); n < 3 || n > 8 {
		t.Errorf("%d events for the changes", n)
	}
	verlopen.Store(true)
	hubtest.Rond(t, "it is red for its list of revoked certificates", func() bool { s := staat(); return !s.Goed && s.Reden == toegang.ErrLijstVerlopen.Error() })
	verlopen.Store(false)
	hubtest.Rond(t, "it is well once more", func() bool { return staat().Goed })
	letOp := func() bool {
		return bytes.Contains(vt.JSON("GET", "/v1/gezondheid", nil, http.StatusOK), []byte(`"letOp":"weigert herhaald`))
	}
	if letOp() {
		t.Error("it refuses much, before it says so")
	}
	geklopt.Store(true)
	hubtest.Rond(t, "somebody knocks there", letOp)
	if b, err := p.Beheer.Bord(time.Time{}, time.Now()); err != nil || b.LetOp[hubtest.OrgVT.OIN] == "" || !b.Staten[hubtest.OrgVT.OIN].Goed {
		t.Errorf("who refuses much works, and the board says it: %+v, %v", b.LetOp, err)
	}
	geklopt.Store(false)
	hubtest.Rond(t, "nobody knocks any more", func() bool { return !letOp() })
	m := gezondheid.Meting{Begin: time.Now().Add(-time.Hour).Truncate(gezondheid.Slot)}
	oud := gezondheid.Meting{Begin: m.Begin.Add(-gezondheid.Bewaard - time.Hour)}
	for _, m := range []*gezondheid.Meting{&oud, &m} {
		if err := p.Feit.Noteer(t.Context(), feit.Notitie{Meting: m}); err != nil {
			t.Fatal(err)
		}
	}
	p.WachtOp(t.Context(), p.Hub.Log.Laatste(), time.Minute)
	b, err := p.Beheer.Bord(time.Time{}, time.Now())
	if err != nil || len(b.Metingen) != 2 || !b.Metingen[0].Begin.Equal(m.Begin) || len(b.Deelnemers) != 3 || !b.Staten[hubtest.OrgVT.OIN].Goed {
		t.Errorf("the board has %+v, %v", b, err)
	}
	p.Stop()
	if err := os.RemoveAll(filepath.Join(p.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	p = hubtest.StartIn(t, basis, 0)
	hubtest.Rond(t, "it is rebuilt", func() bool { return p.Geprojecteerd.Load() == p.Hub.Log.Laatste() })
	if s := staat(); !s.Goed {
		t.Errorf("after a rebuild: %+v", s)
	}
}

func TestRondeVertelNaTweeKeer(t *testing.T) {
	p := hubtest.Start(t)
	x := gezondheid.Nieuw(p.Identiteit(hubtest.OrgHub))
	fout := true
	wie := []gezondheid.Partij{{OIN: hubtest.OrgVT.OIN, Kijk: func() error {
		if fout {
			return http.ErrServerClosed
		}
		return nil
	}}}
	staten := map[begrip.OIN]gezondheid.Staat{}
	ronde := func(nu time.Time) (n int, klaar *gezondheid.Meting) {
		v, klaar := x.Ronde(t.Context(), nu, wie, func(o begrip.OIN) (gezondheid.Staat, bool) { s, ok := staten[o]; return s, ok })
		for _, s := range v {
			staten[s.OIN] = s
		}
		return len(v), klaar
	}
	nu := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for i, wil := range []int{0, 1, 0} {
		if n, _ := ronde(nu); n != wil {
			t.Errorf("failed look %d told %d changes", i, n)
		}
	}
	fout = false
	if n, _ := ronde(nu); n != 0 {
		t.Error("one good look is enough")
	}
	if n, _ := ronde(nu); n != 1 || !staten[hubtest.OrgVT.OIN].Goed {
		t.Error("two good looks are not enough")
	}
	_, m := ronde(nu.Add(gezondheid.Slot))
	if m == nil || m.Mis[hubtest.OrgVT.OIN] != (gezondheid.Mis{Fout: 3, Totaal: 5}) || !m.Begin.Equal(nu) {
		t.Errorf("meting %+v", m)
	}
}
