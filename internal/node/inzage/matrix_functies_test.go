package inzage_test

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// gegeven is one record of a real functie at its source.
type gegeven struct {
	naam   string
	bij    begrip.OrganisatieSoort
	rec    dossier.Record
	lezers map[string]begrip.Organisatie // who a reader is to this record
}

const zaakB = "urn:soh:zaak:b"

// gegevens are one record of each kind, at the sources that make a difference.
func gegevens(kind begrip.BSN) []gegeven {
	rec := func(soort, inhoud string, args ...any) dossier.Record {
		r := dossier.Record{Soort: soort, GeldigVanaf: gisteren, Zaak: zaakB, Personen: []begrip.BSN{kind}, Inhoud: []byte(fmt.Sprintf(inhoud, args...))}
		if op := map[string]string{"beoordeling": "melding", "verrijkingsverzoek": "beoordeling", "verrijking": "verrijkingsverzoek"}[soort]; op != "" { // at a source outside the matrix
			r.Herkomst = []begrip.Verwijzing{{Bron: org(begrip.Overig, 9).OIN, Soort: op, Pad: "/v1/" + op + "en/01890a5d-ac96-774b-bcce-b302099a8057"}}
		}
		return r
	}
	pol, gem, vt, zvh, gi := org(begrip.Politie, 1), org(begrip.Gemeente, 1), org(begrip.VeiligThuis, 1), org(begrip.ZVH, 1), org(begrip.GI, 1)
	vraag := `{"redenVerzoek":"01","zaak":"` + zaakB + `","vrager":%q,"bevraagde":%q}`
	uit := []gegeven{
		{"melding aan Veilig Thuis", begrip.Politie, rec("melding", `{"soort":"VT","ontvanger":%q}`, vt.OIN), map[string]begrip.Organisatie{"ontvanger": vt}},
		{"melding aan het Zorg- en Veiligheidshuis", begrip.Gemeente, rec("melding", `{"soort":"ZVH","ontvanger":%q}`, zvh.OIN), map[string]begrip.Organisatie{"ontvanger": zvh}},
		{"beoordeling", begrip.VeiligThuis, rec("beoordeling", `{"melding":{"bron":%q}}`, pol.OIN), map[string]begrip.Organisatie{"melder": pol}},
		{"beoordeling", begrip.ZVH, rec("beoordeling", `{"melding":{"bron":%q}}`, gem.OIN), map[string]begrip.Organisatie{"melder": gem}},
		{"beoordeling met overdracht", begrip.VeiligThuis, rec("beoordeling", `{"melding":{"bron":%q},"uitkomst":{"code":"overdracht","overdracht":{"aan":%q,"staat":"aangeboden"}}}`, pol.OIN, gem.OIN),
			map[string]begrip.Organisatie{"melder": pol, "gevraagd om over te nemen": gem}},
		{"beoordeling met geweigerde overdracht", begrip.VeiligThuis, rec("beoordeling", `{"melding":{"bron":%q},"uitkomst":{"code":"overdracht","overdracht":{"aan":%q,"staat":"geweigerd"}}}`, pol.OIN, gem.OIN),
			map[string]begrip.Organisatie{"melder": pol, "gevraagd om over te nemen": gem}},
		{"vraag wie het gezin kent", begrip.VeiligThuis, rec("verrijkingsverzoek", vraag, vt.OIN, gi.OIN), map[string]begrip.Organisatie{"bevraagde": gi}},
		{"antwoord", begrip.GI, rec("verrijking", vraag, vt.OIN, gi.OIN), map[string]begrip.Organisatie{"vrager": vt}},
		{"antwoord", begrip.Politie, rec("verrijking", vraag, vt.OIN, pol.OIN), map[string]begrip.Organisatie{"vrager": vt}},
		{"antwoord aan een gemeente", begrip.GI, rec("verrijking", vraag, gem.OIN, gi.OIN), map[string]begrip.Organisatie{"vrager": gem}},
		{"registratie", begrip.GI, rec("registratie", `{}`), nil},
		{"wie samenwerken", begrip.Gemeente, rec("zaakverband", `{"zaak":"`+zaakB+`","vanaf":"2026-01-01T00:00:00Z","deelnemers":[{"organisatie":%q},{"organisatie":%q,"tot":"2026-02-01T00:00:00Z"}]}`, gi.OIN, vt.OIN),
			map[string]begrip.Organisatie{"deelnemer": gi, "vertrokken deelnemer": vt}},
		{"signaal", begrip.Gemeente, rec("signaal", `{}`), nil},
	}
	for _, staat := range []string{"concept", "vastgesteld", "beschikbaar", "ingetrokken"} {
		r := rec("uitkomst", `{"casusoverleg":{"deelnemers":[{"organisatie":%q},{"organisatie":%q},{"organisatie":%q}]},"zaak":{"heeftActie":[{"belegdBij":{"oin":%q}},{"belegdBij":{"oin":%q}}]}}`, pol.OIN, vt.OIN, zvh.OIN, gi.OIN, org(begrip.GGZ, 1).OIN)
		r.Staat = staat
		uit = append(uit, gegeven{"uitkomst van een overleg, " + staat, begrip.Gemeente, r, map[string]begrip.Organisatie{"wie meedeed": pol, "wie meedeed, Veilig Thuis": vt, "wie meedeed, Zorg- en Veiligheidshuis": zvh, "wie iets moet doen": gi, "wie iets moet doen, ggz": org(begrip.GGZ, 1)}})
	}
	for _, s := range waarborg.Soorten() {
		if s.Naam != waarborg.SoortZaakverband.Naam {
			uit = append(uit, gegeven{strings.ToLower(s.Titel), begrip.Gemeente, rec(s.Naam, `{}`), nil})
		}
	}
	for i, g := range uit {
		uit[i].rec.ID = fmt.Sprintf("0198c0de-0000-7000-8000-%012x", 0xb00+i)
		wie := map[string]begrip.Organisatie{"eigen organisatie": org(g.bij, 1), "andere organisatie": org(begrip.RvdK, 1), "ander Veilig Thuis": org(begrip.VeiligThuis, 2), "ander Zorg- en Veiligheidshuis": org(begrip.ZVH, 2)}
		maps.Copy(wie, g.lezers)
		uit[i].lezers = wie
	}
	return uit
}

