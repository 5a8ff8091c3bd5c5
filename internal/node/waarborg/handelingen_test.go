package waarborg

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// versie is how often a safeguard was written.
func (p *proef) versie(s Soort, id string) int {
	p.t.Helper()
	rec, err := p.d.Lees(p.t.Context(), s.Naam, id, time.Time{})
	if err != nil {
		p.t.Fatal(err)
	}
	return rec.Versie
}

func lid(b begrip.BSN) toegang.Lezer {
	return toegang.Lezer{Organisatie: portaal, Persoon: "s", Naam: "Anna Bakker", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: b}
}

// meekijker is whom the mother names: her neighbour.
var buurvrouw = begrip.MustBSN("999990147")

func meekijker() *Vertegenwoordiging {
	tot := time.Now().AddDate(0, 3, 0)
	return &Vertegenwoordiging{Kop: Kop{Tot: &tot}, Als: verband.RelatieGemachtigde, Wie: Persoon{Burgerservicenummer: bsn(buurvrouw), Roepnaam: "Truus"}, Klassen: []verband.Klasse{verband.Hulp}}
}

// Ending, extending and judging take a reason, count once, and only of what is there
// and goes on.
func TestEenWaarborgStoppenVraagtEenRedenEnKanEenKeer(t *testing.T) {
	p := nieuweProef(t)
	ctx := t.Context()
	o := p.record(kind)
	id := p.maak(SoortAfscherming, p.afscherming(o, RedenGeweld, 24*time.Hour))
	for _, reden := range []string{"", " ", "\n", "ok"} {
		if _, err := p.Beeindig(ctx, SoortAfscherming, id, reden, "Ada"); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("stoppen om %q: %v", reden, err)
		}
		if err := p.Verleng(ctx, id, *p.later(time.Hour), reden, "Ada"); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("verlengen om %q: %v", reden, err)
		}
	}
	for naam, tot := range map[string]time.Time{"gisteren": p.nu_.AddDate(0, 0, -1), "nu": p.nu_, "nooit": {}, "over drie jaar": p.nu_.AddDate(3, 0, 0)} {
		if err := p.Verleng(ctx, id, tot, "Nog steeds dreiging.", "Ada"); !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("verlengen tot %s: %v", naam, err)
		}
	}
	if v := p.versie(SoortAfscherming, id); v != 1 {
		t.Fatalf("er is toch iets opgeschreven: versie %d", v)
	}
	weg := uuid.NewString()
	for naam, err := range map[string]error{
		"stoppen van wat er niet is":   fout(p.Beeindig(ctx, SoortAfscherming, weg, "Niet meer nodig.", "Ada")),
		"verlengen van wat er niet is": p.Verleng(ctx, weg, *p.later(time.Hour), "Nog steeds dreiging.", "Ada"),
		"stoppen als iets anders":      fout(p.Beeindig(ctx, SoortToestemming, id, "Niet meer nodig.", "Ada")),
		"nakijken van wat er niet is":  p.ZieNa(ctx, weg, Oordeel{Toelichting: "Er was geen spoed."}, ada),
		"nakijken van iets anders":     p.ZieNa(ctx, id, Oordeel{Toelichting: "Er was geen spoed."}, ada),
	} {
		if !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	if _, err := p.Beeindig(ctx, SoortAfscherming, id, "Niet meer nodig.", "Ada"); err != nil {
		t.Fatal(err)
	}
	g, _ := p.Lees(ctx, SoortAfscherming, id)
	for naam, err := range map[string]error{
		"nog eens stoppen":           fout(p.Beeindig(ctx, SoortAfscherming, id, "Niet meer nodig.", "Ada")),
		"verlengen van wat stopte":   p.Verleng(ctx, id, *p.later(time.Hour), "Nog steeds dreiging.", "Ada"),
		"veranderen van wat stopte":  p.Wijzig(ctx, SoortAfscherming, id, g, "Ada"),
		"veranderen over iets heens": p.Wijzig(ctx, SoortGezagsfeit, oudeVersie(p), p.gezag(8, "EenhoofdigOuderlijkGezag", moeder), "Ada"),
	} {
		if !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	if v := p.versie(SoortAfscherming, id); v != 2 {
		t.Errorf("versie %d", v)
	}
}

func fout(_ Gegeven, err error) error { return err }

// oudeVersie gives a gezagsfeit that somebody else changed after it was read.
func oudeVersie(p *proef) string {
	id := p.maak(SoortGezagsfeit, p.gezag(8, "EenhoofdigOuderlijkGezag", moeder))
	for range 2 {
		g := p.gezag(8, "EenhoofdigOuderlijkGezag", moeder)
		g.Versie = p.versie(SoortGezagsfeit, id)
		if err := p.Wijzig(p.t.Context(), SoortGezagsfeit, id, g, "Ada"); err != nil {
			p.t.Fatal(err)
		}
	}
	return id
}

// Judging takes an explanation and a name; who judged it stays.
func TestEenOordeelVraagtEenToelichtingEnEenNaam(t *testing.T) {
	p := nieuweProef(t)
	o := p.record(kind)
	rec, err := p.d.Lees(t.Context(), o.Soort, o.ID, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	l := toegang.Lezer{Organisatie: school, Persoon: "p1", Naam: "Joris", Rol: begrip.RolBehandelaar, Nood: toegang.Nood{Reden: "Het kind is weg en niemand weet waar.", Tot: p.nu_.Add(time.Hour)}}
	if err := p.d.Tx(t.Context(), func(tx *dossier.Tx) error {
		return p.Nood(t.Context(), tx, rec, l, dossier.Logregel{ID: uuid.NewString(), Tijdstip: p.nu_}, true)
	}); err != nil {
		t.Fatal(err)
	}
	taken, err := p.Taken(t.Context())
	if err != nil || len(taken.Nood) != 1 {
		t.Fatal(taken, err)
	}
	id := taken.Nood[0].ID
	naamloos := ada
	naamloos.Naam = " "
	for naam, err := range map[string]error{
		"zonder toelichting": p.ZieNa(t.Context(), id, Oordeel{}, ada),
		"met spaties":        p.ZieNa(t.Context(), id, Oordeel{Toelichting: "  \n "}, ada),
		"zonder naam":        p.ZieNa(t.Context(), id, Oordeel{Toelichting: "Er was echt spoed.", Door: "Ada"}, naamloos),
	} {
		if !begrip.Is(err, begrip.Ongeldig) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	if v := p.versie(SoortNoodtoegang, id); v != 1 {
		t.Errorf("er is toch geoordeeld: versie %d", v)
	}
}

// The incidental supply is used once, by whom it was for, while it holds.
func TestEenEenmaligeVerstrekkingIsVoorWieHijIs(t *testing.T) {
	p := nieuweProef(t)
	verbruik := func(zaak string, o begrip.Organisatie) error {
		return p.d.Tx(t.Context(), func(tx *dossier.Tx) error { return p.Verbruik(t.Context(), tx, zaak, o.OIN) })
	}
	b := &Verstrekkingsbesluit{Kop: Kop{Zaak: zaak, Tot: p.later(time.Hour)}, Grondslag: "WPG-19", Bevoegd: "Korpschef", Belang: "Het voorkomen van een strafbaar feit.", Doel: "hulpverlening",
		Gegevens: []verband.Klasse{verband.Strafrecht}, Voorwaarden: "Alleen voor dit gesprek.", Ontvangers: []begrip.OIN{school.OIN}}
	for naam, err := range map[string]error{"zonder besluit": verbruik(zaak, school)} {
		if !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	p.maak(SoortVerstrekking, b)
	for naam, err := range map[string]error{"voor een ander": verbruik(zaak, gemeente), "in een andere zaak": verbruik("urn:soh:zaak:ander", school)} {
		if !begrip.Is(err, begrip.Conflict) {
			t.Errorf("%s: %v", naam, err)
		}
	}
	nu := p.nu_
	p.nu_ = nu.Add(2 * time.Hour)
	if err := verbruik(zaak, school); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("na het einde: %v", err)
	}
	if p.nu_ = nu; verbruik(zaak, school) != nil {
		t.Error("voor wie het is, niet")
	}
	if err := verbruik(zaak, school); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("twee keer: %v", err)
	}
}

// Letting somebody look along, accepting and stopping it are acts of the one person that
// they are about.
func TestLatenMeekijkenIsVanWieHetGaat(t *testing.T) {
	p := nieuweProef(t)
	ctx := t.Context()
	namens, kindje := lid(moeder), lid(kind)
	namens.Namens = kind
	for naam, l := range map[string]toegang.Lezer{"een professional": {Organisatie: gemeente, Persoon: "p", Naam: "Samira", Rol: begrip.RolWijkteam}, "voor een ander": namens} {
		if _, err := p.Verleen(ctx, l, meekijker(), "", p.laad(moeder, kind)); !begrip.Is(err, begrip.Verboden) {
			t.Errorf("verlenen, %s: %v", naam, err)
		}
	}
	p.maak(SoortGezagsfeit, p.gezag(8, "EenhoofdigOuderlijkGezag", moeder))
	if _, err := p.Verleen(ctx, kindje, meekijker(), "", p.laad(kind)); !begrip.Is(err, begrip.Verboden) {
		t.Errorf("verlenen door een kind van acht: %v", err)
	}
	k, err := p.Verleen(ctx, lid(moeder), meekijker(), "", p.laad(moeder))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Verleen(ctx, lid(moeder), meekijker(), "", p.laad(moeder)); !begrip.Is(err, begrip.Conflict) {
		t.Errorf("twee keer vragen: %v", err)
	}
	code := k.Code
	p.nu_ = p.nu_.Add(time.Second)
	uitNamens := lid(buurvrouw)
	uitNamens.Namens = moeder
	for naam, l := range map[string]toegang.Lezer{"de gever zelf": lid(moeder), "een vreemde": lid(vader), "een professional": {Organisatie: gemeente, Persoon: "p"}, "namens een ander": uitNamens} {
		if err := p.Aanvaard(ctx, l, code); !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("aanvaarden, %s: %v", naam, err)
		}
	}
	if err := p.Aanvaard(ctx, lid(buurvrouw), code); err != nil {
		t.Fatal(err)
	}
	if err := p.Aanvaard(ctx, lid(buurvrouw), code); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("twee keer aanvaarden: %v", err)
	}
	v := p.versie(SoortVertegenwoord, k.ID)
	for naam, l := range map[string]toegang.Lezer{"wie meekijkt": lid(buurvrouw), "een vreemde": lid(vader), "een professional": {Organisatie: gemeente, Persoon: "p"}} {
		if err := p.Stop(ctx, SoortVertegenwoord, k.ID, l); !begrip.Is(err, begrip.NietGevonden) {
			t.Errorf("stoppen, %s: %v", naam, err)
		}
	}
	if n := p.versie(SoortVertegenwoord, k.ID); n != v {
		t.Errorf("er is gestopt: versie %d", n)
	}
	for range 2 { // pressed twice is stopped once
		if err := p.Stop(ctx, SoortVertegenwoord, k.ID, lid(moeder)); err != nil {
			t.Error(err)
		}
	}
	if n := p.versie(SoortVertegenwoord, k.ID); n != v+1 {
		t.Errorf("versie %d na twee keer stoppen, was %d", n, v)
	}
	if err := p.Aanvaard(ctx, lid(buurvrouw), code); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("aanvaarden na het stoppen: %v", err)
	}
}

