package bekendheid

import (
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// The record kinds and where they are served.
const (
	soortVerzoek     = "verrijkingsverzoek"
	soortVerrijking  = "verrijking"
	soortRegistratie = "registratie"
	soortOpdracht    = "bekendheid"
	padVerzoeken     = "/v1/verrijkingsverzoeken"
	padVerrijkingen  = "/v1/verrijkingen"
	padRegistraties  = "/v1/registraties"
)

// Regel says how a deelnemer answers.
type Regel string

// The rules. AlleenOnbekend lets a professional look before anything is told.
const (
	Automatisch    Regel = "automatisch"     // always by rule, from the registraties
	AlleenOnbekend Regel = "alleen-onbekend" // by rule when nobody is known, else a professional
	Handmatig      Regel = "handmatig"       // always a professional
)

//go:embed beleid.rego
var beleid string

//go:embed *.html talen
var paginas embed.FS

// T is the functie on one node.
type T struct {
	o     *functie.Omgeving
	regel Regel
	nu    func() time.Time
}

// Nieuw puts the functie on a node; an unknown rule counts as Handmatig.
func Nieuw(o *functie.Omgeving, regel Regel) *T { return &T{o: o, regel: regel, nu: time.Now} }

// Bouw makes the functie with a rule, for the wiring of a node.
func Bouw(regel Regel) functie.Bouw {
	return func(o *functie.Omgeving) functie.Functie { return Nieuw(o, regel).Functie() }
}

// Functie declares it.
func (t *T) Functie() functie.Functie {
	return functie.Functie{
		Naam: "bekendheid", Titel: "Bepalen Bekendheid & Verrijking",
		Beleid: map[string]string{"bekendheid/beleid.rego": beleid},
		Soorten: []inzage.Soort{
			{
				Naam: soortVerzoek, Pad: padVerzoeken, Titel: "Vraag wie het gezin kent", InZin: "de vraag wie het gezin kent", Beleid: "soh.bekendheid", Vorm: Verrijking{}, Reduceer: t.reduceer(padVerzoeken), Klasse: klasse(samenwerkingsverband.Betrokkenen), Betrokkenen: betrokkenen,
				ZonderWegwijzer: "bekendheid-gevraagd noemt iedereen", Herkomst: []string{"beoordeling"}, Feiten: feiten, Partij: partij, Ingezien: t.ingezien(typeVerzoekGezien, "Verrijkingsverzoek", "InzienVerrijkingsverzoek"),
			},
			{
				Naam: soortVerrijking, Pad: padVerrijkingen, Titel: "Antwoord op een vraag", InZin: "het antwoord op een vraag", Beleid: "soh.bekendheid", Vorm: Verrijking{}, Reduceer: t.reduceer(padVerrijkingen), Klasse: t.klasseVanAntwoord, Betrokkenen: betrokkenen,
				ZonderWegwijzer: "bekendheid-verstrekt noemt iedereen", Herkomst: []string{soortVerzoek, soortRegistratie}, Feiten: feiten, Partij: partij, Ingezien: t.ingezien(typeIngezien, "Verrijking", "InzienVerrijking"), Gezin: t.gezinVerrijking,
			},
			{
				Naam: soortRegistratie, Pad: padRegistraties, Titel: "Registratie", InZin: "wat deze organisatie opschreef", Beleid: "soh.bekendheid", Vorm: Registratie{}, Reduceer: t.reduceerRegistratie, Gezin: t.gezinRegistratie, ZonderHerkomst: "wat een organisatie zelf van iemand weet",
				Klasse: t.klasseVanAntwoord,
				Partij: func(dossier.Record, begrip.OIN) bool { return false }, // only the organisation itself
			},
		},
		Opdrachten: []opdracht.Soort{{Naam: soortOpdracht, Titel: "Vraag of u het gezin kent", Regel: vraagregel, Automatisch: t.automatisch}},
		Opent:      map[string]func(context.Context, toegang.Sessie, opdracht.Opdracht) bool{soortOpdracht: t.opent},
		API:        t.api, Werkplek: t.werkplek, Teksten: teksten,
	}
}

func klasse(k samenwerkingsverband.Klasse) func(dossier.Record) samenwerkingsverband.Klasse {
	return func(dossier.Record) samenwerkingsverband.Klasse { return k }
}

// klasseVanAntwoord: what the police answer is police data, what a care
// provider answers tells of health; the others tell of measures and help that
// run (the questions of the draft).
func (t *T) klasseVanAntwoord(dossier.Record) samenwerkingsverband.Klasse {
	switch t.o.Organisatie.Soort {
	case begrip.Politie:
		return samenwerkingsverband.Strafrecht
	case begrip.GGZ:
		return samenwerkingsverband.Gezondheid
	}
	return samenwerkingsverband.Maatregelen
}

// betrokkenen gives whom a question or answer is about.
func betrokkenen(rec dossier.Record) []begrip.Betrokkene {
	v, err := lees(rec)
	if err != nil {
		return nil
	}
	var uit []begrip.Betrokkene
	for _, p := range v.Personen() {
		b := begrip.Betrokkene{ID: p.ID, Burgerservicenummer: p.Burgerservicenummer, AdresGeheim: p.AdresGeheim,
			Geboortedatum: p.Geboren(), Ongeboren: p.Ongeboren,
			Naam: begrip.Naam{Voornamen: p.Naam.Voornamen, Voorvoegsel: p.Naam.VoorvoegselGeslachtsnaam, Geslachtsnaam: p.Naam.Geslachtsnaam}}
		uit = append(uit, b)
	}
	return uit
}

func lees(rec dossier.Record) (Verrijking, error) {
	var v Verrijking
	err := json.Unmarshal(rec.Inhoud, &v)
	return v, err
}

func feiten(rec dossier.Record, _ toegang.Lezer) map[string]any {
	v, err := lees(rec)
	if err != nil {
		return nil
	}
	return map[string]any{"vrager": v.Vrager, "bevraagde": v.bevraagde(), "reden": v.RedenVerzoek}
}

// partij: only who asked and who was asked know of a question and its answer.
func partij(rec dossier.Record, oin begrip.OIN) bool {
	v, err := lees(rec)
	return err == nil && (v.Vrager == oin || v.bevraagde() == oin)
}

// bevraagde gives who was asked, for the work of this node itself.
func (v *Verrijking) bevraagde() (o begrip.OIN) {
	v.Bevraagde.Bewerk(func(b *begrip.OIN) { o = *b })
	return o
}

// Bestaan is a record at niveau 0; Proces at niveau 1: who asked whom, when.
type Bestaan struct {
	URL string `json:"url"`
	ID  string `json:"id"`
}

// Proces is a question or answer without its content.
type Proces struct {
	Bestaan
	RedenVerzoek begrip.Doel                 `json:"redenVerzoek"`
	Zaak         string                      `json:"zaak"`
	Vrager       begrip.OIN                  `json:"vrager"`
	Bevraagde    begrip.Verblijf[begrip.OIN] `json:"bevraagde,omitzero"`
	Op           time.Time                   `json:"op"`
}

func (t *T) reduceer(pad string) func(dossier.Record, begrip.Niveau, []string) (any, error) {
	return func(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
		v, err := lees(rec)
		if err != nil {
			return nil, err
		}
		v.URL = t.url(pad, rec.ID)
		switch n {
		case begrip.NiveauBestaan:
			return Bestaan{v.URL, rec.ID}, nil
		case begrip.NiveauProces:
			return Proces{Bestaan{v.URL, rec.ID}, v.RedenVerzoek, v.Zaak, v.Vrager, v.Bevraagde, v.Op}, nil
		}
		return v, nil
	}
}

func (t *T) reduceerRegistratie(rec dossier.Record, n begrip.Niveau, _ []string) (any, error) {
	var r Registratie
	if err := json.Unmarshal(rec.Inhoud, &r); err != nil {
		return nil, err
	}
	r.URL = t.url(padRegistraties, rec.ID)
	if n < begrip.NiveauInhoud {
		return Bestaan{r.URL, rec.ID}, nil
	}
	return r, nil
}

func (t *T) url(pad, id string) string {
	d, _ := t.o.Deelnemer(t.o.Organisatie.OIN)
	return inzage.Basis(d.API) + pad + "/" + id
}

type registratieIn struct{ Body Registratie }

type registratieUit struct {
	Location string `header:"Location" doc:"Adres van de registratie"`
	Body     Registratie
}

func (t *T) api(api huma.API) {
	rest.Register(api, huma.Operation{
		OperationID: "maakRegistratie", Method: http.MethodPost, Path: "/registraties", DefaultStatus: http.StatusCreated,
		Summary: "Leg vast dat uw organisatie een persoon kent", Tags: []string{"Bekendheid"},
		Description: "Een systeem van de eigen organisatie zet hier wat nodig is om een vraag naar bekendheid te beantwoorden. Het gegeven blijft hier.",
	}, func(ctx context.Context, in *registratieIn) (*registratieUit, error) {
		if err := t.o.AlleenEigen(ctx); err != nil {
			return nil, err
		}
		r, err := t.Registreer(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		r, _ = begrip.Open(r, begrip.Inzagerecht(begrip.Allebei)) // to the system that sent it
		return &registratieUit{Location: r.URL, Body: r}, nil
	})
}

// Registreer stores what the own case system knows of a person.
func (t *T) Registreer(ctx context.Context, r Registratie) (Registratie, error) {
	if err := r.Validate(t.o.Organisatie.Soort); err != nil {
		return r, err
	}
	r.ID = uuid.Must(uuid.NewV7()).String()
	inhoud, err := begrip.Opslag(r)
	if err != nil {
		return r, err
	}
	err = t.o.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(ctx, dossier.Record{Soort: soortRegistratie, ID: r.ID, GeldigVanaf: t.nu(), Door: "systeem van " + t.o.Organisatie.Naam, Personen: []begrip.BSN{r.Burgerservicenummer.BSN}, Inhoud: inhoud})
		return err
	})
	r.URL = t.url(padRegistraties, r.ID)
	return r, err
}

