package begrip

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// schuilt is a record with a hidden address, a helper and a confidential source.
type schuilt struct {
	Zichtbaar string                `json:"zichtbaar"`
	Wie       []Betrokkene          `json:"wie"`
	Hulp      Verblijf[helper]      `json:"hulp,omitzero"`
	Bron      *bronDeel             `json:"bron,omitempty"`
	Kaart     map[string]Tel        `json:"kaart"`
	Iets      any                   `json:"iets"`
	Rij       [1]Verblijf[[]string] `json:"rij"`
}

type (
	helper   struct{ Naam, Plaats string }
	bronDeel struct {
		Melder Vertrouwd[string] `json:"melder,omitzero"`
	}
	Tel struct {
		Nummer Verblijf[string] `json:"nummer,omitzero"`
	}
)

// half is a schuilt that knows that only places are secret.
type half struct{ schuilt }

func (half) Beschermt() Bescherming { return OmVerblijf }

var schildwacht = []string{"Schuilstraat", "9999 ZZ", "Verborgenhout", "Hilde Helper", "0699999999", "Melder Meijer", "Noodhuis"}

func schuilplaats() schuilt {
	return schuilt{
		Zichtbaar: "dit mag", Wie: []Betrokkene{{ID: "1", AdresGeheim: GeheimJa, Adres: InVerblijf(Adres{Straatnaam: "Schuilstraat", Huisnummer: 1, Postcode: "9999 ZZ", Plaats: "Verborgenhout"})}},
		Hulp: InVerblijf(helper{"Hilde Helper", "Verborgenhout"}), Bron: &bronDeel{InVertrouwen("Melder Meijer")},
		Kaart: map[string]Tel{"a": {InVerblijf("0699999999")}}, Iets: Tel{InVerblijf("0699999999")}, Rij: [1]Verblijf[[]string]{InVerblijf([]string{"Noodhuis"})},
	}
}

func lek(s string) string {
	for _, w := range schildwacht {
		if strings.Contains(s, w) {
			return w
		}
	}
	return ""
}

// TestBeschermdeWaardeMaskeertZichOveral: whoever prints, logs, wraps, templates
// or encodes a record without a right shows nothing of what is protected in it.
func TestBeschermdeWaardeMaskeertZichOveral(t *testing.T) {
	v := schuilplaats()
	var uit bytes.Buffer
	for _, f := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		for _, x := range []any{v, &v, v.Hulp, &v.Hulp, v.Wie, v.Wie[0].Adres, v.Bron.Melder, v.Kaart, v.Rij} {
			fmt.Fprintf(&uit, f+"\n", x)
			fmt.Fprintln(&uit, fmt.Errorf("mis: "+f, x))
		}
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&uit, nil), slog.NewTextHandler(&uit, nil)} {
		l := slog.New(h)
		l.Info("x", "v", v, "p", &v, "h", v.Hulp, "w", v.Wie, "m", v.Kaart)
	}
	tm := template.Must(template.New("").Parse(`{{.}} {{.Hulp}} {{.Hulp.Toon.Naam}} {{.Bron.Melder.Toon}} <a href="{{.Hulp}}" title="{{.Bron.Melder}}"><script>x={{.Hulp}};y={{.Wie}}</script>{{range .Wie}}{{.Adres}}{{end}}`))
	if err := tm.Execute(&uit, v); err != nil {
		t.Fatal(err)
	}
	for _, x := range []any{v, &v, v.Hulp, v.Wie, v.Kaart, v.Bron, v.Rij} {
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		uit.Write(b)
		if b, err := xml.Marshal(x); err == nil {
			uit.Write(b)
		}
	}
	if w := lek(uit.String()); w != "" {
		_, voor, _ := strings.Cut(uit.String(), w)
		t.Errorf("toont %q: …%.80s", w, voor)
	}
	if _, ok := v.Hulp.Waarde(); ok || v.Hulp.Toon() != (helper{}) {
		t.Error("opent zonder recht")
	}
	if err := new(Verblijf[int]).UnmarshalJSON([]byte(`"Schuilstraat"`)); err == nil || lek(err.Error()) != "" {
		t.Errorf("de fout: %v", err)
	}
}

