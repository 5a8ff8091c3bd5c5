package aanval

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/prov"
)

// verteld is what a self-made event tells, and how a test makes it otherwise.
type verteld struct {
	typ, record, subject string // subject: the record, unless it hides behind another
	handelt              string // who acted: the sender
	aan                  string // who is asked to take it up
	naam                 string // of who acted
	afgeschermd          bool   // says that the family may not know of the source
	op                   time.Time
	wie                  begrip.BSN
}

// vertel makes an event of o in the form of every schema.
func (o *partij) vertel(v verteld) cloudevent.Event {
	act := "urn:soh:activiteit:" + uuid.NewString()
	if v.op.IsZero() {
		v.op = time.Now().UTC()
	}
	if v.handelt == "" {
		v.handelt = o.OIN.URN()
	}
	if v.subject == "" {
		v.subject = v.record
	}
	var g prov.Graph
	e := g.Node(v.record, prov.Entity, "soh:Melding", "soh:Verrijkingsverzoek", "soh:Verrijking", "soh:UitkomstOverleg", "soh:Wegwijzer", "soh:Verwerkingenlog").
		Set("soh:identifier", v.record).Set("soh:inhoud", "{}").Ref("prov:wasGeneratedBy", act)
	if v.aan != "" {
		e.Ref(soorten.AangebodenAan, v.aan)
	}
	if v.afgeschermd {
		e.Set("soh:bronAfgeschermd", "true")
	}
	if !v.wie.IsZero() {
		e.Ref("soh:heeftBetrokkene", "urn:soh:betrokkene:"+act[len(act)-36:])
		g.Node("urn:soh:betrokkene:"+act[len(act)-36:], prov.Betrokkene).Set(prov.Burgerservicenummer, v.wie.Leesbaar())
	}
	g.Node(act, prov.Activity, "soh:RegistrerenMelding", "soh:InzienMelding", "soh:VragenBekendheid", "soh:VerstrekkenBekendheid", "soh:WeigerenBekendheid",
		"soh:BeschikbaarStellenVerrijking").Set("soh:tijdstip", v.op.Format(time.RFC3339)).Ref("prov:used", v.record).Ref("prov:wasAssociatedWith", v.handelt)
	a := g.Node(v.handelt, prov.Agent, "soh:Organisatie")
	if v.naam != "" {
		a.Set("soh:naam", v.naam)
	}
	return cloudevent.Event{ID: uuid.NewString(), Source: o.OIN.Systeem("aanval"), Type: v.typ, Time: time.Now().UTC(), Subject: v.subject,
		DataContentType: cloudevent.TypeLD, DataSchema: cloudevent.SchemaProv, Data: g.JSONLD()}
}

// telt offers events together and tells whether the last of them came to count; of
// more than one as a batch.
func (p *partij) telt(t *testing.T, evs ...cloudevent.Event) bool {
	t.Helper()
	var a antwoord
	if len(evs) == 1 {
		a = p.zeg(t, evs[0])
	} else {
		a = p.vraag(t, "POST", p.Hub+"/v1/events", cloudevent.AppendBatch(nil, evs), "Content-Type", cloudevent.TypeBatch)
	}
	if a.Status == http.StatusForbidden || a.Status == http.StatusBadRequest {
		return false
	}
	type een struct{ InteractieID string }
	var in struct {
		een
		Interacties []een
	}
	a.wil(t, http.StatusAccepted).lees(t, &in)
	id := in.InteractieID
	if len(evs) > 1 {
		id = in.Interacties[len(evs)-1].InteractieID
	}
	var s struct{ Status string }
	for tot := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		b := p.vraag(t, "GET", p.Hub+"/v1/status/"+id, nil)
		if b.Status != http.StatusOK || json.Unmarshal([]byte(b.Body), &s) != nil {
			t.Fatalf("status: %d %s", b.Status, b.Body)
		}
		if s.Status == "OK" || s.Status == "ERROR" {
			return s.Status == "OK"
		}
		if time.Now().After(tot) {
			t.Fatalf("still %s", s.Status)
		}
	}
}

func recordNaam() string { return "urn:soh:melding:" + uuid.NewString() }

// leden gives every member of the demo with a node, the hub, the portal, and one
// that joined a moment ago.
func (n *netwerk) leden(t *testing.T) (uit []*partij) {
	t.Helper()
	for _, d := range n.Lijst().Deelnemers {
		uit = append(uit, n.lid(t, d.Kort))
	}
	return append(uit, n.lid(t, "hub"), n.lid(t, "portaal"), n.nieuw(t, begrip.School, nil))
}