// Two who type the code at the same moment are one: one succeeds, and five wrong codes
// at once are five.
func TestTweeAanvaardingenTegelijk(t *testing.T) {
	p := nieuweProef(t)
	k, err := p.Verleen(t.Context(), lid(moeder), meekijker(), "", p.laad(moeder))
	if err != nil {
		t.Fatal(err)
	}
	p.nu_ = p.nu_.Add(time.Second)
	tegelijk := func(n int, code string) (goed int) {
		uit := make(chan error, n)
		for range n {
			go func() { uit <- p.Aanvaard(t.Context(), lid(buurvrouw), code) }()
		}
		for range n {
			if err := <-uit; err == nil {
				goed++
			} else if !begrip.Is(err, begrip.NietGevonden) {
				t.Error(err)
			}
		}
		return goed
	}
	if n := tegelijk(4, k.Code); n != 1 {
		t.Errorf("%d van 4 aanvaardden", n)
	}
	if v := p.versie(SoortVertegenwoord, k.ID); v != 2 {
		t.Errorf("versie %d", v)
	}
	if err := p.Stop(t.Context(), SoortVertegenwoord, k.ID, lid(moeder)); err != nil {
		t.Fatal(err)
	}
	if k, err = p.Verleen(t.Context(), lid(moeder), meekijker(), "", p.laad(moeder)); err != nil {
		t.Fatal(err)
	}
	p.nu_ = p.nu_.Add(time.Second)
	if n := tegelijk(6, "AAAA-2222"); n != 0 {
		t.Error("a wrong code opens")
	}
	if err := p.Aanvaard(t.Context(), lid(buurvrouw), k.Code); !begrip.Is(err, begrip.NietGevonden) {
		t.Errorf("na zes verkeerde codes: %v", err)
	}
}

