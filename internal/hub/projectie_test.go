package hub

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/proeflast"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// What is written of an outcome, the short way or the long, is what is read. A
// new member needs a thought there.
func TestUitkomstKomtTerug(t *testing.T) {
	if n := reflect.TypeFor[uitkomst]().NumField(); n != 6 {
		t.Fatalf("an outcome has %d members; see uitkomst.bytes", n)
	}
	for _, u := range []uitkomst{
		{OIN: orgPolitie.OIN, Digest: []byte("0123456789abcdef")}, {OIN: orgPolitie.OIN}, {}, {OIN: "1", Digest: []byte("0123456789abcdef")},
		{OIN: orgPolitie.OIN, Digest: []byte{1}, Waarschuwingen: []string{"x"}}, {OIN: orgPolitie.OIN, Fout: "f", Technisch: true, Validatiefouten: []string{"y"}},
	} {
		b, err := u.bytes()
		if err != nil {
			t.Fatal(err)
		}
		terug, err := leesUitkomst(1, b)
		if err != nil || !reflect.DeepEqual(terug, u) {
			t.Errorf("got %+v, %v; want %+v", terug, err, u)
		}
	}
}

// kaartEvents are events as senders write them, in order and out of order.
func kaartEvents(t testing.TB) []cloudevent.Event {
	m := proeflast.Nieuw(orgPolitie, 50, 0, 1)
	lijst, err := cloudevent.ParseBatch(m.Lijst(nil, 50))
	if err != nil {
		t.Fatal(err)
	}
	paden, err := filepath.Glob("../cloudevent/testdata/*.json")
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
	lijst = append(lijst, melding(orgPolitie, sentinel, true), melding(orgPolitie, sentinel, false))
	return lijst
}

// frameVan gives the entry that legVast would write of ev.
func frameVan(t testing.TB, h *Hub, ev cloudevent.Event) frame {
	t.Helper()
	ids, entries, err := h.maakEntries(t.Context(), orgPolitie.OIN, []cloudevent.Event{ev})
	if err != nil || len(ids) != 1 {
		t.Fatal(err)
	}
	f, err := leesFrame(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The projection must make the same of an event whether it goes by the kaart or
// reads the event: else a rebuild under other agreements would come out another.
func TestKaartZegtWatLezenZegt(t *testing.T) {
	h, stop := proefHub(t, t.TempDir())
	defer stop()
	regels, met := h.regels.Load(), 0
	for i, ev := range kaartEvents(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			f := frameVan(t, h, ev)
			if len(f.Kaart) > 0 {
				met++
			}
			zonder := f
			zonder.Kaart = nil
			kort, lang := h.ontleed(regels, 7<<16, f.bytes()), h.ontleed(regels, 7<<16, zonder.bytes())
			for _, o := range []*ontleding{&kort, &lang} {
				slices.SortFunc(o.postings, func(a, b graph.Sleutel) int { return bytes.Compare(a[:], b[:]) })
			}
			if d := cmp.Diff(lang.postings, kort.postings); d != "" {
				t.Error(d)
			}
			if kort.sleutelID != lang.sleutelID || kort.sleutelActie != lang.sleutelActie || kort.id != lang.id || !reflect.DeepEqual(kort.uit, lang.uit) || kort.leeg != lang.leeg {
				t.Errorf("by the kaart %+v\nread %+v", kort.uit, lang.uit)
			}
			if len(f.Kaart) > 0 && (lang.uit.Fout != "" || len(lang.uit.Waarschuwingen) > 0) {
				t.Errorf("a kaart for an event with remarks: %+v", lang.uit)
			}
		})
	}
	if met < 50 {
		t.Errorf("%d events have a kaart: the short way is not taken", met)
	}
}

// A kaart holds under the agreements it was made under, and no others.
func TestKaartGeldtOnderZijnAfspraken(t *testing.T) {
	h, stop := proefHub(t, t.TempDir())
	defer stop()
	ev := kaartEvents(t)[0]
	f := frameVan(t, h, ev)
	streng, err := h.regels.Load().MetSoort(soorten.Soort{Type: ev.Type, Functie: cloudevent.Functie(ev.Type), Omschrijving: "x", Gesloten: true})
	if err != nil {
		t.Fatal(err)
	}
	streng.Sinds = 3 << 16
	if _, ok := leesKaart(h.regels.Load(), f); !ok {
		t.Fatal("the kaart does not hold where it was made")
	}
	if _, ok := leesKaart(streng, f); ok {
		t.Error("the kaart holds under other agreements")
	}
}

// Whatever stands where a kaart should, an entry is read or is damage, and takes
// nothing from outside itself.
func FuzzKaart(f *testing.F) {
	h, stop := proefHub(f, f.TempDir())
	f.Cleanup(stop)
	fr := frameVan(f, h, melding(orgPolitie, sentinel, false))
	f.Add(fr.bytes())
	fr.Kaart = fr.Kaart[:20]
	f.Add(fr.bytes())
	f.Fuzz(func(_ *testing.T, b []byte) {
		regels := h.regels.Load()
		h.ontleed(regels, 1, b)
		if g, err := leesFrame(b); err == nil && len(g.Kaart) > 9 {
			regels := *regels
			regels.Sinds = uint64(g.Kaart[8]) | uint64(g.Kaart[7])<<8
			h.ontleed(&regels, 1, b)
		}
	})
}

// An entry that is cut short, or of another version, is no frame.
func TestFrameIsHeelOfNiets(t *testing.T) {
	h, stop := proefHub(t, t.TempDir())
	defer stop()
	f := frameVan(t, h, melding(orgPolitie, sentinel, false))
	f.Ontvangen = time.Unix(1, 0).UTC()
	b := f.bytes()
	g, err := leesFrame(b)
	if d := cmp.Diff(f, g); err != nil || d != "" {
		t.Fatal(err, d)
	}
	for n := range b[:len(b)-len(f.Event)] {
		if _, err := leesFrame(b[:n]); err == nil {
			t.Errorf("an entry of %d bytes is taken for a frame", n)
		}
	}
	b[0]++
	if _, err := leesFrame(b); err == nil || strings.Contains(string(b), sentinel) {
		t.Error("another version is read, or a BSN stands in the log")
	}
}
