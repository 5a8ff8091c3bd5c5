package waarborg

import (
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

// Kop is what every safeguard has, whatever its kind.
type Kop struct {
	ID     string     `json:"id,omitempty" readOnly:"true"`
	URL    string     `json:"url,omitempty" readOnly:"true"`
	Zaak   string     `json:"zaak,omitempty" required:"false" maxLength:"100" doc:"Zaak waarin dit geldt; zonder waarde in elke zaak van deze personen"`
	Vanaf  time.Time  `json:"vanaf,omitzero" required:"false" doc:"Geldt vanaf dit moment; zonder waarde: nu"`
	Tot    *time.Time `json:"tot,omitempty" required:"false" doc:"Geldt tot dit moment, dat zelf niet meer meetelt"`
	Bron   string     `json:"bron,omitempty" required:"false" maxLength:"200" doc:"Waar dit feit vandaan komt"`
	Door   string     `json:"door,omitempty" readOnly:"true" doc:"Wie dit vastlegde"`
	Op     time.Time  `json:"op,omitzero" readOnly:"true" doc:"Wanneer dit is vastgelegd"`
	Einde  *Einde     `json:"einde,omitempty" readOnly:"true" doc:"Eerder gestopt dan tot"`
	Versie int        `json:"versie,omitempty" readOnly:"true"`
}

// Einde is why and when a safeguard stopped before its time.
type Einde struct {
	Op    time.Time `json:"op"`
	Door  string    `json:"door"`
	Reden string    `json:"reden"`
}

// Gegeven is the content of one kind of safeguard; the kinds embed Kop.
type Gegeven interface {
	kop() *Kop
	personen() []begrip.BSN // about whom it is
	controleer(c *begrip.Controle, nu time.Time)
}

func (k *Kop) kop() *Kop { return k }

// Geldt tells whether the fact holds at nu.
func (k *Kop) Geldt(nu time.Time) bool {
	return !nu.Before(k.Vanaf) && (k.Tot == nil || nu.Before(*k.Tot)) && (k.Einde == nil || nu.Before(k.Einde.Op))
}

// tot gives the end, zero when there is none.
func (k *Kop) tot() time.Time {
	var t time.Time
	if k.Tot != nil {
		t = *k.Tot
	}
	if k.Einde != nil && (t.IsZero() || k.Einde.Op.Before(t)) {
		t = k.Einde.Op
	}
	return t
}

func (k *Kop) controleer(c *begrip.Controle, nu time.Time) {
	c.Eis(k.Zaak == "" || strings.HasPrefix(k.Zaak, "urn:soh:zaak:"), "zaak", "Een zaak begint met urn:soh:zaak:.")
	c.Eis(k.Tot == nil || k.Tot.After(k.Vanaf), "tot", "Het einde komt na het begin.")
	c.Eis(k.Tot == nil || k.Tot.After(nu), "tot", "Kies een einde in de toekomst.")
}

// eisTot demands an end, at most jaren away: what is given for good is forgotten.
func (k *Kop) eisTot(c *begrip.Controle, jaren int) {
	if k.Tot == nil {
		c.Eis(false, "tot", "Vul in tot wanneer dit geldt.")
		return
	}
	c.Eis(!k.Tot.After(k.Vanaf.AddDate(jaren, 0, 0)), "tot", "Kies een einde binnen %d jaar. Daarna kunt u het opnieuw vastleggen.", jaren)
}

func (k *Kop) eisZaak(c *begrip.Controle) { c.Eis(k.Zaak != "", "zaak", "Vul de zaak in.") }

func (k *Kop) eisBron(c *begrip.Controle) {
	c.Eis(gevuld(k.Bron), "bron", "Vul in waar u dit van weet.")
}

// Persoon is someone a safeguard is about.
type Persoon struct {
	Burgerservicenummer begrip.InhoudBSN     `json:"burgerservicenummer"`
	Geboortedatum       begrip.Geboortedatum `json:"geboortedatum,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" required:"false" doc:"Nodig als de leeftijd meetelt; nullen voor wat niet bekend is"`
	Roepnaam            string               `json:"roepnaam,omitempty" required:"false" maxLength:"100" doc:"Zoals het gezin deze persoon noemt"`
}

func (p Persoon) controleer(c *begrip.Controle, veld string, nu time.Time) {
	eisBSN(c, veld+".burgerservicenummer", p.Burgerservicenummer)
	g := p.Geboortedatum
	c.Eis(g == "" || g.Geldig() && g.Vroegst() <= begrip.Dag(nu), veld+".geboortedatum", begrip.GeboortedatumBericht)
}

// geboren gives the date of birth; zero when it is unknown.
func (p Persoon) geboren() time.Time {
	t, _ := p.Geboortedatum.Volledig()
	return t
}

func eisBSN(c *begrip.Controle, veld string, b begrip.InhoudBSN) {
	c.Eis(!b.IsZero() && !b.Ongeldig(), veld, "Vul een geldig burgerservicenummer in.")
}

func eisOIN(c *begrip.Controle, veld string, o begrip.OIN) {
	_, err := begrip.ParseOIN(string(o))
	c.Eis(err == nil, veld, "Een OIN heeft 20 tekens en begint met een voorvoegsel van 8 cijfers.")
}

func gevuld(s string) bool { return strings.TrimSpace(s) != "" }

// minReden is how long a reason at least is: a word is no reason.
const minReden = 10

func eisReden(c *begrip.Controle, veld, reden string) {
	c.Eis(len([]rune(strings.TrimSpace(reden))) >= minReden, veld, "Schrijf de reden op, in een paar woorden.")
}

// Leeftijd gives the full years between birth and nu; -1 when birth is unknown.
// Who is born on 29 February has a birthday on 1 March (BW 1:2 counts days).
func Leeftijd(geboren, nu time.Time) int {
	if geboren.IsZero() {
		return -1
	}
	gj, gm, gd := geboren.Date()
	j, m, d := nu.In(begrip.Zone).Date()
	n := j - gj
	if m < gm || m == gm && d < gd {
		n--
	}
	return n
}
