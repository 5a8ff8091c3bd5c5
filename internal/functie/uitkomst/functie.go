package uitkomst

import (
	"embed"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/prov"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

//go:embed beleid.rego
var beleid string

//go:embed talen
var talen embed.FS

// The states of an uitkomst.
const (
	Concept     = "concept"
	Vastgesteld = "vastgesteld"
	Beschikbaar = "beschikbaar"
	Ingetrokken = "ingetrokken"
)

// gronden is on which ground an organisation of a kind does what was agreed; beleid.rego
// holds the same list. Where the law names no ground of its own, that is the task itself.
// A choice that the field has to confirm (docs/samenwerkingsverbanden.md).
var gronden = map[begrip.OrganisatieSoort]begrip.Grondslag{
	begrip.VeiligThuis: begrip.GrondWmo411, begrip.Gemeente: "JW-2.3", begrip.GI: "JW-3.1", begrip.GGZ: begrip.GrondJw7311, begrip.ZVH: "WGS-ZVH",
}

func woorden(s begrip.OrganisatieSoort) functie.Woorden {
	if g := gronden[s]; g != "" {
		return functie.Woorden{Doel: begrip.DoelUitvoeren, Grondslag: g}
	}
	return functie.Woorden{Doel: begrip.DoelUitvoeren, Grondslag: "AVG-6-1-e"}
}

// Reden is what a change or a withdrawal asks.
type Reden struct {
	Reden string `json:"reden" maxLength:"2000" vraag:"Waarom?" hint:"Wie de uitkomst las, en het gezin, lezen dit." invoer:"lang"`
}

// Controleer wants words.
func (r *Reden) Controleer(c *begrip.Controle, _ time.Time) {
	c.Eis(gevuld(r.Reden), "reden", "Vul in waarom.")
}

// soort is the declaration.
var soort = &functie.Gegeven[Uitkomst]{
	Naam: "uitkomst", Pad: "/v1/uitkomsten-overleg", Ook: "/uitkomst-overleg/{id}/uitkomst", Beleid: "soh.uitkomst",
	Titel: web.Vertaalbaar("Uitkomst van een overleg"), InZin: "de uitkomst van het overleg", Meer: web.Vertaalbaar("Uitkomsten"),
	Woorden: woorden, Entiteit: "soh:UitkomstOverleg",
	Personen: (*Uitkomst).personen, Hernoem: hernoem,
	Partijen: func(_ *functie.Omgeving, v functie.Versie[Uitkomst]) []begrip.OIN { return v.Waarde.partijen() },
	Feiten: func(_ *functie.Omgeving, v functie.Versie[Uitkomst], _ toegang.Lezer) map[string]any {
		return map[string]any{"aanTafel": teksten(v.Waarde.aanTafel()), "uitvoerders": teksten(v.Waarde.uitvoerders())}
	},
	Klasse: func(_ *functie.Omgeving, v functie.Versie[Uitkomst]) samenwerkingsverband.Klasse {
		if v.Waarde.Politiegegevens {
			return samenwerkingsverband.Strafrecht
		}
		return samenwerkingsverband.Hulp
	},
	Deel: func(*functie.Omgeving, functie.Versie[Uitkomst], toegang.Lezer) samenwerkingsverband.Deel {
		return samenwerkingsverband.DeelPlan
	},
	Herkomst: []string{inzage.ElkeSoort}, ZonderHerkomst: "wat op tafel lag, kan op papier zijn",
	ZonderWegwijzer: "uitkomst-beschikbaar-gesteld noemt iedereen; een concept leest het gezin niet",
	Benoem:          benoem, Proces: proces, Gezin: gezin, Knoop: knoop, Normaliseer: normaliseer, Controleer: controleer,
	Maakbaar: true, Begin: Concept,
	Gezien: functie.Gebeurtenis{Type: cloudevent.UitkomstIngezien, Activiteit: "InzienUitkomstOverleg", Tekst: functie.Tekst{Titel: "De afspraken zijn gelezen", Uitleg: "Wie dat was en waarom, staat bij ‘Wie keek?’."}},
	Staten: []functie.Staat{
		{Naam: Concept, Tekst: web.Vertaalbaar("Concept"), Soort: "wacht"},
		{Naam: Vastgesteld, Tekst: web.Vertaalbaar("Vastgesteld"), Soort: "info"},
		{Naam: Beschikbaar, Tekst: web.Vertaalbaar("Beschikbaar"), Soort: "ok"},
		{Naam: Ingetrokken, Tekst: web.Vertaalbaar("Ingetrokken"), Soort: "fout", Einde: true},
	},
	Daden: []functie.Handeling[Uitkomst]{
		functie.Doe(functie.Handeling[Uitkomst]{
			Naam: "wijzigen", Titel: web.Vertaalbaar("Wijzig"), Van: []string{Concept, Vastgesteld}, Naar: Concept, Gedaan: web.Vertaalbaar("De uitkomst is gewijzigd. Stel haar nog vast."),
			Uitleg: web.Vertaalbaar("Nog niemand buiten uw organisatie leest dit."),
		}, wijzig),
		functie.Doe[Uitkomst, functie.Niets](functie.Handeling[Uitkomst]{
			Naam: "vaststellen", Titel: web.Vertaalbaar("Stel vast"), Van: []string{Concept}, Naar: Vastgesteld, Gedaan: web.Vertaalbaar("De uitkomst is vastgesteld. Stel haar nu beschikbaar."),
			Uitleg: web.Vertaalbaar("U zegt hiermee dat dit is wat in het overleg is afgesproken. Daarna kunt u het beschikbaar stellen."),
		}, func(d *functie.Daad[Uitkomst], _ *functie.Niets) error { return isKlaar(d.V.Waarde) }),
		functie.Doe[Uitkomst, functie.Niets](functie.Handeling[Uitkomst]{
			Naam: "beschikbaarstellen", Titel: web.Vertaalbaar("Stel beschikbaar"), Van: []string{Vastgesteld}, Naar: Beschikbaar, Aan: functie.AanPartijen,
			Gedaan: web.Vertaalbaar("De uitkomst is beschikbaar. Wie iets moet doen, vindt haar in het postvak. Het gezin leest haar in het portaal."),
			Uitleg: web.Vertaalbaar("Hierna lezen de organisaties die meededen of iets moeten doen de uitkomst bij u. Het gezin leest wat u in gewone taal schreef, en wat u vraagt."),
			Gebeurtenis: functie.Gebeurtenis{Type: cloudevent.UitkomstBeschikbaar, Activiteit: "BeschikbaarStellenUitkomstOverleg", Maakt: true,
				Tekst: functie.Tekst{Titel: "Er zijn afspraken gemaakt", Uitleg: "{bron} schreef op wat in een overleg is afgesproken. U leest het bij ‘Wat organisaties zelf vertellen’."}},
		}, func(d *functie.Daad[Uitkomst], _ *functie.Niets) error {
			d.V.Waarde.BeschikbaarGesteldOp = d.Nu.UTC().Truncate(time.Second)
			return nil
		}),
		functie.Doe(functie.Handeling[Uitkomst]{
			Naam: "herzien", Titel: web.Vertaalbaar("Wijzig"), Van: []string{Beschikbaar}, Aan: functie.AanLezers,
			Gedaan: web.Vertaalbaar("De uitkomst is gewijzigd. Iedereen die haar las, krijgt bericht."),
			Uitleg: web.Vertaalbaar("De oude versie blijft bewaard. Elke organisatie die de uitkomst las, krijgt de vraag om de wijziging te verwerken."),
			Gebeurtenis: functie.Gebeurtenis{Type: cloudevent.UitkomstGewijzigd, Activiteit: "WijzigenUitkomstOverleg",
				Tekst: functie.Tekst{Titel: "De afspraken zijn gewijzigd", Uitleg: "{bron} paste aan wat is afgesproken. Wat nu geldt, leest u bij ‘Wat organisaties zelf vertellen’."}},
		}, herzie),
		functie.Doe(functie.Handeling[Uitkomst]{
			Naam: "intrekken", Titel: web.Vertaalbaar("Trek in"), Van: []string{Vastgesteld, Beschikbaar}, Naar: Ingetrokken, Aan: functie.AanLezers,
			Gedaan: web.Vertaalbaar("De uitkomst is ingetrokken. Iedereen die haar las, krijgt bericht."),
			Uitleg: web.Vertaalbaar("De uitkomst geldt dan niet meer. U kunt dat niet terugdraaien. Elke organisatie die haar las, krijgt bericht."),
			Gebeurtenis: functie.Gebeurtenis{Type: cloudevent.UitkomstIngetrokken, Activiteit: "IntrekkenUitkomstOverleg",
				Tekst: functie.Tekst{Titel: "De afspraken gelden niet meer", Uitleg: "{bron} trok in wat in een overleg was afgesproken."}},
		}, func(d *functie.Daad[Uitkomst], r *Reden) error {
			d.V.Waarde.Reden = r.Reden
			return nil
		}),
	},
	Zoekpad:   "/v1/uitkomsten-overleg/query",
	Lezen:     functie.Leesopdracht{Nieuw: "uitkomst", Anders: "uitkomst-gewijzigd", TitelNieuw: web.Vertaalbaar("Afspraken uit een overleg"), TitelAnders: web.Vertaalbaar("Afspraken die u las, zijn gewijzigd")},
	Partij:    func(u *Uitkomst, oin begrip.OIN) { u.Casusoverleg.Deelnemers = []Deelname{{Organisatie: oin}} },
	Leesbaar:  Beschikbaar,
	Bladen:    functie.Bladen[Uitkomst]{Pad: "/uitkomsten", Icoon: "clipboard-list", Kop: kop, Lees: leesbaar, Keuzes: keuzes, Leeg: nieuw},
	Voorbeeld: voorbeeld,
}

// Bouw makes the functie, for the wiring of a node.
func Bouw(o *functie.Omgeving) functie.Functie {
	f := functie.Functie{Naam: "uitkomst", Titel: "Uitwisselen Uitkomst Overleg", Talen: talen, Beleid: map[string]string{"uitkomst/beleid.rego": beleid}}
	soort.Voeg(&f, o)
	return f
}

// Herziening is the whole of it as it is to be, with the reason.
type Herziening struct {
	Uitkomst
	Reden string `json:"redenWijziging" maxLength:"2000" doc:"Waarom dit is gewijzigd: wie het las en het gezin lezen dit" vraag:"Waarom wijzigt u dit?" hint:"Wie de uitkomst las, en het gezin, lezen dit." invoer:"lang"`
}

// Geheel gives what is to be.
func (h *Herziening) Geheel() *Uitkomst { return &h.Uitkomst }

// Controleer wants a reason.
func (h *Herziening) Controleer(c *begrip.Controle, _ time.Time) {
	c.Eis(gevuld(h.Reden), "redenWijziging", "Vul in waarom u dit wijzigt.")
}

func wijzig(d *functie.Daad[Uitkomst], in *Uitkomst) error {
	oud := d.V.Waarde
	in.BeschikbaarGesteldOp, in.Reden = oud.BeschikbaarGesteldOp, oud.Reden
	*oud = *in
	return nil
}

func herzie(d *functie.Daad[Uitkomst], in *Herziening) error {
	nieuw := in.Uitkomst
	if err := wijzig(d, &nieuw); err != nil {
		return err
	}
	d.V.Waarde.Reden = in.Reden
	return isKlaar(d.V.Waarde)
}

// hernoem follows the persons when they get their names.
func hernoem(u *Uitkomst, nieuw func(string) string) {
	namen := func(oud []string) (uit []string) {
		for _, id := range oud {
			if n := nieuw(id); n != "" {
				uit = append(uit, n)
			}
		}
		return uit
	}
	for i := range u.Zaak.HeeftActie {
		u.Zaak.HeeftActie[i].Over = namen(u.Zaak.HeeftActie[i].Over)
	}
	for i := range u.Gehoord {
		u.Gehoord[i].Wie = nieuw(u.Gehoord[i].Wie)
	}
}

// aanTafel are the organisations that took part in the overleg.
func (u *Uitkomst) aanTafel() (uit []begrip.OIN) {
	for _, d := range u.Casusoverleg.Deelnemers {
		uit = append(uit, d.Organisatie)
	}
	return uit
}

func teksten(os []begrip.OIN) []any {
	uit := make([]any, 0, len(os))
	for _, o := range os {
		uit = append(uit, string(o))
	}
	return uit
}

func knoop(o *functie.Omgeving, v functie.Versie[Uitkomst], n *prov.Node) {
	n.Set("soh:beschikbaarGesteldOp", v.Waarde.BeschikbaarGesteldOp.UTC().Format(time.RFC3339)).Set("soh:inzageUrl", o.Adres("/v1/uitkomsten-overleg", v.ID))
}