// TestAlleenHetRechtOpent: what a right opens is open in the copy only; the rest
// is gone from it, named. A record that knows what is secret in it is believed,
// one that says nothing is secret whole.
func TestAlleenHetRechtOpent(t *testing.T) {
	alles := []string{"adres", "hulp", "melder", "nummer", "rij"}
	for naam, g := range map[string]struct {
		recht Recht
		wil   []string // stays closed in a schuilt
		half  []string // and in a half
	}{
		"geen recht":                {Recht{}, alles, alles},
		"inzage":                    {Inzagerecht(0), alles, []string{"adres", "hulp", "nummer", "rij"}},
		"inzage en verblijf":        {Inzagerecht(OmVerblijf), []string{"melder"}, nil},
		"inzage en bron":            {Inzagerecht(OmBron), []string{"adres", "hulp", "nummer", "rij"}, []string{"adres", "hulp", "nummer", "rij"}},
		"alles":                     {Inzagerecht(Allebei), nil, nil},
		"nood, verborgen":           {Inzagerecht(0).Geheim(OmVerblijf), []string{"adres", "hulp", "nummer", "rij"}, []string{"adres", "hulp", "nummer", "rij"}},
		"nood, bron":                {Inzagerecht(0).Geheim(OmBron), []string{"adres", "melder"}, alles},
		"geen recht is geen geheim": {Recht{}.Geheim(0), alles, alles},
	} {
		v := schuilplaats()
		open, dicht := Open(v, g.recht)
		if !slices.Equal(dicht, g.wil) {
			t.Errorf("%s: dicht %v, wil %v", naam, dicht, g.wil)
		}
		if _, dicht := Open(half{v}, g.recht); !slices.Equal(dicht, g.half) {
			t.Errorf("%s: half: dicht %v, wil %v", naam, dicht, g.half)
		}
		b, _ := json.Marshal(open)
		if Gesloten(b) {
			t.Errorf("%s: een antwoord met een gesloten waarde: %s", naam, b)
		}
		if len(g.wil) == len(alles) && lek(string(b)) != "" {
			t.Errorf("%s: %s", naam, b)
		}
		if b, _ := json.Marshal(v); lek(string(b)) != "" || !Gesloten(b) {
			t.Errorf("%s: het gegeven zelf ging open: %s", naam, b)
		}
		if s := fmt.Sprintf("%+v", open); lek(s) != "" {
			t.Errorf("%s: een open waarde drukt zich af: %s", naam, s)
		}
	}
}

// TestOpslagHoudtDeWaarde: the stored form holds it, reads back closed, and is not
// what an encoder makes by itself.
func TestOpslagHoudtDeWaarde(t *testing.T) {
	b, err := Opslag(schuilplaats())
	if err != nil || Gesloten(b) {
		t.Fatal(err, string(b))
	}
	for _, w := range schildwacht {
		if !strings.Contains(string(b), w) {
			t.Errorf("%q is weg: %s", w, b)
		}
	}
	b = []byte(strings.Replace(string(b), `"iets":{"nummer":"0699999999"}`, `"iets":null`, 1)) // raw JSON has no type: Bloot refuses it
	var v schuilt
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%+v", v); lek(s) != "" || v.Hulp.Leeg() {
		t.Error(s)
	}
	mis, _ := json.Marshal(v)
	if !Gesloten(mis) {
		t.Errorf("de dossierkeuring merkt dit niet: %s", mis)
	}
	var terug schuilt
	if err := json.Unmarshal(mis, &terug); err != nil || !terug.Hulp.Leeg() {
		t.Errorf("%v: wat gesloten was, leest als een waarde: %+v", err, terug)
	}
}

// TestBloot: a member that tells a place is found, however deep and whatever the
// spelling, and what may hold anything is as well.
func TestBloot(t *testing.T) {
	type diep struct {
		Emailadres string `json:"eMailAdres"`
		Goed       Verblijf[string]
	}
	type stuk struct {
		Omschrijving string             `json:"omschrijving"`
		AdresGeheim  bool               `json:"adresGeheim"`
		Wie          []Betrokkene       `json:"wie"`
		Thuis        *Adres             `json:"thuis"`
		Telefoon     string             `json:"telefoonnummer"`
		Diep         map[string][]*diep `json:"diep"`
		Rauw         json.RawMessage    `json:"rauw"`
		Van          any                `json:"van"`
	}
	if b := Bloot(stuk{}); !slices.Equal(b, []string{"thuis", "telefoonnummer", "diep.eMailAdres", "rauw", "van"}) {
		t.Error(b)
	}
	if b := Bloot(Betrokkene{}); b != nil {
		t.Error(b)
	}
	if b := Bloot(nil); len(b) == 0 {
		t.Error("niets is geen vorm")
	}
}

// TestEenVerwijzingHoudtGeenVerborgenAdres: what is made of a person for another
// record holds an address only when it is known that it is no secret.
func TestEenVerwijzingHoudtGeenVerborgenAdres(t *testing.T) {
	b := Betrokkene{AdresGeheim: GeheimNee, Adres: InVerblijf(Adres{Straatnaam: "Schuilstraat"})}
	if b.Verwijs().Adres.Leeg() {
		t.Error("een gewoon adres gaat mee")
	}
	b.AdresGeheim = GeheimJa
	if !b.Verwijs().Adres.Leeg() || b.Adres.Leeg() {
		t.Error("een verborgen adres gaat mee, of is weg bij de bron")
	}
}

func TestVorm(t *testing.T) {
	if v, ok := Vorm(reflect.TypeFor[Verblijf[Adres]]()); !ok || v != reflect.TypeFor[Adres]() {
		t.Error(v, ok)
	}
	if _, ok := Vorm(reflect.TypeFor[Adres]()); ok {
		t.Error("een adres is niet beschermd")
	}
}
