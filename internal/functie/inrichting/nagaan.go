package inrichting

import (
	"net/http"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

type afsprakenData struct {
	Alle     []web.Link
	Toezicht bool
}

func (p *paginaset) afspraken(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	d := afsprakenData{functie.AlleAfspraken(p.o.Inzage.Verbanden()), toezicht(s)}
	p.Toon(w, r, http.StatusOK, "afspraken.html", web.Pagina{Titel: "Afspraken van overleggen", Data: d})
	return nil
}

func (p *paginaset) afspraak(w http.ResponseWriter, r *http.Request, _ toegang.Sessie) error {
	d, ok := p.o.Inzage.Verbanden().Definitie(r.PathValue("naam"))
	if !ok {
		return begrip.NieuweFout(begrip.NietGevonden, "Dit samenwerkingsverband is er niet.")
	}
	p.Toon(w, r, http.StatusOK, "afspraak.html", web.Pagina{Titel: functie.Titel(d), Data: functie.Afspraken(d)})
	return nil
}

type nagaanData struct {
	F                   *web.Formulier
	Verbanden, Klassen  []web.Optie
	Organisaties, Rol   []web.Optie
	Toezicht, Gevraagd  bool
	Wat                 string
	Ziet, Niet, Gegeven web.Tabel
	Deels               bool
}

var niveauNamen = map[begrip.Niveau]string{
	begrip.NiveauBestaan: web.Vertaalbaar("Alleen dat het er is"), begrip.NiveauProces: web.Vertaalbaar("Wie, wanneer en hoe ver"), begrip.NiveauInhoud: web.Vertaalbaar("De inhoud"),
}

// wieKan shows who could see a kind of information, to every professional, or a
// record of ours, to who watches over the rules. It reads only.
func (p *paginaset) wieKan(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	q := r.URL.Query()
	f := &web.Formulier{}
	for _, v := range []string{"soort", "id", "klasse", "samenwerkingsverband", "verwijzing"} {
		f.Zet(v, q.Get(v))
	}
	d := nagaanData{F: f, Toezicht: toezicht(s)}
	v := KringVraag{Soort: q.Get("soort"), ID: q.Get("id"), Klasse: q.Get("klasse"), Samenwerkingsverband: q.Get("samenwerkingsverband")}
	if x := q.Get("verwijzing"); x != "" {
		m := verwijzingVorm.FindStringSubmatch(strings.ToLower(x))
		f.Eis(m != nil, "verwijzing", "Vul de verwijzing in. Bijvoorbeeld /v1/meldingen/ met daarachter het nummer.")
		if m != nil {
			c, id, _ := strings.Cut(m[2], "/")
			k, ok := p.o.Inzage.Collectie("/v1/" + c)
			f.Eis(ok, "verwijzing", "Dit is geen gegeven van uw organisatie.")
			v = KringVraag{Soort: k.Naam, ID: id}
		}
	}
	if v.ID != "" && !d.Toezicht {
		return begrip.NieuweFout(begrip.Verboden, "Alleen de privacyfunctionaris kan dit voor een gegeven nagaan.")
	}
	status := http.StatusOK
	if f.Goed() && v != (KringVraag{}) {
		k, err := p.kring(r.Context(), s.Lezer(p.o.Organisatie, begrip.DoelToezicht, begrip.GrondAvg24, ""), v)
		if err != nil && !f.Neem(err, nil) {
			return err
		}
		if d.Gevraagd = err == nil; d.Gevraagd {
			d.vul(p, v, k)
		}
	}
	if !f.Goed() {
		status = http.StatusBadRequest
	}
	for _, n := range p.o.Inzage.Verbanden().Namen() {
		x, _ := p.o.Inzage.Verbanden().Definitie(n)
		d.Verbanden = append(d.Verbanden, web.Optie{Waarde: n, Tekst: functie.Titel(x)})
	}
	for k := samenwerkingsverband.Bekendheid; k <= samenwerkingsverband.Bronbeschermd; k++ {
		d.Klassen = append(d.Klassen, web.Optie{Waarde: k.String(), Tekst: hoofd(k.Naam())})
	}
	pg := web.Pagina{Titel: "Wie kan dit zien?", Data: d}
	if v.ID != "" {
		pg.Doel = doelToezicht(s)
	}
	p.Toon(w, r, status, "wie-kan.html", pg)
	return nil
}

func doelToezicht(s toegang.Sessie) *web.Doelbalk {
	return &web.Doelbalk{Rol: s.Rol.Naam(), Doel: begrip.DoelToezicht.Omschrijving(), Grondslag: begrip.GrondAvg24.Artikel()}
}

// vul puts who sees it and for whom something is in the way in two tables.
func (d *nagaanData) vul(p *paginaset, v KringVraag, k inzage.Kring) {
	d.Wat = hoofd(k.Klasse.Naam())
	if v.ID != "" {
		d.Wat = p.o.Inzage.Titel(v.Soort)
	}
	d.Ziet = web.Tabel{Onderschrift: "Wie dit nu kan zien", Kop: []string{"Wie", "Ziet", "Waarom"}}
	d.Niet = web.Tabel{Onderschrift: "Wie dit niet zomaar ziet", Kop: []string{"Wie", "Zou zien", "Alleen als"}}
	for _, x := range k.Kijkers {
		wie := web.Cel{Tekst: x.Naam, Bij: x.Functie.Naam()}
		if x.Naam == "" {
			wie.Tekst = hoofd(x.Soort.Naam())
		}
		if x.Functie == "" {
			wie.Bij = strings.ReplaceAll(string(x.Rol), "-", " ")
		}
		waarom := web.Cel{Tekst: redenTekst(x.Redenen), Bij: x.Grondslag.Artikel()}
		if x.Ziet {
			d.Ziet.Rijen = append(d.Ziet.Rijen, []web.Cel{wie, {Tekst: niveauNamen[x.Niveau]}, waarom})
			continue
		}
		if len(x.Nodig) > 0 {
			waarom.Tekst = strings.TrimSpace(hoofd(strings.Join(x.Nodig, "; ")) + ". " + waarom.Tekst)
		}
		zou := web.Cel{Tekst: niveauNamen[x.Niveau]}
		if x.Doel == "" {
			zou.Tekst = "Niets"
		}
		d.Niet.Rijen = append(d.Niet.Rijen, []web.Cel{wie, zou, waarom})
	}
}

func redenTekst(rs []toegang.Reden) string {
	var uit []string
	for _, r := range rs {
		uit = append(uit, r.Tekst)
	}
	return strings.Join(uit, " ")
}

func (p *paginaset) toonWatKon(w http.ResponseWriter, r *http.Request, s toegang.Sessie, status int, d nagaanData) {
	for _, o := range p.organisaties() {
		if o.Soort != begrip.Burgerportaal && o.Soort != begrip.Ketenbeheerder {
			d.Organisaties = append(d.Organisaties, web.Optie{Waarde: string(o.OIN), Tekst: o.Naam})
		}
	}
	for _, x := range begrip.Rollen() {
		if x != begrip.RolOuder && x != begrip.RolJongere {
			d.Rol = append(d.Rol, web.Optie{Waarde: string(x), Tekst: hoofd(x.Naam())})
		}
	}
	p.Toon(w, r, status, "wat-kon.html", web.Pagina{Titel: "Wat kon iemand weten?", Data: d, Doel: doelToezicht(s)})
}

func (p *paginaset) watKon(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	if !toezicht(s) {
		return begrip.NieuweFout(begrip.Verboden, "Alleen de privacyfunctionaris of de auditor kan dit.")
	}
	f := (&web.Formulier{}).Zet("organisatie", string(p.o.Organisatie.OIN))
	p.toonWatKon(w, r, s, http.StatusOK, nagaanData{F: f})
	return nil
}

// watKonToen answers; it writes nothing but the log, so the auditor may ask too.
func (p *paginaset) watKonToen(w http.ResponseWriter, r *http.Request, s toegang.Sessie) error {
	if !toezicht(s) {
		return begrip.NieuweFout(begrip.Verboden, "Alleen de privacyfunctionaris of de auditor kan dit.")
	}
	f, err := web.LeesFormulier(w, r)
	if err != nil {
		return err
	}
	v := KennisVraag{Organisatie: begrip.OIN(f.Waarde("organisatie")), Rol: begrip.Rol(f.Waarde("rol")), Persoon: f.Waarde("persoon"), Zaak: f.Waarde("zaak")}
	v.Op, _ = time.ParseInLocation("2006-01-02T15:04", f.Waarde("op"), web.Zone) // the zero time is refused
	v.Burgerservicenummer.BSN = f.BSN("burgerservicenummer")
	d := nagaanData{F: f}
	var k inzage.Kennis
	if f.Goed() {
		k, err = p.kennis(r.Context(), s.Lezer(p.o.Organisatie, begrip.DoelToezicht, begrip.GrondAvg24, ""), v)
	}
	if f.Neem(err, nil) || !f.Goed() {
		p.toonWatKon(w, r, s, http.StatusBadRequest, d)
		return nil
	}
	if err != nil {
		return err
	}
	d.Gevraagd, d.Deels = true, !k.Volledig
	d.Gegeven = web.Tabel{Onderschrift: "Wat iemand toen kon weten", Kop: []string{"Gegeven", "Kon zien", "Keek echt"}}
	for _, g := range k.Gegevens {
		zag, keek := web.Cel{Tekst: "Niets", Bij: redenTekst(g.Redenen)}, web.Cel{Tekst: "Nee"}
		if g.Toegestaan {
			zag.Tekst = niveauNamen[g.Niveau]
		}
		if n := len(g.Gekeken); n > 0 {
			keek = web.Cel{Op: g.Gekeken[0].Tijdstip, Tekst: g.Gekeken[0].Naam}
		}
		d.Gegeven.Rijen = append(d.Gegeven.Rijen, []web.Cel{{Tekst: g.Titel}, zag, keek})
	}
	p.toonWatKon(w, r, s, http.StatusOK, d)
	return nil
}
