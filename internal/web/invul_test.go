package web

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

type proefKop struct {
	Titel string `json:"titel" vraag:"Titel" maxLength:"80"`
}

type proefAfspraak struct {
	Wat   string     `json:"wat" vraag:"Wat?" invoer:"lang"`
	Soort string     `json:"soort" vraag:"Soort" keuzes:"a=Een|b=Twee"`
	Voor  *time.Time `json:"voor,omitempty" vraag:"Voor wanneer?" invoer:"datum" required:"false"`
}

type proefblad struct {
	proefKop
	Stil      string                  `json:"stil"` // no field
	Moment    time.Time               `json:"moment" vraag:"Wanneer?"`
	Gehoord   bool                    `json:"gehoord" vraag:"Gehoord?" keuzes:"Ja, gehoord"`
	Aantal    int                     `json:"aantal" vraag:"Hoeveel?"`
	Geboren   begrip.Geboortedatum    `json:"geboren,omitempty" vraag:"Geboren?" required:"false"`
	Waar      begrip.Verblijf[string] `json:"waar,omitzero" vraag:"Waar?"`
	Afspraken []proefAfspraak         `json:"afspraken" vraag:"Afspraak" erbij:"Nog een afspraak"`
	Personen  []begrip.Betrokkene     `json:"personen" vraag:"Persoon" erbij:"Nog een persoon"`
	Voor      []begrip.OIN            `json:"voor" vraag:"Voor wie?"`
	Binnen    struct {
		Diep string `json:"diep" vraag:"Diep?" invoer:"rondjes" keuzes:"x=X|y=Y"`
	} `json:"binnen" vraag:"Binnenste"`
}

func vol() proefblad {
	dag := time.Date(2026, 12, 6, 0, 0, 0, 0, Zone).UTC()
	v := proefblad{proefKop: proefKop{"Overleg"}, Moment: time.Date(2026, 12, 1, 13, 30, 0, 0, time.UTC), Gehoord: true, Aantal: 3, Geboren: "2014-05-00", Waar: begrip.InVerblijf("Thuis"),
		Afspraken: []proefAfspraak{{"Bel \"oma\" & opa\nen dan verder", "b", &dag}, {"Twee", "a", nil}, {"Drie", "a", nil}},
		Personen:  []begrip.Betrokkene{{Geslacht: "2", Naam: begrip.Naam{Voornamen: "Kim"}, Geboortedatum: "2018-00-00", Rol: "kind", Adres: begrip.InVerblijf(begrip.Adres{Soort: begrip.Woonadres, Straatnaam: "Molenweg", Huisnummer: 3, Huisletter: "A", Toevoeging: "bis", Postcode: "1236 EF", Plaats: "Dorp"})}},
		Voor:      []begrip.OIN{"00000004999001010000", "00000004999001020000"}}
	v.Binnen.Diep = "y"
	return v
}

// What is put on a form and sent unchanged comes back as it was.
func TestInvulbladHeenEnTerug(t *testing.T) {
	v := vol()
	b := Invulblad{F: &Formulier{Waarden: url.Values{}}}
	open, _ := begrip.Open(v, begrip.Inzagerecht(begrip.Allebei))
	b.Vul(open)
	var terug proefblad
	b.Lees(&terug)
	wil, _ := begrip.Opslag(v)
	got, _ := begrip.Opslag(terug)
	if string(wil) != string(got) || len(b.F.Fouten) > 0 {
		t.Errorf("\n got %s\nwant %s\n%v", got, wil, b.F.Fouten)
	}
	leeg := Invulblad{F: &Formulier{Waarden: url.Values{}}}
	var niets proefblad
	leeg.Lees(&niets)
	if !reflect.DeepEqual(niets, proefblad{}) {
		t.Errorf("an empty form gives %+v", niets)
	}
}

