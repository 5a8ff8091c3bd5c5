package vraag

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
)

const (
	sentinel = "999999990" // passes the eleven-test, belongs to nobody
	politie  = begrip.OIN("00000001000000002000")
	vt       = begrip.OIN("00000001000000003000")
)

var zegel = NieuwZegel([32]byte{1, 2, 3})

func volle() Vraag {
	return Vraag{
		Soort: Soorten[0], Persoon: [16]byte{9, 8, 7}, Zaak: "urn:soh:zaak:1", Subject: "é", Organisatie: vt.URN(), Type: cloudevent.MeldingIngezien,
		Vanaf: time.Date(1951, 1, 1, 0, 0, 0, 1000, time.UTC), Tot: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Limiet: 7, Blok: 1 << 40,
		Gesteld: time.Date(2026, 11, 28, 12, 0, 0, 5e6, time.UTC),
	}
}

func TestVerzegeldeVraagKomtHeelTerugBijZijnLezer(t *testing.T) {
	for _, v := range []Vraag{volle(), {Soort: Soorten[1], Type: cloudevent.UitkomstBeschikbaar, Limiet: 1, Gesteld: time.UnixMilli(0).UTC()}} {
		id := zegel.Verzegel(&v, politie)
		got, ok := zegel.Open(id, politie)
		if !ok || !reflect.DeepEqual(got, v) {
			t.Fatalf("got %+v\nwant %+v", got, v)
		}
		if !IsVraag(id) || strings.Trim(id[len(Naam):], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("%q cannot stand in an address as it is", id)
		}
		if strings.Contains(id, "zaak:1") || id == zegel.Verzegel(&v, politie) {
			t.Error("the query can be read or recognised")
		}
	}
}

func TestVerzegeldeVraagIsVoorEenAnderEnNaVeranderingNiets(t *testing.T) {
	v := volle()
	id := zegel.Verzegel(&v, politie)
	if _, ok := zegel.Open(id, vt); ok {
		t.Error("another reader opened it")
	}
	if _, ok := NieuwZegel([32]byte{4}).Open(id, politie); ok {
		t.Error("another key opened it")
	}
	for i := len(Naam); i < len(id); i += 3 {
		b := []byte(id)
		if b[i]++; string(b) == id {
			continue
		}
		if _, ok := zegel.Open(string(b), politie); ok {
			t.Errorf("opened after a change at %d", i)
		}
	}
	for _, fout := range []string{"", Naam, id[:len(id)-1], id + "A", id[len(Naam):], Naam + strings.Repeat("A", 9000), "urn:uuid:987e6543-e21b-45d6-b789-426614174111"} {
		if _, ok := zegel.Open(fout, politie); ok {
			t.Errorf("%.40q opened", fout)
		}
	}
}

func TestVraagVerlooptNaEenDag(t *testing.T) {
	v := volle()
	for d, oud := range map[time.Duration]bool{0: false, 23 * time.Hour: false, 25 * time.Hour: true, -time.Minute: false, -time.Hour: true} {
		if v.Verlopen(v.Gesteld.Add(d)) != oud {
			t.Errorf("after %s: too old is not %v", d, oud)
		}
	}
}

func TestCursorHoortBijVraagEnPeildatum(t *testing.T) {
	v, ander := volle(), volle()
	zegel.Verzegel(&v, politie)
	zegel.Verzegel(&ander, politie)
	peil := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	c := zegel.Cursor(&v, peil, 1<<50)
	if p, ok := zegel.LeesCursor(&v, peil, c); !ok || p != 1<<50 {
		t.Fatalf("got %d %v", p, ok)
	}
	for naam, ok := range map[string]bool{
		"another query":     doe(zegel.LeesCursor(&ander, peil, c)),
		"another peildatum": doe(zegel.LeesCursor(&v, peil.Add(time.Second), c)),
		"no peildatum":      doe(zegel.LeesCursor(&v, time.Time{}, c)),
		"a number":          doe(zegel.LeesCursor(&v, peil, "1z")),
		"a query":           doe(zegel.LeesCursor(&v, peil, zegel.Verzegel(&v, politie)[len(Naam):])),
		"much":              doe(zegel.LeesCursor(&v, peil, strings.Repeat("A", 1<<20))),
	} {
		if ok {
			t.Errorf("%s was taken", naam)
		}
	}
}

func doe(_ uint64, ok bool) bool { return ok }

func soort(pad string) *Soort {
	for _, s := range Soorten {
		if s.Pad == pad {
			return s
		}
	}
	return nil
}