// The purposes and grounds of the matrix: all that a policy names, a way that
// none does, and none.
var (
	doelen  = []begrip.Doel{begrip.DoelVTMelding, begrip.DoelBeoordelen, begrip.DoelEigenMelding, begrip.DoelEigenInzage, begrip.DoelToezicht, begrip.DoelHulp, begrip.DoelOvernemen, begrip.DoelUitvoeren, ""}
	gronden = []begrip.Grondslag{begrip.GrondWmo526, begrip.GrondWmo516, begrip.GrondUb417, "WGS-ZVH", begrip.GrondAvg15, begrip.GrondAvg24, begrip.GrondAvg61a, begrip.GrondWmo411, "JW-2.3", "JW-3.1", begrip.GrondJw7311, "AVG-6-1-e", ""}
)

// alsTekst is a text in a policy.
var alsTekst = regexp.MustCompile(`"([^"]*)"`)

// heelDeWegen holds that the simulation tries exactly the ways that the policies
// open: the matrix asks for all that they name, and found begaan.
func heelDeWegen(t *testing.T, begaan map[inzage.Weg]bool) {
	t.Helper()
	for naam, tekst := range modules {
		for _, m := range alsTekst.FindAllStringSubmatch(tekst, -1) {
			d, g := begrip.Doel(m[1]), begrip.Grondslag(m[1])
			if d.Bekend() && !slices.Contains(doelen, d) || g.Bekend() && !slices.Contains(gronden, g) {
				t.Errorf("%s noemt %q; de matrix vraagt daar niet naar", naam, m[1])
			}
		}
	}
	wegen := inzage.GewoneWegen()
	for w := range begaan {
		if !slices.Contains(wegen, w) {
			t.Errorf("de simulatie probeert doel %q op %s niet", w.Doel, w.Grond)
		}
	}
	for _, w := range wegen {
		if !begaan[w] && !(w.Doel == begrip.DoelHulp && w.Grond == begrip.GrondAvg61a) { // who takes part, on any ground: one of them will do
			t.Errorf("geen beleid kent doel %q op %s", w.Doel, w.Grond)
		}
	}
}

