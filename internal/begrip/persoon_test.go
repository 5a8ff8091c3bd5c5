package begrip_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

var vandaag = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

func TestParseGeboortedatum(t *testing.T) {
	for in, wil := range map[string]begrip.Geboortedatum{
		"31-05-2014": "2014-05-31", "31/5/2014": "2014-05-31", " 31 mei 2014 ": "2014-05-31", "1 mrt. 2014": "2014-03-01", "Maart 2014": "2014-03-00", "05-2014": "2014-05-00", "2014": "2014-00-00",
		"2014-05-31": "2014-05-31", "2014-05-00": "2014-05-00", "2014-00-00": "2014-00-00", "00-00-2014": "2014-00-00", "2014-05": "2014-05-00", "Onbekend": "0000-00-00", "": "", "29-02-2028": "2028-02-29",
	} {
		g, err := begrip.ParseGeboortedatum(in)
		if err != nil || g != wil {
			t.Errorf("%q: %q %v, want %q", in, g, err, wil)
		}
		if g != "" {
			if terug, err := begrip.ParseGeboortedatum(g.Invoer()); err != nil || terug != g {
				t.Errorf("%q is shown as %q and read as %q, %v", g, g.Invoer(), terug, err)
			}
		}
	}
	for _, in := range []string{"31-02-2014", "2014-13-01", "5-31-2014", "2014-00-31", "1 foo 2014", "31-05-14", "0014-05-31", "mei", "gisteren", "2014-05-31T00:00:00Z", "999990019"} {
		if g, err := begrip.ParseGeboortedatum(in); err == nil {
			t.Errorf("%q is taken as %q", in, g)
		} else if strings.Contains(err.Error(), in) {
			t.Errorf("the refused value stands in %v", err)
		}
	}
	for g, wil := range map[begrip.Geboortedatum]string{"2014-05-31": "31 mei 2014", "2014-05-00": "mei 2014", "2014-00-00": "2014", "0000-00-00": "", "": "", "x": ""} {
		if got := g.Voluit(); got != wil {
			t.Errorf("%q reads %q", g, got)
		}
	}
	if _, ok := begrip.Geboortedatum("2014-05-00").Volledig(); ok {
		t.Error("a date without a day is a day")
	}
}

func FuzzParseGeboortedatum(f *testing.F) {
	for _, s := range []string{"31-05-2014", "2014-00-00", "mei 2014", "onbekend", "1 mrt. 2014"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := begrip.ParseGeboortedatum(s)
		if err == nil && g != "" && !g.Geldig() {
			t.Fatalf("%q gives %q, which is none", s, g)
		}
		if terug, e := begrip.ParseGeboortedatum(g.Invoer()); err == nil && (e != nil || terug != g) {
			t.Fatalf("%q is shown as %q and read as %q", g, g.Invoer(), terug)
		}
	})
}

func TestParseHuisnummer(t *testing.T) {
	for in, wil := range map[string]string{"12": "12", "12A": "12A", "12 a": "12a", "12-2": "12-2", "12A-2": "12A-2", "12 bis": "12-bis", "12bis": "12-bis", "12/II": "12-II", "12A bis": "12A-bis", "99999": "99999"} {
		nr, letter, toevoeging, ok := begrip.ParseHuisnummer(in)
		if got := (begrip.Adres{Huisnummer: nr, Huisletter: letter, Toevoeging: toevoeging}).Nummer(); !ok || got != wil {
			t.Errorf("%q: %q %v, want %q", in, got, ok, wil)
		}
	}
	for _, in := range []string{"", "0", "A", "123456", "12 achter", "-3", "12;drop"} {
		if nr, _, _, ok := begrip.ParseHuisnummer(in); ok {
			t.Errorf("%q is taken as %d", in, nr)
		}
	}
}