func TestElkeVraagsoortHeeftEenEigenCode(t *testing.T) {
	codes, paden := map[byte]bool{}, map[string]bool{}
	for _, s := range Soorten {
		if s.code == 0 || codes[s.code] || paden[s.Pad] || !cloudevent.IsResultaat(s.Resultaat) || s.Type != "" && !cloudevent.Bekend(s.Type) {
			t.Errorf("%+v", s)
		}
		codes[s.code], paden[s.Pad] = true, true
	}
}

func TestVraagWordtStrengGelezen(t *testing.T) {
	const g, u, m, l = "/v1/gebeurtenissen/query", "/v1/uitkomsten-overleg/query", "/v1/meldingen/query", "/v1/tijdlijnen/query"
	for _, tt := range []struct{ naam, pad, body, veld string }{
		{"leeg", g, ``, "!"}, {"geen object", g, `[]`, "!"}, {"null", u, `null`, "!"}, {"niet af", g, `{"zaak":"z"`, "!"},
		{"dubbel", g, `{"zaak":"z","zaak":"y"}`, "!"}, {"meer", g, `{"zaak":"z"} {}`, "!"}, {"rommel erachter", u, `{}x`, "!"},
		{"geen UTF-8", g, "{\"zaak\":\"\xff\"}", "!"},
		{"geen filter", g, `{}`, ""}, {"alleen limiet", g, `{"limiet":5}`, ""}, {"tijdlijn van niets", l, `{"vanaf":"2026-01-01T00:00:00Z"}`, ""},
		{"verkeerd BSN", g, `{"burgerservicenummer":"999999991"}`, "burgerservicenummer"}, {"null als BSN", u, `{"burgerservicenummer":null}`, "burgerservicenummer"},
		{"getal als BSN", u, `{"betrokkeneIdentifier":` + sentinel + `}`, "betrokkeneIdentifier"}, {"BSN in object", u, `{"burgerservicenummer":{"x":"` + sentinel + `"}}`, "burgerservicenummer"},
		{"leeg filter", g, `{"zaak":"","type":"` + cloudevent.MeldingIngezien + `"}`, "zaak"}, {"null filter", g, `{"subject":null}`, "subject"}, {"lijst als filter", g, `{"zaak":["z"]}`, "zaak"},
		{"te lang", g, `{"zaak":"` + strings.Repeat("z", maxTekst+1) + `"}`, "zaak"},
		{"samen te lang", g, `{"zaak":"` + strings.Repeat("z", maxTekst) + `","subject":"` + strings.Repeat("z", maxTekst) + `","organisatie":"urn:x"}`, ""},
		{"geen organisatie", g, `{"organisatie":"politie"}`, "organisatie"}, {"leeg type", g, `{"type":""}`, "type"},
		{"filter van een ander", u, `{"zaak":"z"}`, "zaak"}, {"naam van een ander", g, `{"zaak":"z","beschikbaarVanaf":"2026-01-01T00:00:00Z"}`, "beschikbaarVanaf"},
		{"onbekend", m, `{"` + sentinel + `":1}`, "*********"}, {"hoofdletters", g, `{"Zaak":"z"}`, "Zaak"}, {"lege naam", u, `{"":1}`, ""},
		{"geen tijd", g, `{"vanaf":"gisteren"}`, "vanaf"}, {"tijd zonder zone", u, `{"beschikbaarVanaf":"2026-01-01T00:00:00"}`, "beschikbaarVanaf"},
		{"tijd als getal", u, `{"tot":20260101}`, "tot"}, {"omgekeerd", m, `{"geregistreerdVanaf":"2026-02-01T00:00:00Z","tot":"2026-01-01T00:00:00Z"}`, "tot"},
		{"twee namen", u, `{"beschikbaarTot":"2026-02-01T00:00:00Z","tot":"2026-02-01T00:00:00Z"}`, "tot"},
		{"limiet 0", u, `{"limiet":0}`, "limiet"}, {"limiet 1001", u, `{"limiet":1001}`, "limiet"}, {"limiet 1.5", u, `{"limiet":1.5}`, "limiet"}, {"limiet tekst", u, `{"limiet":"5"}`, "limiet"},
		{"twee personen", l, `{"burgerservicenummer":"` + sentinel + `","betrokkeneIdentifier":"999970185"}`, "betrokkeneIdentifier"},
	} {
		t.Run(tt.naam, func(t *testing.T) {
			var c begrip.Controle
			_, _, err := soort(tt.pad).Lees([]byte(tt.body), &c)
			if (tt.veld == "!") != (err != nil) || err == nil && (len(c.Velden) == 0 || c.Velden[0].Veld != tt.veld) {
				t.Fatalf("got %v, %+v", err, c.Velden)
			}
			alles := begrip.FoutVan(c.Fout()).Error()
			if err != nil {
				alles = err.Error()
			}
			if strings.Contains(alles, sentinel) || strings.Contains(alles, "gisteren") || strings.Contains(alles, "bestaat.niet") {
				t.Errorf("a refused value is told back: %s", alles)
			}
		})
	}
	var c begrip.Controle
	if _, _, _ = soort(g).Lees([]byte(`{"x":1,"limiet":0,"zaak":""}`), &c); len(c.Velden) != 3 {
		t.Errorf("not every mistake at once: %+v", c.Velden)
	}
}

