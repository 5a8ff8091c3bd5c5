package begrip

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestElfProef(t *testing.T) {
	for in, goed := range map[string]bool{
		"999970185": true, "999999990": true, "111222333": true, "000000012": true, "12345672": true, // 8 digits: 012345672
		"123456789": false, "000000000": false, "99999999": false, "9999999900": false, "99999999a": false, "": false, "99 999 9990": false,
	} {
		if _, err := ParseBSN(in); (err == nil) != goed {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestBSNPrintNooit(t *testing.T) {
	b := MustBSN("999999990")
	type bevat struct {
		B BSN
		I InhoudBSN
	}
	c := bevat{b, InhoudBSN{BSN: b}}
	for _, f := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		for _, v := range []any{b, &b, c, &c, []BSN{b}, map[string]BSN{"a": b}, InhoudBSN{BSN: b}} {
			if s := fmt.Sprintf(f, v); strings.Contains(s, "999999990") || strings.Contains(s, fmt.Sprintf("%x", "999999990")) {
				t.Errorf("%s van %T toont de BSN", f, v)
			}
		}
	}
	if j, _ := json.Marshal(b); string(j) != `"*********"` {
		t.Errorf("JSON van een BSN: %s", j)
	}
	if j, _ := json.Marshal(c.I); string(j) != `"999999990"` {
		t.Errorf("JSON van inhoud: %s", j)
	}
}

func TestOngeldigeBSNInInhoudBlijftTeZien(t *testing.T) {
	for in, ongeldig := range map[string]bool{`"999999990"`: false, `""`: false, `"123456789"`: true, `12`: true, `null`: true} {
		var b InhoudBSN
		if in == "null" { // encoding/json calls the method with null
			if err := b.UnmarshalJSON([]byte(in)); err != nil {
				t.Error(err)
			}
			continue
		}
		if err := json.Unmarshal([]byte(in), &b); err != nil || b.Ongeldig() != ongeldig {
			t.Errorf("%s: %v %v", in, err, b.Ongeldig())
		}
	}
}

func TestLoggerMaskeertElkeBSN(t *testing.T) {
	var uit bytes.Buffer
	l := Logger(&uit, slog.LevelDebug)
	l.Info("zoek 999999990", "err", errors.New("bij 999970185"), "inhoud", InhoudBSN{BSN: MustBSN("111222333")}, "struct", map[string]any{"x": "999999990"})
	for _, s := range []string{"999999990", "999970185", "111222333"} {
		if strings.Contains(uit.String(), s) {
			t.Errorf("BSN in het log: %s", uit.String())
		}
	}
	l.Info("oin 00000001823288444000 en telefoon 0612345678 blijven")
	if !strings.Contains(uit.String(), "00000001823288444000") || !strings.Contains(uit.String(), "0612345678") {
		t.Error("te veel gemaskeerd")
	}
}

func TestOIN(t *testing.T) {
	for in, goed := range map[string]bool{
		"00000001823288444000": true, "urn:nld:oin:00000001823288444000": true, "00000003123456780000": true, "0000000412AB34567000": true,
		"123": false, "99999999823288444000": false, "0000000182328844400": false, "00000001823288444abc": false,
	} {
		if _, err := ParseOIN(in); (err == nil) != goed {
			t.Errorf("%q: %v", in, err)
		}
	}
	if o, ok := OINVan("urn:nld:oin:00000001823288444000:systeem:zaken"); !ok || o.Systeem("zaken") != "urn:nld:oin:00000001823288444000:systeem:zaken" {
		t.Error(o, ok)
	}
}

func TestElkeCodeHeeftStatusEnTitel(t *testing.T) {
	for c := range problemen {
		if c.Status() < 400 || c.Titel() == "" || http.StatusText(c.Status()) == "" {
			t.Errorf("%s: %d %q", c, c.Status(), c.Titel())
		}
	}
	if CodeVan(http.StatusConflict) != Conflict || CodeVan(418) != Ongeldig || CodeVan(599) != Intern {
		t.Error("CodeVan")
	}
}

func TestOnbekendeFoutVerteltNiets(t *testing.T) {
	f := FoutVan(errors.New("sql: geheim"))
	if f.Code != Intern || strings.Contains(f.Bericht, "geheim") || !errors.Is(f, f.Oorzaak) {
		t.Errorf("%+v", f)
	}
}

func FuzzMaskeerBSN(f *testing.F) {
	f.Add([]byte("a 999999990 b"))
	f.Add([]byte(`{"x":"0612345678","y":999970185}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		uit := MaskeerBSN(append([]byte(nil), in...))
		if len(uit) != len(in) {
			t.Fatal("lengte veranderd")
		}
		VindBSN(uit, func(van, tot int) { t.Fatalf("nog een BSN op %d-%d", van, tot) })
	})
}