// One is added at the end, any one is removed, and the others keep what was typed.
func TestInvulbladErbijEnWeg(t *testing.T) {
	b := Invulblad{F: &Formulier{Waarden: url.Values{}}}
	open, _ := begrip.Open(vol(), begrip.Inzagerecht(begrip.Allebei))
	b.Vul(open)
	wat := func() string {
		var v proefblad
		b.Lees(&v)
		var s []string
		for _, a := range v.Afspraken {
			w, _, _ := strings.Cut(a.Wat, " ")
			s = append(s, w+a.Soort)
		}
		return strings.Join(s, ",")
	}
	for _, p := range []struct{ actie, anker, wil string }{
		{"erbij:afspraken", "v-afspraken-3-", "Belb,Tweea,Driea,"},
		{"weg:afspraken[1]", "v-afspraken", "Belb,Driea,"},
		{"weg:afspraken[0]", "v-afspraken", "Driea,"},
		{"weg:afspraken[9]", "", "Driea,"}, {"weg:afspraken", "", "Driea,"}, {"weg:", "", "Driea,"},
		{"weg:afspraken[1]", "v-afspraken", "Driea"},
		{"weg:afspraken[0]", "v-afspraken", ""},
		{"weg:afspraken[0]", "", ""},
	} {
		b.F.Zet("actie", p.actie)
		anker, ok := b.Actie()
		if got := wat(); !ok || anker != p.anker || got != p.wil {
			t.Errorf("%s: %q at %q, want %q at %q", p.actie, got, anker, p.wil, p.anker)
		}
	}
	b.F.Zet("actie", "verstuur")
	if _, ok := b.Actie(); ok {
		t.Error("sending is taken as a change of a list")
	}
	for range 40 {
		b.F.Zet("actie", "erbij:afspraken")
		b.Actie()
	}
	if n := b.aantal("afspraken"); n != maxRijen {
		t.Errorf("a list of %d", n)
	}
}

// Each member with a question is there once, under its JSON path and with its mistake.
func TestInvulbladStukken(t *testing.T) {
	b := Invulblad{F: &Formulier{Waarden: url.Values{"afspraken#aantal": {"2"}, "personen#aantal": {"1"}}, Fouten: []begrip.Veldfout{{Veld: "afspraken[1].wat", Bericht: "Fout hier."}}},
		Keuzes: map[string][]Optie{"voor": {{Waarde: "1", Tekst: "A"}}}}
	var namen []string
	var loop func(ss []Invulstuk)
	loop = func(ss []Invulstuk) {
		for _, s := range ss {
			switch {
			case s.Veld != nil:
				namen = append(namen, s.Veld.Naam+":"+s.Veld.Soort)
				if (s.Veld.Fout != "") != (s.Veld.Naam == "afspraken[1].wat") {
					t.Errorf("%s: %q", s.Veld.Naam, s.Veld.Fout)
				}
			case s.Persoon != nil:
				namen = append(namen, s.Persoon.V)
			case s.Groep != nil:
				loop(s.Groep.Stukken)
			case s.Lijst != nil:
				for _, g := range s.Lijst.Groepen {
					loop(g.Stukken)
				}
			}
		}
	}
	loop(b.Stukken(&proefblad{}))
	wil := "titel:text moment:datetime-local gehoord:checkbox aantal:text geboren:text waar:text afspraken[0].wat:textarea afspraken[0].soort:select afspraken[0].voor:date " +
		"afspraken[1].wat:textarea afspraken[1].soort:select afspraken[1].voor:date personen[0]. voor:checkbox binnen.diep:radio"
	if got := strings.Join(namen, " "); got != wil {
		t.Errorf("\n got %s\nwant %s", got, wil)
	}
}

// What no value can be made of is told at its field, with the others.
func TestInvulbladElkeFoutTegelijk(t *testing.T) {
	b := Invulblad{F: &Formulier{Waarden: url.Values{"aantal": {"veel"}, "geboren": {"ooit"}, "moment": {"morgen"}, "afspraken#aantal": {"1"}, "afspraken[0].voor": {"x"}, "personen#aantal": {"1"}, "personen[0].burgerservicenummer": {"123456780"}}}}
	var v proefblad
	b.Lees(&v)
	var velden []string
	for _, f := range b.F.Fouten {
		velden = append(velden, f.Veld)
		if strings.Contains(f.Bericht, "123456780") {
			t.Error("a refused number is repeated")
		}
	}
	if got := strings.Join(velden, " "); got != "moment aantal geboren afspraken[0].voor personen[0].burgerservicenummer" {
		t.Error(got)
	}
}

func FuzzInvulbladActie(f *testing.F) {
	for _, s := range []string{"erbij:afspraken", "weg:afspraken[1]", "weg:[0]", "weg:afspraken[99999999999999999999]", "erbij:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, actie string) {
		b := Invulblad{F: &Formulier{Waarden: url.Values{"afspraken#aantal": {"2"}, "afspraken[0].wat": {"a"}, "afspraken[1].wat": {"b"}, "actie": {actie}}}}
		b.Actie()
		var v proefblad
		b.Lees(&v)
		if len(v.Afspraken) > maxRijen {
			t.Error(len(v.Afspraken))
		}
	})
}
