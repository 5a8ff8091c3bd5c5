package lezing_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/proeflast"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// kaartEvents are events as senders write them, in order and out of order.
func kaartEvents(t testing.TB) []cloudevent.Event {
	m := proeflast.Nieuw(hubtest.OrgPolitie, 50, 0, 1)
	lijst, err := cloudevent.ParseBatch(m.Lijst(nil, 50))
	if err != nil {
		t.Fatal(err)
	}
	paden, err := filepath.Glob("../../cloudevent/testdata/*.json")
	if err != nil || len(paden) < 14 {
		t.Fatalf("examples: %d, %v", len(paden), err)
	}
	for _, p := range paden {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := cloudevent.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		ev.Normaliseer()
		lijst = append(lijst, ev)
	}
	anders := func(f func(*cloudevent.Event)) {
		ev := lijst[0]
		ev.ID = uuid.NewString()
		f(&ev)
		lijst = append(lijst, ev)
	}
	data := func(oud, nieuw string) {
		anders(func(ev *cloudevent.Event) { ev.Data = bytes.ReplaceAll(ev.Data, []byte(oud), []byte(nieuw)) })
	}
	data("urn:soh:zaak:", `urn:soh:zaa\u006b:`)                                              // a term that is read in another way than it is written
	data(`"soh:naam":"`, `"soh:x":"\uf5a1;","soh:naam":"`)                                   // the mark of a token
	data(`"prov":"http`, `"p":"http://voorbeeld.nl/","prov":"http`)                          // another context
	data(`"soh:naam":"`, `"soh:bronAfgeschermd":true,"soh:naam":"`)                          // the source is shielded
	data(`"@type":["prov:Activity"`, `"@type":["prov:Agent"`)                                // no Activity
	data(`"prov:wasGeneratedBy"`, `"prov:used":{"@id":"urn:x:1"},"prov:wasGeneratedBy"`)     // something to remark
	data(`"prov:Agent","soh:Organisatie"],`, `"prov:Agent","soh:Organisatie"],"soh:x":"é",`) // more bytes than signs
	anders(func(ev *cloudevent.Event) { ev.Type = "nl.jzv.uitwisselen-melding.bestaat-niet" })
	anders(func(ev *cloudevent.Event) { ev.Subject = "" })
	anders(func(ev *cloudevent.Event) { ev.Subject = "urn:soh:\uf5a1=:x" })
	anders(func(ev *cloudevent.Event) {
		ev.Source, ev.Extensions = "https://elders.nl", map[string]string{"zaak": "x"}
	})
	lijst = append(lijst, hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, true), hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	return lijst
}

// frameVan gives the entry that LegVast would write of ev.
func frameVan(t testing.TB, h *hub.Hub, ev cloudevent.Event) kern.Frame {
	t.Helper()
	ids, entries, err := h.Inname.MaakEntries(t.Context(), hubtest.OrgPolitie.OIN, []cloudevent.Event{ev})
	if err != nil || len(ids) != 1 {
		t.Fatal(err)
	}
	f, err := kern.LeesFrame(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The projection must make the same of an event whether it goes by the kaart or
// reads the event: else a rebuild under other agreements would come out another.
func TestKaartZegtWatLezenZegt(t *testing.T) {
	h, stop := hubtest.ProefHub(t, t.TempDir())
	defer stop()
	regels, met := h.Regels.Load(), 0
	for i, ev := range kaartEvents(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			f := frameVan(t, h, ev)
			if len(f.Kaart) > 0 {
				met++
			}
			zonder := f
			zonder.Kaart = nil
			kort, lang := h.Lezing.Ontleed(regels, 7<<16, f.Bytes()), h.Lezing.Ontleed(regels, 7<<16, zonder.Bytes())
			for _, o := range []*lezing.Ontleding{&kort, &lang} {
				slices.SortFunc(o.Postings, func(a, b graph.Sleutel) int { return bytes.Compare(a[:], b[:]) })
			}
			if d := cmp.Diff(lang.Postings, kort.Postings); d != "" {
				t.Error(d)
			}
			if kort.SleutelID != lang.SleutelID || kort.SleutelActie != lang.SleutelActie || kort.ID != lang.ID || !reflect.DeepEqual(kort.Uit, lang.Uit) || kort.Leeg != lang.Leeg {
				t.Errorf("by the kaart %+v\nread %+v", kort.Uit, lang.Uit)
			}
			if len(f.Kaart) > 0 && (lang.Uit.Fout != "" || len(lang.Uit.Waarschuwingen) > 0) {
				t.Errorf("a kaart for an event with remarks: %+v", lang.Uit)
			}
		})
	}
	if met < 50 {
		t.Errorf("%d events have a kaart: the short way is not taken", met)
	}
}

// A kaart holds under the agreements it was made under, and no others.
func TestKaartGeldtOnderZijnAfspraken(t *testing.T) {
	h, stop := hubtest.ProefHub(t, t.TempDir())
	defer stop()
	ev := kaartEvents(t)[0]
	f := frameVan(t, h, ev)
	streng, err := h.Regels.Load().MetSoort(soorten.Soort{Type: ev.Type, Functie: cloudevent.Functie(ev.Type), Omschrijving: "x", Gesloten: true})
	if err != nil {
		t.Fatal(err)
	}
	streng.Sinds = 3 << 16
	if _, ok := lezing.LeesKaart(h.Regels.Load(), f); !ok {
		t.Fatal("the kaart does not hold where it was made")
	}
	if _, ok := lezing.LeesKaart(streng, f); ok {
		t.Error("the kaart holds under other agreements")
	}
}

// Whatever stands where a kaart should, an entry is read or is damage, and takes
// nothing from outside itself.
func FuzzKaart(f *testing.F) {
	h, stop := hubtest.ProefHub(f, f.TempDir())
	f.Cleanup(stop)
	fr := frameVan(f, h, hubtest.Melding(hubtest.OrgPolitie, hubtest.Sentinel, false))
	f.Add(fr.Bytes())
	fr.Kaart = fr.Kaart[:20]
	f.Add(fr.Bytes())
	f.Fuzz(func(_ *testing.T, b []byte) {
		regels := h.Regels.Load()
		h.Lezing.Ontleed(regels, 1, b)
		if g, err := kern.LeesFrame(b); err == nil && len(g.Kaart) > 9 {
			regels := *regels
			regels.Sinds = uint64(g.Kaart[8]) | uint64(g.Kaart[7])<<8
			h.Lezing.Ontleed(&regels, 1, b)
		}
	})
}
