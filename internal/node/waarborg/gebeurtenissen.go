package waarborg

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// The events of safeguards: only what others must know. Who consented, who has
// gezag and what is withheld stay at home.
const (
	typeVerbandBegonnen = cloudevent.SamenwerkingBegonnen
	typeVerbandGestopt  = cloudevent.SamenwerkingGestopt
	typeToestemming     = cloudevent.ToestemmingGegeven
	typeIngetrokken     = cloudevent.ToestemmingIngetrokken
	typeNood            = cloudevent.NoodtoegangGebruikt
)

// graaf tells that something was done with a safeguard, by whom and about whom;
// never what it says.
func (w *Waarborgen) graaf(s Soort, g Gegeven, type_ string) prov.Graph {
	var gr prov.Graph
	k := g.kop()
	urn, act := "urn:soh:"+s.Naam+":"+k.ID, "urn:soh:activiteit:"+uuid.Must(uuid.NewV7()).String()
	e := gr.Node(urn, prov.Entity, "soh:"+kameel(s.Naam)).Set("soh:identifier", urn)
	if k.Zaak != "" {
		e.Ref("soh:zaak", k.Zaak)
	}
	wie, naam := w.cfg.Organisatie.OIN, w.cfg.Organisatie.Naam
	if n, ok := g.(*Noodtoegang); ok {
		wie, naam = n.Organisatie, ""
	}
	a := gr.Node(act, prov.Activity, "soh:"+kameel(cloudevent.Gebeurtenis(type_))).Set("soh:identifier", act).
		Set("soh:tijdstip", w.nu().UTC().Format(time.RFC3339)).Ref("prov:wasAssociatedWith", wie.URN())
	if type_ == s.Begin {
		e.Ref("prov:wasGeneratedBy", act)
	} else {
		a.Ref("prov:used", urn)
	}
	o := gr.Node(wie.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", wie.URN())
	if naam != "" {
		o.Set("soh:naam", naam)
	}
	if z, ok := g.(*Zaakverband); ok { // who takes part must know, so the event names them
		for _, d := range z.Deelnemers {
			gr.Node(d.Organisatie.URN(), prov.Agent, "soh:Organisatie").Set("soh:identifier", d.Organisatie.URN())
			a.Ref("prov:wasAssociatedWith", d.Organisatie.URN())
		}
	}
	for _, b := range overWie(g) {
		if b.IsZero() {
			continue
		}
		id := "urn:soh:betrokkene:" + uuid.Must(uuid.NewV7()).String()
		e.Ref("soh:heeftBetrokkene", id)
		gr.Node(id, "soh:Betrokkene").Set("soh:burgerservicenummer", b.Leesbaar())
	}
	return gr
}

// overWie is about whom the event is: not who gave or may see something.
func overWie(g Gegeven) []begrip.BSN {
	if t, ok := g.(*Toestemming); ok {
		return []begrip.BSN{t.Over.Burgerservicenummer.BSN}
	}
	return g.personen()
}

// kameel writes toestemming-gegeven as ToestemmingGegeven, a name for a type.
func kameel(s string) string {
	var uit strings.Builder
	for deel := range strings.SplitSeq(s, "-") {
		if deel != "" {
			uit.WriteString(strings.ToUpper(deel[:1]) + deel[1:])
		}
	}
	return uit.String()
}