// TestMatrixVanDeFuncties asks every record of every functie for every reader ×
// role × purpose × ground, and holds who may see what against a table: what is
// not in it is not allowed. Purposes and grounds are those that any functie
// names, and some that none does.
func TestMatrixVanDeFuncties(t *testing.T) {
	t.Parallel()
	begaan := map[inzage.Weg]bool{}
	rollen := append(begrip.Rollen(), "", "iets-nieuws")
	kind := nummers(1)[0]
	knopen := map[begrip.OrganisatieSoort]*knoop{}
	var tabel strings.Builder
	tabel.WriteString("# Wie mag wat zien van de samenwerkfuncties\n\nWat hier niet staat, mag niet. Dit is het hele besluit van een knooppunt, voor professionals, zonder\nnoodtoegang. Een grondslag \"alle\" telt niet mee. Niveau: 0 dat het bestaat, 1 wie en wanneer, 2 de inhoud.\n\n| Gegeven | Bij | Lezer | Rol | Doel | Grondslag | Niveau |\n|---|---|---|---|---|---|---|\n")
	for _, g := range gegevens(kind) {
		if knopen[g.bij] == nil {
			knopen[g.bij] = nieuweKnoop(t, g.bij)
		}
		k := knopen[g.bij]
		f, gronden := k.feiten(toegang.Lezer{}, g.rec), gronden
		s, _ := k.VanSoort(g.rec.Soort)
		if s.ZonderNood && s.Gezin == nil { // what the policy of the safeguards names, and one that it does not
			gronden = []begrip.Grondslag{begrip.GrondWmo516, begrip.GrondAvg15, begrip.GrondAvg24, ""}
		}
		for _, wie := range slices.Sorted(maps.Keys(g.lezers)) {
			regels := map[string][]string{} // doel, gronden, niveau → rollen
			for _, rol := range rollen {
				for _, doel := range doelen {
					mag := map[begrip.Niveau][]string{}
					for _, grond := range gronden {
						l := toegang.Lezer{Organisatie: g.lezers[wie], Persoon: "p", Rol: rol, Doel: doel, Grondslag: grond, Zaak: zaakB}
						b := k.beslis(g.rec, l, f)
						if b.Toegestaan {
							mag[b.Niveau] = append(mag[b.Niveau], string(grond))
						}
						if b.Toegestaan && (!s.ZonderNood || rol == begrip.RolPrivacy) { // the safeguards open for a system on any ground
							begaan[inzage.Weg{Doel: doel, Grond: grond}] = true
						}
						anders(t, k, g, l, f, b)
					}
					for n, gs := range mag {
						tekst := strings.Join(gs, ", ")
						if len(gs) == len(gronden) {
							tekst = "alle"
						}
						regel := fmt.Sprintf("%s | %s | %d", cmp.Or(doel, "geen"), tekst, n)
						regels[regel] = append(regels[regel], string(rol))
					}
				}
			}
			samen := map[string][]string{} // roles with the same lines stand together; so do purposes
			for regel, rs := range regels {
				doel, rest, _ := strings.Cut(regel, " | ")
				sleutel := strings.Join(rs, ", ") + "\x00" + rest
				samen[sleutel] = append(samen[sleutel], doel)
			}
			for _, sleutel := range slices.Sorted(maps.Keys(samen)) {
				rs, rest, _ := strings.Cut(sleutel, "\x00")
				ds := slices.Sorted(slices.Values(samen[sleutel]))
				doel := strings.Join(ds, ", ")
				if len(ds) == len(doelen) {
					doel = "alle"
				}
				fmt.Fprintf(&tabel, "| %s | %s | %s | %s | %s | %s |\n", g.naam, g.bij, wie, rs, doel, rest)
			}
		}
	}
	goud(t, "functies.md", tabel.String())
	heelDeWegen(t, begaan)
}