func (t *T) gezinRegistratie(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
	var r Registratie
	if json.Unmarshal(rec.Inhoud, &r) != nil {
		return inzage.Deel{}, false
	}
	d := inzage.Deel{Soort: soortRegistratie, ID: rec.ID, Titel: t.o.Organisatie.Naam + " kent " + inzage.Wie, Tekst: r.Omschrijving, Tijdstip: rec.GeldigVanaf}
	if s, err := time.Parse(time.DateOnly, r.Sinds); err == nil {
		d.Tijdstip = s
	}
	r.Contact.Bewerk(func(k *Contact) {
		d.Contact = &inzage.Contact{Naam: k.Naam, Functie: k.Functie, Telefoon: k.Telefoonnummer, Email: k.EmailAdres}
	})
	return d, true
}

// gezinVerrijking tells the family that an answer was given, and about what;
// the organisation itself explains the answer.
func (t *T) gezinVerrijking(rec dossier.Record, _ begrip.BSN) (inzage.Deel, bool) {
	v, err := lees(rec)
	if err != nil {
		return inzage.Deel{}, false
	}
	vrager := "De vrager"
	if d, ok := t.o.Deelnemer(v.Vrager); ok {
		vrager = d.Naam
	}
	d := inzage.Deel{Soort: soortVerrijking, ID: rec.ID, Tijdstip: v.Op, Klaar: true,
		Titel: t.o.Organisatie.Naam + " gaf antwoord aan " + vrager,
		Tekst: vrager + " vroeg of wij " + inzage.Wie + " kennen. Wij hebben deze vragen beantwoord. Wilt u het antwoord weten? Vraag het aan ons."}
	for _, code := range v.VerrijkingsVraag {
		d.Regels = append(d.Regels, inzage.Regel{Label: "Vraag", Waarde: vraagTekst(code)})
	}
	return d, true
}