// TestElkeSoortGebeurtenisSpreektVoorZijnZender walks the declared kinds of event: every
// member makes one itself about its own record, about one of the police, and about
// one that the police offered to Veilig Thuis, alone and in a batch. It counts exactly
// when the agreement says so: the kind of organisation, the holder, who was asked.
func TestElkeSoortGebeurtenisSpreektVoorZijnZender(t *testing.T) {
	n := deNetwerk(t)
	regels, politie, vt := soorten.Begin(), n.lid(t, "politie"), n.lid(t, "veilig-thuis")
	leden, gezien := n.leden(t), map[bool]int{}
	for _, s := range regels.Soorten() {
		typ, over := s.Type, regels.Over([]byte(s.Type))
		los, gevraagd := recordNaam(), recordNaam()
		for record, aan := range map[string]string{los: "", gevraagd: vt.OIN.URN()} {
			if !politie.telt(t, politie.vertel(verteld{typ: cloudevent.MeldingGeregistreerd, record: record, aan: aan})) {
				t.Fatal("the police may not register")
			}
		}
		if over == soorten.Zichzelf { // the name of the log of the police
			los = "urn:soh:verwerkingenlog:" + string(politie.OIN)
			gevraagd = los
		}
		for _, o := range leden {
			soort := regels.MagZeggen(typ, o.Soort) && over != soorten.Ieder && !cloudevent.IsResultaat(typ)
			politieZelf, alsPartij := o.OIN == politie.OIN, over == soorten.Partij
			gevallen := []struct {
				naam, record, subject string
				mag                   bool
			}{
				{"its own record", recordNaam(), "", soort && over != soorten.Zichzelf},
				{"a record of the police", los, "", soort && (politieZelf || alsPartij && regels.MagAlsPartij(typ, o.Soort))},
				{"what the police offered to Veilig Thuis", gevraagd, "", soort && (politieZelf || alsPartij && o.OIN == vt.OIN)},
				{"that, under a subject of its own", gevraagd, recordNaam(), soort && (politieZelf && over != soorten.Zichzelf || alsPartij && o.OIN == vt.OIN)},
			}
			for _, g := range gevallen {
				if over == soorten.Zichzelf && politieZelf {
					continue // a made-up anchor of the police would be taken for a restored backup
				}
				for _, samen := range []bool{false, true} {
					evs := []cloudevent.Event{o.vertel(verteld{typ: typ, record: g.record, subject: g.subject})}
					if samen {
						evs = append([]cloudevent.Event{o.vertel(verteld{typ: cloudevent.MeldingGeregistreerd, record: recordNaam()})}, evs...)
					}
					mag := g.mag && (!samen || regels.MagZeggen(cloudevent.MeldingGeregistreerd, o.Soort))
					gezien[mag]++
					if got := o.telt(t, evs...); got != mag {
						t.Errorf("%s by %s about %s (batch %v): counts %v", typ, o.Naam, g.naam, samen, got)
					}
				}
			}
		}
	}
	if gezien[true] < 200 || gezien[false] < 1000 {
		t.Errorf("only %v were tried", gezien)
	}
}

// blikken are the kinds of event by which a source tells what another did.
var blikken = []string{cloudevent.MeldingIngezien, cloudevent.VerrijkingIngezien, cloudevent.BekendheidsverzoekIngezien, cloudevent.UitkomstIngezien,
	cloudevent.SamenwerkingBegonnen, cloudevent.SamenwerkingGestopt, cloudevent.NoodtoegangGebruikt}

// TestNiemandVerteltWatEenAnderDeed: an Agent that is another's counts in no kind of
// event but a look, and there only told by the source that was looked at; also
// when it withholds the source.
func TestNiemandVerteltWatEenAnderDeed(t *testing.T) {
	n := deNetwerk(t)
	regels, politie, vt := soorten.Begin(), n.lid(t, "politie"), n.lid(t, "veilig-thuis")
	school := n.nieuw(t, begrip.School, nil)
	vanPolitie := recordNaam()
	if !politie.telt(t, politie.vertel(verteld{typ: cloudevent.MeldingGeregistreerd, record: vanPolitie})) {
		t.Fatal("not registered")
	}
	for _, s := range regels.Soorten() {
		typ := s.Type
		if over := regels.Over([]byte(typ)); over == soorten.Ieder || over == soorten.Zichzelf || cloudevent.IsResultaat(typ) {
			continue
		}
		blik := slices.Contains(blikken, typ)
		for _, o := range []*partij{school, politie} {
			for _, ander := range []string{vt.OIN.URN(), vt.OIN.Systeem("x"), n.lid(t, "hub").OIN.URN(), "urn:nld:oin:00000004999009990000"} {
				ev := verteld{typ: typ, record: recordNaam(), handelt: ander}
				if mag := blik || regels.MagZeggen(typ, o.Soort) && blik; o.telt(t, o.vertel(ev)) != mag {
					t.Errorf("%s of %s, done by %s: counts %v", typ, o.Naam, ander, !mag)
				}
			}
		}
		for _, v := range []verteld{{handelt: vt.OIN.URN()}, {handelt: politie.OIN.URN()}, {afgeschermd: true}, {handelt: vt.OIN.URN(), afgeschermd: true}, {aan: school.OIN.URN()}} {
			v.typ, v.record = typ, vanPolitie
			for _, subject := range []string{"", recordNaam()} {
				v.subject = subject
				// Of what nobody was asked to take up, a kind of organisation that may be
				// asked may speak; that makes it no party for another kind of event.
				mag := v.handelt == "" && regels.Over([]byte(typ)) == soorten.Partij && regels.MagAlsPartij(typ, school.Soort)
				if school.telt(t, school.vertel(v)) != mag {
					t.Errorf("%s by a school about a record of the police, %+v: counts %v", typ, v, !mag)
				}
			}
		}
	}
}