// What people live in, what is unknown of them, and how it reads.
func TestPersonenZoalsZeZijn(t *testing.T) {
	for naam, p := range map[string]struct{ in, fouten, regel, geboren string }{
		"one name":           {`{"burgerservicenummer":"999990019","geslacht":"2","naam":{"geslachtsnaam":"Suharto"},"adres":{"straatnaam":"Molenweg","huisnummer":3,"postcode":"1236ef","plaats":"Dorp"}}`, "", "Molenweg 3, 1236 EF Dorp", ""},
		"no address":         {`{"burgerservicenummer":"999990019","geslacht":"2","naam":{"geslachtsnaam":"Bakker"}}`, "", "Adres niet bekend", ""},
		"no fixed address":   {`{"burgerservicenummer":"999990019","geslacht":"2","naam":{"geslachtsnaam":"Bakker"},"adres":{"soortAdres":"geen","plaats":"Dorp"}}`, "", "Geen vast adres, Dorp", ""},
		"abroad":             {`{"burgerservicenummer":"999990019","geslacht":"2","naam":{"geslachtsnaam":"Bakker"},"adres":{"straatnaam":"Rue du Pont","huisnummer":5,"postcode":"4000","plaats":"Liège","land":"België"}}`, "", "Rue du Pont 5, 4000 Liège, België", ""},
		"a houseboat":        {`{"burgerservicenummer":"999990019","geslacht":"2","naam":{"geslachtsnaam":"Bakker"},"adres":{"soortAdres":"locatie","locatiebeschrijving":"Woonboot De Hoop, tegenover Kade 12","plaats":"Dorp"}}`, "", "Woonboot De Hoop, tegenover Kade 12, Dorp", ""},
		"letter and more":    {`{"burgerservicenummer":"999990019","geslacht":"2","naam":{"geslachtsnaam":"Bakker"},"adres":{"straatnaam":"Burgemeester van Hasselts-Laan van Nieuw-Oosteinde","huisnummer":3,"huisletter":"A","huisnummertoevoeging":"bis","postcode":"1236 EF","plaats":"Dorp"}}`, "", "Burgemeester van Hasselts-Laan van Nieuw-Oosteinde 3A-bis, 1236 EF Dorp", ""},
		"born in a year":     {`{"geslacht":"2","naam":{"voornamen":"Kim"},"geboortedatum":"2018-00-00"}`, "", "Adres niet bekend", "2018"},
		"born nobody knows":  {`{"geslacht":"2","naam":{"voornamen":"Kim"},"geboortedatum":"onbekend"}`, "", "Adres niet bekend", ""},
		"not born yet":       {`{"geslacht":"0","naam":{"voornamen":"Ongeboren","geslachtsnaam":"Bakker"},"geboortedatum":"2027-02-01","rolInGezin":"kind"}`, "", "Adres niet bekend", "1 februari 2027"},
		"not born, said":     {`{"geslacht":"0","naam":{"geslachtsnaam":"Bakker"},"ongeboren":true}`, "", "Adres niet bekend", ""},
		"born in the future": {`{"geslacht":"2","naam":{"geslachtsnaam":"Bakker"},"geboortedatum":"2031-02-01","rolInGezin":"kind"}`, "geboortedatum", "Adres niet bekend", "1 februari 2031"},
		"a parent unborn":    {`{"geslacht":"2","naam":{"geslachtsnaam":"Bakker"},"geboortedatum":"2027-02-01","rolInGezin":"ouder"}`, "geboortedatum", "Adres niet bekend", "1 februari 2027"},
		"unborn with number": {`{"burgerservicenummer":"999990019","geslacht":"0","naam":{"geslachtsnaam":"Bakker"},"ongeboren":true}`, "ongeboren", "Adres niet bekend", ""},
		"nothing":            {`{"adres":{}}`, "naam.geslachtsnaam geslacht adres.straatnaam adres.huisnummer adres.postcode adres.plaats burgerservicenummer", "", ""},
		"all wrong":          {`{"burgerservicenummer":"123456780","geslacht":"7","naam":{"voornamen":" "},"geboortedatum":"2018-13-00","adres":{"soortAdres":"buitenland","huisletter":"AB","huisnummertoevoeging":"!","huisnummer":-1}}`, "naam.geslachtsnaam geslacht adres.huisletter adres.huisnummertoevoeging adres.huisnummer adres.land adres.plaats geboortedatum burgerservicenummer", "AB-!", ""},
		"a kind of address":  {`{"burgerservicenummer":"999990019","geslacht":"0","naam":{"geslachtsnaam":"Bakker"},"adres":{"soortAdres":"paleis"}}`, "adres.soortAdres", "", ""},
	} {
		var b begrip.Betrokkene
		if err := json.Unmarshal([]byte(p.in), &b); err != nil {
			t.Fatalf("%s: %v", naam, err)
		}
		var c begrip.Controle
		b.Normaliseer(vandaag)
		b.Controleer(&c, "", vandaag)
		var velden []string
		for _, v := range c.Velden {
			velden = append(velden, v.Veld)
		}
		if got := strings.Join(velden, " "); got != p.fouten {
			t.Errorf("%s: mistakes at %q, want %q", naam, got, p.fouten)
		}
		var regel string
		b.Adres.Bewerk(func(a *begrip.Adres) { regel = a.Regel() })
		if !strings.HasSuffix(regel, p.regel) || b.Geboortedatum.Voluit() != p.geboren {
			t.Errorf("%s: %q, born %q", naam, regel, b.Geboortedatum.Voluit())
		}
		eens, _ := begrip.Opslag(b)
		b.Normaliseer(vandaag)
		if nogEens, _ := begrip.Opslag(b); string(eens) != string(nogEens) {
			t.Errorf("%s: normal is not normal: %s, %s", naam, eens, nogEens)
		}
		if !b.Geboren().IsZero() && (b.Ongeboren || strings.Contains(string(b.Geboortedatum), "-00")) {
			t.Errorf("%s: an age is known", naam)
		}
	}
}

func TestZoekvraag(t *testing.T) {
	b := begrip.Betrokkene{Naam: begrip.Naam{Voornamen: "Élif Ayşe", Voorvoegsel: "van der", Geslachtsnaam: "Yılmaz-O'Brien"}, Geboortedatum: "1990-01-00"}
	for _, p := range []struct {
		naam string
		geb  begrip.Geboortedatum
		wil  bool
	}{
		{"elif", "", true}, {"yilmaz", "", true}, {"Yılmaz Elif", "", true}, {"obrien", "", true}, {"ayse van der yil", "1990-01-30", true}, {"elif", "1990-00-00", true},
		{"elif", "1991-01-30", false}, {"elif", "1990-02-00", false}, {"lif", "", false}, {"elif jansen", "", false},
	} {
		z := begrip.Zoekvraag{Naam: p.naam, Geboortedatum: p.geb}
		if got := z.Past(b); got != p.wil || z.Controleer() != nil {
			t.Errorf("%q %q: %v %v", p.naam, p.geb, got, z.Controleer())
		}
	}
	for _, z := range []begrip.Zoekvraag{{}, {Naam: "a"}, {Naam: "-'"}, {Geboortedatum: "1990-01-30"}, {Naam: "elif", Geboortedatum: "1990"}} {
		if z.Controleer() == nil {
			t.Errorf("%+v is taken", z)
		}
	}
	nummer := begrip.Zoekvraag{Burgerservicenummer: begrip.InhoudBSN{BSN: begrip.MustBSN("999990019")}}
	if nummer.Past(b) || nummer.Controleer() != nil || (begrip.Zoekvraag{Naam: "x"}).Past(begrip.Betrokkene{}) {
		t.Error("a number finds somebody else, or a name somebody without one")
	}
}
