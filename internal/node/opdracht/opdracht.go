package opdracht

import (
	"context"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/prov"
)

// Staat is where an Opdracht stands.
type Staat string

// The states. Geweigerd, Uitgevoerd, Mislukt and Ingetrokken are final.
const (
	Aangeboden   Staat = "aangeboden"
	Geaccepteerd Staat = "geaccepteerd"
	Geweigerd    Staat = "geweigerd"
	InUitvoering Staat = "in-uitvoering"
	Uitgevoerd   Staat = "uitgevoerd"
	Mislukt      Staat = "mislukt"
	Ingetrokken  Staat = "ingetrokken"
)

// Richting tells on which side this node's copy stands.
const (
	In  = "in"  // this node is the opdrachtnemer
	Uit = "uit" // this node is the opdrachtgever
)

// rang orders the steps of the opdrachtnemer: it only goes forward.
var rang = map[Staat]int{Aangeboden: 0, Geaccepteerd: 1, InUitvoering: 2, Geweigerd: 3, Uitgevoerd: 3, Mislukt: 3}

// Eind tells whether nothing follows on this state.
func (s Staat) Eind() bool { return s == Ingetrokken || rang[s] == 3 }

// Naam gives the state in words for a page.
func (s Staat) Naam() string {
	if s == InUitvoering {
		return "in uitvoering"
	}
	return string(s)
}

// Opdracht is a request of one deelnemer to another, as one side holds it.
// It refers to content and never holds any, nor a BSN.
type Opdracht struct {
	ID           string      `json:"id" format:"uuid"` // bare uuid, the same on both sides
	Soort        string      `json:"soort"`
	Zaak         string      `json:"zaak,omitempty"`
	Van          begrip.OIN  `json:"van"`
	Aan          begrip.OIN  `json:"aan"`
	Onderwerp    Verwijzing  `json:"onderwerp"`
	Vrager       Vrager      `json:"vrager"`
	Personen     int         `json:"personen"` // about how many, as the asker says
	Staat        Staat       `json:"staat"`
	Reden        string      `json:"reden,omitempty"`
	Resultaat    string      `json:"resultaat,omitempty"` // code of the outcome, such as "bekend"
	Antwoord     *Verwijzing `json:"antwoord,omitempty"`
	AangebodenOp time.Time   `json:"aangebodenOp"`
	UiterlijkOp  *time.Time  `json:"uiterlijkOp,omitempty"`
	Stappen      []Stap      `json:"stappen"`
	Richting     string      `json:"richting"`
}

// URN gives urn:soh:opdracht:<uuid>, its name in the graph.
func (o Opdracht) URN() string { return "urn:soh:opdracht:" + o.ID }

// Verwijzing points to a record at its source.
type Verwijzing = begrip.Verwijzing

// Stap is one step in the life of an Opdracht.
type Stap struct {
	ID        string      `json:"id" format:"uuid"`
	Naar      Staat       `json:"naar"`
	Op        time.Time   `json:"op"`
	Door      string      `json:"door,omitempty"` // name of a person, or of a rule
	Reden     string      `json:"reden,omitempty"`
	Resultaat string      `json:"resultaat,omitempty"`
	Antwoord  *Verwijzing `json:"antwoord,omitempty"`
}

// Soort declares one kind of Opdracht. Naam, Titel and Regel are required.
type Soort struct {
	Naam, Titel string
	Regel       Regel // who may ask, and what must prove it
	// Volgende gives, per outcome (Resultaat) that names a next party, the kind of
	// Opdracht it makes. Such an outcome is recorded by RondAf only.
	Volgende map[string]string
	// Mag may refuse a step of this node (own rules beside the state machine).
	Mag func(o Opdracht, s Stap) error
	// Gebeurtenis gives the event of a step this node takes; offering counts
	// as the step to Aangeboden. ok false is no event.
	Gebeurtenis func(o Opdracht, s Stap) (type_ string, g prov.Graph, ok bool)
	// Ontvangen runs at the opdrachtnemer when one is admitted, in its transaction
	// and before o is stored. It leaves what was offered as it is; an error refuses
	// the arrival.
	Ontvangen func(ctx context.Context, tx *dossier.Tx, o *Opdracht) error
	// Automatisch runs at the opdrachtnemer once an Opdracht was admitted, and
	// again at each start while it is open: it must bear repetition. After
	// BronAntwoordtNiet, and what else may mend itself, it is called again later;
	// it does not wait itself. After any other error a person decides. Whom the
	// question turns out to be about must be Gedekt before a rule says anything.
	Automatisch func(ctx context.Context, o Opdracht) error
	// Bijgewerkt runs at a side when a step of the OTHER side arrives, in its
	// transaction: at the opdrachtgever each step of the opdrachtnemer, at the
	// opdrachtnemer a withdrawal. o is the state after the step.
	Bijgewerkt func(ctx context.Context, tx *dossier.Tx, o Opdracht, s Stap) error
}
