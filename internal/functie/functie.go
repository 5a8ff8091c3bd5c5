// Package functie says what a samenwerkfunctie is: a folder that declares its
// records, requests, policy, API, pages and texts, and leaves the work to the
// three patterns (Gebeurtenis, Inzage, Opdracht). It owns the declaration and
// the surroundings a functie gets; each functie itself is a folder below it.
//
// It promises that a functie can be read in one sitting and that a node wires
// it from this one value, nothing else.
package functie

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

// API is where a functie adds its operations.
type API = huma.API

// Omgeving is what a node gives a functie to work with. One value per node,
// shared by its functies; its fields do not change after node.Open.
type Omgeving struct {
	Organisatie begrip.Organisatie
	Systeem     string // source of this node's events, urn:nld:oin:<oin>:systeem:<naam>
	Dossier     *dossier.Store
	Waarborgen  *waarborg.Waarborgen
	Signalen    *signaal.Wachter
	Inzage      *inzage.Inzage
	Opdrachten  *opdracht.Opdrachten
	Deelnemers  func() []Deelnemer // the register as last heard from the hub
	Log         *slog.Logger
	Wek         func() // call after a commit that wrote to the outbox
	// Zoek asks the Ketenindex on the words of l where records about somebody are, at the
	// query of their kind; heel is false when there is more. Nil: there is no Ketenindex.
	Zoek func(ctx context.Context, l toegang.Lezer, pad, entity string, over begrip.BSN) (uit []Vindplaats, heel bool, err error)
	Klok func() time.Time // nil: time.Now
}

// Vindplaats is where a record is, as the Ketenindex knows it.
type Vindplaats struct {
	Bron     begrip.OIN
	ID, Zaak string
	Op       time.Time
}

// Nu is the moment by the clock of the node.
func (o *Omgeving) Nu() time.Time {
	if o.Klok == nil {
		return time.Now()
	}
	return o.Klok()
}

// Adres is where a record of ours is served, as others use it.
func (o *Omgeving) Adres(pad, id string) string {
	d, _ := o.Deelnemer(o.Organisatie.OIN)
	return inzage.Basis(d.API) + pad + "/" + id
}

// NaamVan names an organisation; one that left has no name any more.
func (o *Omgeving) NaamVan(oin begrip.OIN) string {
	if d, ok := o.Deelnemer(oin); ok {
		return d.Naam
	}
	return "Een organisatie die niet meer meedoet"
}

// Deelnemer is a party in the register of the hub.
type Deelnemer struct {
	begrip.Organisatie
	API string `json:"api"` // https base of its node; empty when it has none
}

// Functie is one samenwerkfunctie as a node wires it.
type Functie struct {
	Naam, Titel string
	Beleid      map[string]string // file name → Rego
	Soorten     []inzage.Soort
	Opdrachten  []opdracht.Soort
	// Opent tells, per kind of Opdracht, whether this professional may open one: what
	// the Postvak leads to. It asks the policy and looks at nothing.
	Opent    map[string]func(ctx context.Context, s toegang.Sessie, o opdracht.Opdracht) bool
	API      func(huma.API)    // operations beside the Inzage of its Soorten; may be nil
	Werkplek func(w *web.Werk) // registers its pages; may be nil
	Teksten  map[string]Tekst  // event type → what the family reads in the timeline
	// Talen holds its catalogues (talen/en.json), with what the family reads; may be nil.
	Talen fs.FS
}

// Tekst is how the family reads one type of event, in Dutch B1. {bron} stands
// for the name of the organisation that the event is from.
type Tekst struct {
	Titel  string // what happened, a short sentence
	Uitleg string // what it means for you; may be empty
	// Afgeleid: it tells of a record of its sender that rests on the one it is about.
	// Who may not know of that record, does not hear of this.
	Afgeleid bool
}

// Deelnemer gives the registered party with this OIN.
func (o *Omgeving) Deelnemer(oin begrip.OIN) (Deelnemer, bool) {
	for _, d := range o.Deelnemers() {
		if d.OIN == oin {
			return d, true
		}
	}
	return Deelnemer{}, false
}

// VanSoort gives the registered parties of a kind, in the register's order.
func (o *Omgeving) VanSoort(soort begrip.OrganisatieSoort) []Deelnemer {
	var uit []Deelnemer
	for _, d := range o.Deelnemers() {
		if d.Soort == soort {
			uit = append(uit, d)
		}
	}
	return uit
}

// Catalogi gives the catalogues of functies.
func Catalogi(fs_ []Functie) (uit []fs.FS) {
	for _, f := range fs_ {
		if f.Talen != nil {
			uit = append(uit, f.Talen)
		}
	}
	return uit
}

// Bouw makes a functie for a node. Wiring lists the ones a deelnemer enabled.
type Bouw func(o *Omgeving) Functie

// AlleenEigen is nil when the request in ctx comes from a system of this node's
// own organisation, by the OIN of its certificate; else NietAangemeld or Verboden.
func (o *Omgeving) AlleenEigen(ctx context.Context) error {
	beller, err := toegang.Beller(rest.Verzoek(ctx))
	if err == nil && beller != o.Organisatie.OIN {
		err = begrip.NieuweFout(begrip.Verboden, "Dit kan alleen een systeem van %s.", o.Organisatie.Naam)
	}
	return err
}