// anders changes one thing about a look: noodtoegang, a purpose of its own
// zaak, a citizen with the same words.
func anders(t *testing.T, k *knoop, g gegeven, l toegang.Lezer, f *waarborg.Feiten, b toegang.Besluit) {
	t.Helper()
	if !b.Toegestaan {
		if l.Grondslag != "AVG-15" || l.Doel != begrip.DoelHulp { // noodtoegang looks at neither: one of each will do
			return
		}
		s, _ := k.VanSoort(g.rec.Soort)
		n := k.beslis(g.rec, noodVoor(l), f)
		if wil := l.Rol.DraagtZaken() && !s.ZonderNood; n.Toegestaan != wil || wil && !slices.Contains(n.Plichten, toegang.PlichtAlarm) {
			t.Errorf("%s bij %s, %s van %s op noodtoegang: %+v", g.naam, g.bij, l.Rol, l.Organisatie.Soort, n)
		}
		return
	}
	if n := k.beslis(g.rec, noodVoor(l), f); slices.Contains(n.Plichten, toegang.PlichtAlarm) {
		t.Errorf("%s bij %s: alarm waar een gewone regel het toestaat: %+v", g.naam, g.bij, n)
	}
	burger := l
	burger.Organisatie, burger.Burger = org(begrip.Burgerportaal, 1), nummers(1)[0]
	if n := k.beslis(g.rec, burger, f); n.Toegestaan {
		t.Errorf("%s bij %s: een burger met de rol %q: %+v", g.naam, g.bij, l.Rol, n)
	}
	if s := l.Organisatie.OIN; s != oin(g.bij, 1) && g.rec.Soort != "zaakverband" && g.rec.Soort != "beoordeling" {
		l.Zaak = "urn:soh:zaak:anders"
		if n := k.beslis(g.rec, l, f); n.Toegestaan {
			t.Errorf("%s bij %s: vanuit een andere zaak: %+v", g.naam, g.bij, n)
		}
	}
}

// scenario is how somebody of the family stands to the person it looks for.
type scenario struct {
	naam   string
	rol    begrip.Rol
	namens bool
	feiten func(over waarborg.Persoon, wie begrip.BSN) []dossier.Record
}

func gezag(soort string, houders ...begrip.BSN) func(waarborg.Persoon, begrip.BSN) []dossier.Record {
	return func(over waarborg.Persoon, wie begrip.BSN) []dossier.Record {
		g := waarborg.Gezagsfeit{Kop: geldig, Over: over, Soort: soort, Peildatum: "2026-01-01"}
		for _, h := range houders {
			if h.IsZero() {
				h = wie
			}
			g.Houders = append(g.Houders, waarborg.Persoon{Burgerservicenummer: inhoudBSN(h)})
		}
		return []dossier.Record{feit(waarborg.SoortGezagsfeit, "", g, over.Burgerservicenummer.BSN)}
	}
}

func vertegenwoordigd(als verband.Relatie, klassen ...verband.Klasse) func(waarborg.Persoon, begrip.BSN) []dossier.Record {
	return func(over waarborg.Persoon, wie begrip.BSN) []dossier.Record {
		v := waarborg.Vertegenwoordiging{Kop: geldig, Over: over, Wie: waarborg.Persoon{Burgerservicenummer: inhoudBSN(wie)}, Als: als, Klassen: klassen}
		return []dossier.Record{feit(waarborg.SoortVertegenwoord, "", v, over.Burgerservicenummer.BSN)}
	}
}

func onbekwaam(over waarborg.Persoon, _ begrip.BSN) []dossier.Record {
	return []dossier.Record{feit(waarborg.SoortBekwaamheid, "", waarborg.Handelingsbekwaamheid{Kop: geldig, Over: over, Reden: "oordeel"}, over.Burgerservicenummer.BSN)}
}

func mee(ks ...verband.Klasse) func(waarborg.Persoon, begrip.BSN) []dossier.Record {
	return func(over waarborg.Persoon, wie begrip.BSN) []dossier.Record {
		return []dossier.Record{feit(waarborg.SoortToestemming, "", waarborg.Toestemming{Kop: geldig, Over: over, Doel: begrip.DoelHulp, Klassen: ks, AanPersonen: []begrip.InhoudBSN{inhoudBSN(wie)},
			GegevenDoor: []waarborg.Gever{{Burgerservicenummer: over.Burgerservicenummer, Als: verband.RelatieZelf}}}, over.Burgerservicenummer.BSN)}
	}
}