// What a code can be tried against is for nobody to read: not in the record, a version of
// it, or after it ended. A change by the organisation keeps the invitation.
func TestNiemandLeestWaarDeCodeTegenKlopt(t *testing.T) {
	p := nieuweProef(t)
	k, err := p.Verleen(t.Context(), lid(moeder), meekijker(), "", p.laad(moeder))
	if err != nil {
		t.Fatal(err)
	}
	p.nu_ = p.nu_.Add(time.Second)
	dicht := func(wanneer string) *Vertegenwoordiging {
		t.Helper()
		recs, err := p.d.Versies(t.Context(), SoortVertegenwoord.Naam, k.ID)
		if err != nil {
			t.Fatal(err)
		}
		var v *Vertegenwoordiging
		for _, rec := range recs {
			g, err := SoortVertegenwoord.Lees(rec)
			if err != nil {
				t.Fatal(err)
			}
			if v = g.(*Vertegenwoordiging); v.Uitnodiging == nil || v.Uitnodiging.Zout != nil || v.Uitnodiging.Hash != nil {
				t.Errorf("%s: %+v", wanneer, v.Uitnodiging)
			}
		}
		return v
	}
	v := dicht("gevraagd")
	v.Bron = "nagezien"
	if err := p.Wijzig(t.Context(), SoortVertegenwoord, k.ID, v, "Ada"); err != nil {
		t.Fatal(err)
	}
	dicht("veranderd")
	if err := p.Aanvaard(t.Context(), lid(buurvrouw), k.Code); err != nil {
		t.Errorf("na een verandering: %v", err)
	}
	if _, err := p.Beeindig(t.Context(), SoortVertegenwoord, k.ID, "Niet meer nodig.", "Ada"); err != nil {
		t.Fatal(err)
	}
	if rec, err := p.d.Lees(t.Context(), SoortVertegenwoord.Naam, k.ID, time.Time{}); err != nil || strings.Contains(string(rec.Inhoud), "hash") {
		t.Errorf("wat stopte bewaart de code: %s %v", rec.Inhoud, err)
	}
}
