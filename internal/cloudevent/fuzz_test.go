package cloudevent

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/handbereik/soh/internal/begrip"
)

// A batch that is taken holds events that each stand on their own and come back
// the same; one that is refused is the sender's mistake and tells no BSN.
func FuzzParseBatch(f *testing.F) {
	e := voorbeeld()
	f.Add(AppendBatch(nil, []Event{e, e}))
	f.Add([]byte(`[]`))
	e.Subject = "x"
	f.Add([]byte(strings.ReplaceAll(string(AppendBatch(nil, []Event{e})), e.Time.UTC().Format("2006-01-02T15:04:05"), "9999-12-31T23:59:59-14:00")))
	f.Add([]byte(` [ {"specversion":"1.0","id":"a"} , {"id":"999990019"} ] x`))
	f.Add([]byte(`[{},[],null,{"data":{"a":[{"b":1}]}}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		events, err := ParseBatch(b)
		if err != nil {
			van := begrip.FoutVan(err)
			if van.Code == begrip.Intern {
				t.Fatalf("not an error for the sender: %v", err)
			}
			uit, _ := json.Marshal(van)
			begrip.VindBSN(uit, func(int, int) { t.Fatalf("a BSN in the error: %s", uit) })
			return
		}
		for _, e := range events {
			if err := e.Validate(); err != nil {
				t.Fatalf("taken but not valid: %v", err)
			}
			los := e.Append(nil)
			if een, err := Parse(los); err != nil || !een.Equal(e) {
				t.Fatalf("on its own it is another: %v\n%+v\n%+v", err, een, e)
			}
			// What a store reads back is what was checked.
			if eigen, err := ParseEigen(los); err != nil || !zelfdeEvent(eigen, e) {
				t.Fatalf("ParseEigen: %v\n%+v\n%+v", err, eigen, e)
			}
		}
		terug, err := ParseBatch(AppendBatch(nil, events))
		if err != nil && len(events) > 0 || len(terug) != len(events) {
			t.Fatalf("the batch does not come back: %v", err)
		}
		for i := range terug {
			if !terug[i].Equal(events[i]) {
				t.Fatalf("comes back different:\n%+v\n%+v", terug[i], events[i])
			}
		}
	})
}

// zelfdeEvent compares events that may differ in what no attribute tells.
func zelfdeEvent(a, b Event) bool {
	return string(a.Append(nil)) == string(b.Append(nil))
}

// The binary form: whatever stands in headers and body, an event that is taken
// is valid and comes back the same in every form.
func FuzzBinair(f *testing.F) {
	f.Add("ce-id: a\nce-source: urn:nld:oin:00000001823288444000:systeem:x\nce-type: nl.jzv.uitwisselen-melding.melding-ingezien\nce-time: 2026-01-01T00:00:00Z", TypeLD, []byte(`{}`))
	r := verzoek("", nil)
	voorbeeld().SetBinary(r)
	var koppen []string
	for k := range r.Header {
		koppen = append(koppen, k+": "+r.Header.Get(k))
	}
	f.Add(strings.Join(koppen, "\n"), r.Header.Get("Content-Type"), []byte(voorbeeld().Data))
	f.Add("ce-subject: %31\nce-x: \"a\\\"%zz\"\nce-x: 2\nce-: \nce-datacontenttype: a", "application/json", []byte(`[`))
	f.Fuzz(func(t *testing.T, koppen, soort string, body []byte) {
		r := verzoek(soort, body)
		r.Header.Set("Ce-Specversion", "1.0")
		for _, k := range strings.Split(koppen, "\n") {
			if naam, waarde, ok := strings.Cut(k, ": "); ok {
				r.Header.Add(naam, waarde)
			}
		}
		events, batch, err := FromRequest(r)
		if err != nil {
			if begrip.FoutVan(err).Code == begrip.Intern {
				t.Fatalf("not an error for the sender: %v", err)
			}
			return
		}
		for _, e := range events {
			if err := e.Validate(); err != nil {
				t.Fatalf("taken but not valid: %v", err)
			}
			if batch || !strings.HasPrefix(e.DataContentType, "application/") {
				continue
			}
			weer := verzoek("", nil)
			weer.Header = http.Header{}
			e.SetBinary(weer)
			terug, _, err := FromRequest(weer)
			if err != nil || !zelfdeEvent(terug[0], e) {
				t.Fatalf("comes back different: %v\n%+v\n%+v", err, terug, e)
			}
		}
	})
}