func samen(fs ...func(waarborg.Persoon, begrip.BSN) []dossier.Record) func(waarborg.Persoon, begrip.BSN) []dossier.Record {
	return func(over waarborg.Persoon, wie begrip.BSN) (uit []dossier.Record) {
		for _, f := range fs {
			uit = append(uit, f(over, wie)...)
		}
		return uit
	}
}

func niets(waarborg.Persoon, begrip.BSN) []dossier.Record { return nil }

// scenarios: the zero number stands for who looks.
func scenarios(ander begrip.BSN) []scenario {
	ik, o := begrip.BSN{}, begrip.RolOuder
	return []scenario{
		{"zelf, als jongere", begrip.RolJongere, false, niets},
		{"zelf, als volwassene aangemeld", o, false, niets},
		{"ouder met gezag, samen met de ander", o, true, gezag("TweehoofdigOuderlijkGezag", ik, ander)},
		{"ouder die alleen het gezag heeft", o, true, gezag("EenhoofdigOuderlijkGezag", ik)},
		{"ouder, de ander heeft alleen het gezag", o, true, gezag("EenhoofdigOuderlijkGezag", ander)},
		{"ouder of niet-ouder met gezamenlijk gezag", o, true, gezag("GezamenlijkGezag", ik, ander)},
		{"voogd", o, true, gezag("Voogdij", ik)},
		{"ouder, tijdelijk geen gezag", o, true, gezag("TijdelijkGeenGezag")},
		{"ouder, gezag niet te bepalen", o, true, gezag("GezagNietTeBepalen")},
		{"ouder, niets over gezag vastgelegd", o, true, niets},
		{"ouder met gezag, de jongere vindt I1 tot en met I3 goed", o, true, samen(gezag("EenhoofdigOuderlijkGezag", ik), mee(1, 2, 3))},
		{"ouder met gezag, de jongere vindt alleen I1 goed", o, true, samen(gezag("EenhoofdigOuderlijkGezag", ik), mee(1))},
		{"ouder zonder gezag, de jongere vindt het goed", o, true, samen(gezag("EenhoofdigOuderlijkGezag", ander), mee(1, 2, 3))},
		{"ouder met gezag, de persoon kan niet zelf beslissen", o, true, samen(gezag("EenhoofdigOuderlijkGezag", ik), onbekwaam)},
		{"gemachtigde voor I1 tot en met I3", o, true, vertegenwoordigd("gemachtigde", 1, 2, 3)},
		{"gemachtigde voor alleen I1", o, true, vertegenwoordigd("gemachtigde", 1)},
		{"steunfiguur voor I1 tot en met I3", o, true, vertegenwoordigd("steunfiguur", 1, 2, 3)},
		{"curator, de persoon kan niet zelf beslissen", o, true, samen(vertegenwoordigd("curator"), onbekwaam)},
		{"curator, de persoon kan zelf beslissen", o, true, vertegenwoordigd("curator")},
		{"mentor naast een curator", o, true, samen(vertegenwoordigd("mentor"), onbekwaam, func(over waarborg.Persoon, _ begrip.BSN) []dossier.Record {
			return vertegenwoordigd("curator")(over, ander)
		})},
		{"partner of familie zonder vastgelegde rol", o, true, onbekwaam},
	}
}