// TestEenGebeurtenisInEenAndereSpellingTeltNiet: source and moment of every member, in
// every spelling but its own, alone and in a batch.
func TestEenGebeurtenisInEenAndereSpellingTeltNiet(t *testing.T) {
	n := deNetwerk(t)
	politie := n.lid(t, "politie")
	for _, o := range n.leden(t) {
		eigen, anders := string(o.OIN), map[string]func(*cloudevent.Event){}
		vreemd := politie.OIN
		if o.OIN == vreemd {
			vreemd = n.lid(t, "veilig-thuis").OIN
		}
		for _, bron := range []string{
			"urn:nld:oin:" + string(vreemd), vreemd.Systeem("x"), "URN:NLD:OIN:" + eigen, "urn:nld:OIN:" + eigen, "urn:NLD:oin:" + eigen + ":systeem:x", "urn:nld:oin:" + eigen + ":",
			"urn:nld:oin:" + eigen + "/", "urn:nld:oin:" + eigen + "#x", "urn:nld:oin:" + eigen + "?=x", "urn:nld:oin:" + eigen + " ", "urn:nld:oin:0" + eigen, "urn:nld:oin:" + eigen + "0", "urn:nld:oin:" + eigen[1:],
			"urn:nld:oin:" + eigen + ":systeem:", "urn:nld:oin:" + eigen + ":Systeem:x", "urn:nld:oin%3a" + eigen, "urn:nld:oin:%30" + eigen[1:], "urn:nld:kvknr:" + eigen[len(eigen)-8:], "urn:nld:bsn:999999990",
			"urn:nld:rsin:" + eigen[8:17], "urn:oin:" + eigen, "urn:uuid:" + uuid.NewString(), "https://" + eigen + ".example", "/oin/" + string(vreemd) + "/systeem/x", eigen, "x", "",
		} {
			anders["source "+bron] = func(ev *cloudevent.Event) { ev.Source = bron }
		}
		for _, jaar := range []int{1900, 1999, 2099, 9999} {
			op := time.Date(jaar, 1, 1, 0, 0, 0, 0, time.UTC)
			anders[fmt.Sprint("time ", jaar)] = func(ev *cloudevent.Event) { ev.Time = op }
			anders[fmt.Sprint("tijdstip ", jaar)] = func(ev *cloudevent.Event) {
				ev.Data = o.vertel(verteld{typ: ev.Type, record: ev.Subject, op: op}).Data
			}
		}
		goed := func() cloudevent.Event {
			return o.vertel(verteld{typ: cloudevent.MeldingGeregistreerd, record: recordNaam()})
		}
		mag := soorten.Begin().MagZeggen(cloudevent.MeldingGeregistreerd, o.Soort)
		if o.telt(t, goed()) != mag || o.telt(t, goed(), goed()) != mag {
			t.Errorf("%s: a good event counts %v", o.Naam, !mag)
		}
		for naam, doe := range anders {
			ev := goed()
			if doe(&ev); o.telt(t, ev) {
				t.Errorf("%s, %s: counts", o.Naam, naam)
			}
			ev.ID = uuid.NewString()
			if o.telt(t, goed(), ev) {
				t.Errorf("%s, %s: counts in a batch", o.Naam, naam)
			}
		}
	}
}

// TestEenTelefoonnummerIsGeenNaam: whatever an organisation calls itself in its events,
// timelines name it as the register does.
func TestEenTelefoonnummerIsGeenNaam(t *testing.T) {
	n := deNetwerk(t)
	vt, school := n.lid(t, "veilig-thuis"), n.nieuw(t, begrip.School, nil)
	for _, naam := range []string{"Bel 06 12345678", "0612345678", "Veilig Thuis Voorbeeldstad"} {
		wie := bsn()
		if !school.telt(t, school.vertel(verteld{typ: cloudevent.MeldingGeregistreerd, record: recordNaam(), aan: vt.OIN.URN(), naam: naam, wie: wie})) {
			t.Fatal("not registered")
		}
		var in struct{ InteractieID string }
		vt.vraag(t, "POST", vt.Hub+"/v1/tijdlijnen/query", overBSN(wie), vt.als(t, vt.HubOIN, beoordeelt)...).wil(t, http.StatusAccepted).lees(t, &in)
		wacht(t, func() string {
			a := vt.vraag(t, "GET", vt.Hub+"/v1/resultaten/"+in.InteractieID, nil)
			if a.Status == http.StatusConflict {
				return "niet klaar"
			}
			if strings.Contains(a.Body, naam) || !strings.Contains(a.Body, school.Naam) {
				t.Errorf("%q: the timeline says %d %s", naam, a.Status, a.Body)
			}
			return ""
		})
		n.nergensIn(t, naam[len(naam)-8:])
	}
}
