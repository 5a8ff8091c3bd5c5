package portal

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestBlikInDeKetenindexVerteltNietsVanWatIsAchtergehouden: of looks in the
// Ketenindex that showed events about a record which its source does not let this
// reader know of, only that somebody asked is left.
func TestBlikInDeKetenindexVerteltNietsVanWatIsAchtergehouden(t *testing.T) {
	b := &beeld{records: map[string]vertelling{"open": verteld, "dicht": verzwegen}, zaken: map[string]vertelling{"z-open": verteld, "z-dicht": verzwegen}}
	const open, dicht = `{"onderwerp":"open","wat":["Er is hulp"]}`, `{"onderwerp":"dicht","wat":["Er is een melding gedaan"]}`
	for naam, g := range map[string]struct{ in, wil string }{
		"only what may be told":                 {`{"stap":"antwoord","aantal":2,"wat":["Er is hulp"],"over":[` + open + `]}`, "Zag in de Ketenindex: Er is hulp."},
		"both":                                  {`{"stap":"antwoord","aantal":3,"gezocht":true,"wat":["Er is hulp","Er is een melding gedaan"],"over":[` + open + `,` + dicht + `]}`, "Zag in de Ketenindex: Er is hulp."},
		"somebody asked about this person":      {`{"stap":"antwoord","aantal":1,"gezocht":true,"wat":["Er is een melding gedaan"],"over":[` + dicht + `]}`, "Ketenindex: zocht, en zag niets."},
		"somebody asked about something else":   {`{"stap":"antwoord","aantal":1,"wat":["Er is een melding gedaan"],"over":[` + dicht + `]}`, ""},
		"word was delivered":                    {`{"stap":"bezorgd","aantal":1,"wat":["Er is een melding gedaan"],"over":[` + dicht + `]}`, ""},
		"a rule looked whether there is cause":  {`{"stap":"bevestiging","aantal":0,"over":[` + dicht + `]}`, ""},
		"and so, of nobody's business":          {`{"stap":"bevestiging","aantal":0,"zaak":"z-dicht"}`, ""},
		"stated for a zaak that is not told of": {`{"stap":"vraag","aantal":0,"gezocht":true,"zaak":"z-dicht"}`, ""},
		"stated for a zaak that is":             {`{"stap":"vraag","aantal":0,"gezocht":true,"zaak":"z-open"}`, "Ketenindex: zocht, en zag niets."},
		"from before records stood in the line": {`{"stap":"antwoord","aantal":1,"wat":["Er is een melding gedaan"]}`, ""},
		"of no event that we have":              {`{"stap":"bezorgd","aantal":1,"wat":["Iets"],"over":[{"onderwerp":"ander","wat":["Iets"]}]}`, ""},
	} {
		var x hubInkijk
		if err := json.Unmarshal([]byte(g.in), &x); err != nil {
			t.Fatal(err)
		}
		x, ok := x.zoals(b)
		got := ""
		if ok {
			got = x.inkijk(kijker{}).Wat
		}
		if got != g.wil || strings.Contains(got, "melding gedaan") || ok && x.Aantal == 0 && x.Niveau != nil {
			t.Errorf("%s: %q, want %q", naam, got, g.wil)
		}
	}
}