// TestMatrixVanHetGezin asks for every relation × age what the family sees of
// help (I3) when the functie allows everything, and holds that against a table;
// then that no functie shows more than that, to who is not involved, in another
// role or for another purpose.
func TestMatrixVanHetGezin(t *testing.T) {
	t.Parallel()
	leeftijden := []int{-1, 8, 11, 12, 15, 16, 17, 18, 40}
	ps := nummers(2000)
	ik, ander, volgende := ps[0], ps[1], 2
	k := nieuweKnoop(t, begrip.Gemeente)
	var tabel strings.Builder
	tabel.WriteString("# Wat het gezin hoogstens ziet van hulp (I3), naar leeftijd\n\n– is niets, 1 wie en wanneer, 2 de inhoud. De leeftijd is die van de persoon over wie het gaat. Elke samenwerkfunctie\nkan alleen minder laten zien.\n\n| Wie kijkt | onbekend | 8 | 11 | 12 | 15 | 16 | 17 | 18 | 40 |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range scenarios(ander) {
		cellen := []string{s.naam}
		for _, leeftijd := range leeftijden {
			wie := ps[volgende]
			over := waarborg.Persoon{Burgerservicenummer: inhoudBSN(wie)}
			volgende++
			if leeftijd >= 0 {
				over.Geboortedatum = begrip.Geboortedatum(gisteren.AddDate(-leeftijd, 0, -2).Format("2006-01-02"))
			}
			l := toegang.Lezer{Organisatie: org(begrip.Burgerportaal, 1), Persoon: "s", Rol: s.rol, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: wie}
			if s.namens {
				l.Burger, l.Namens = ik, wie
			}
			k.leg(append(s.feiten(over, ik), feit(waarborg.SoortMaatregel, "", waarborg.Maatregel{Kop: geldig, Over: over, Soort: "aanvraag"}, wie))...)
			rec := dossier.Record{Soort: "stuk", ID: stuk, Staat: "I3", Personen: []begrip.BSN{wie}}
			f := k.feiten(l, rec)
			b := k.beslis(rec, l, f)
			cel := "–"
			if b.Toegestaan {
				cel = fmt.Sprint(b.Niveau)
			}
			cellen = append(cellen, cel)
			nooitMeer(t, k, l, f, wie, s, leeftijd)
		}
		fmt.Fprintf(&tabel, "| %s |\n", strings.Join(cellen, " | "))
	}
	goud(t, "gezin.md", tabel.String())
}

func nooitMeer(t *testing.T, k *knoop, l toegang.Lezer, f *waarborg.Feiten, wie begrip.BSN, s scenario, leeftijd int) {
	t.Helper()
	var hoogstens [verband.Bronbeschermd + 1]toegang.Besluit // by class, when the functie allows everything
	for klasse := verband.Bekendheid; klasse <= verband.Bronbeschermd; klasse++ {
		rec := dossier.Record{Soort: "stuk", ID: stuk, Staat: klasse.String(), Personen: []begrip.BSN{wie}}
		b := k.beslis(rec, l, f)
		hoogstens[klasse] = b
		if b.Toegestaan && (klasse == verband.Bronbeschermd || klasse == verband.Strafrecht && b.Niveau > begrip.NiveauProces || !slices.Contains(b.Gemaskeerd, "anderen")) {
			t.Errorf("%s, %d jaar, %s: %+v", s.naam, leeftijd, klasse, b)
		}
	}
	for _, g := range gegevens(wie) {
		s2, _ := k.VanSoort(g.rec.Soort)
		if s2.Gezin == nil && leeftijd != 15 { // never for the family, whatever the age
			continue
		}
		klasse := verband.Hulp
		if s2.Klasse != nil {
			klasse = s2.Klasse(g.rec)
		}
		b, open := k.beslis(g.rec, l, f), hoogstens[klasse]
		if b.Toegestaan && (!open.Toegestaan || b.Niveau > min(open.Niveau, begrip.NiveauProces)) {
			t.Errorf("%s, %d jaar: %s toont meer dan de algemene regels: %+v", s.naam, leeftijd, g.naam, b)
		}
		for wat, doe := range map[string]func(*toegang.Lezer, *dossier.Record){
			"niet betrokken": func(_ *toegang.Lezer, r *dossier.Record) { r.Personen = nummers(3)[2:] },
			"ander doel":     func(l *toegang.Lezer, _ *dossier.Record) { l.Doel = begrip.DoelBeoordelen },
			"andere rol":     func(l *toegang.Lezer, _ *dossier.Record) { l.Rol = begrip.RolMedewerkerVT },
			"geen portaal":   func(l *toegang.Lezer, _ *dossier.Record) { l.Organisatie = org(begrip.School, 1) },
			"op nood":        func(l *toegang.Lezer, _ *dossier.Record) { l.Rol = begrip.RolJeugdbeschermer; *l = noodVoor(*l) },
		} {
			l, rec := l, g.rec
			doe(&l, &rec)
			if b := k.beslis(rec, l, f); b.Toegestaan {
				t.Errorf("%s, %d jaar, %s: %s toegestaan: %+v", s.naam, leeftijd, wat, g.naam, b)
			}
		}
	}
}