func TestGoedeVraagWordtGelezen(t *testing.T) {
	vanaf, tot := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		pad, body string
		want      Vraag
		bsn       string
	}{
		{"/v1/gebeurtenissen/query", ` {"za\u0061k" : "a\"b", "organisatie":"00000001000000002000","type":"uitwisselen-melding.melding-ingezien","limiet":1000}` + "\n",
			Vraag{Zaak: `a"b`, Organisatie: politie.URN(), Type: cloudevent.MeldingIngezien, Limiet: 1000}, ""},
		{"/v1/uitkomsten-overleg/query", `{}`, Vraag{Type: cloudevent.UitkomstBeschikbaar, Limiet: StandaardPage}, ""},
		{"/v1/uitkomsten-overleg/query", `{"beschikbaarVanaf":"2026-01-01T01:00:00+01:00","tot":"2026-02-01T00:00:00Z","burgerservicenummer":"` + sentinel + `","betrokkeneIdentifier":"` + sentinel + `"}`,
			Vraag{Type: cloudevent.UitkomstBeschikbaar, Limiet: StandaardPage, Vanaf: vanaf, Tot: tot}, sentinel},
		{"/v1/meldingen/query", `{"geregistreerdVanaf":"2026-01-01T00:00:00Z","zaak":"z"}`, Vraag{Type: cloudevent.MeldingGeregistreerd, Limiet: StandaardPage, Vanaf: vanaf, Zaak: "z"}, ""},
		{"/v1/tijdlijnen/query", `{"betrokkeneIdentifier":"` + sentinel + `"}`, Vraag{Limiet: StandaardPage}, sentinel},
	} {
		var c begrip.Controle
		got, bsn, err := soort(tt.pad).Lees([]byte(tt.body), &c)
		tt.want.Soort = soort(tt.pad)
		if err != nil || len(c.Velden) > 0 || bsn.Leesbaar() != tt.bsn || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s %s:\ngot %+v %v %v\nwant %+v", tt.pad, tt.body, got, err, c.Velden, tt.want)
		}
	}
}

// Whatever comes in: no panic, and a query that is accepted survives its seal.
func FuzzLees(f *testing.F) {
	for _, s := range []string{`{}`, `{"zaak":"z","limiet":3}`, `{"burgerservicenummer":"999999990","vanaf":"2026-01-01T00:00:00Z"}`, `{"za\u0061k":null}`, `[`} {
		for i := range Soorten {
			f.Add(byte(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, i byte, b []byte) {
		var c begrip.Controle
		v, _, err := Soorten[int(i)%len(Soorten)].Lees(b, &c)
		if err != nil || len(c.Velden) > 0 {
			return
		}
		v.Gesteld = time.UnixMilli(0).UTC()
		got, ok := zegel.Open(zegel.Verzegel(&v, politie), politie)
		if !ok || !reflect.DeepEqual(got, v) {
			t.Fatalf("got %+v\nwant %+v", got, v)
		}
	})
}

func FuzzOpen(f *testing.F) {
	v := volle()
	f.Add(zegel.Verzegel(&v, politie), "cursor")
	f.Add(Naam, "")
	f.Fuzz(func(t *testing.T, id, cursor string) {
		v := volle()
		if v, ok := zegel.Open(id, vt); ok {
			t.Fatalf("forged: %+v", v)
		}
		if _, ok := zegel.LeesCursor(&v, time.Time{}, cursor); ok {
			t.Fatal("forged cursor")
		}
		var l Vraag
		if b := []byte(id); len(b) > 2 { // what an own hub of another version may have sealed
			l.uit(b)
		}
	})
}
