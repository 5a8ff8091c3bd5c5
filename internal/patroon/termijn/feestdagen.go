package termijn

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"
)

//go:embed feestdagen.json
var feestdagenJSON []byte

// feestdag is a day of the year on which the Netherlands does not work: a date, or so
// many days after Easter.
type feestdag struct {
	Naam     string `json:"naam"`
	Datum    string `json:"datum"` // month-day
	Pasen    *int   `json:"pasen"`
	OpZondag int    `json:"opZondag"` // by how many days it moves when it is a Sunday
	Vanaf    int    `json:"vanaf"`    // the first year
}

// dezeDag is one day that was declared equal to a Sunday (Algemene termijnenwet 3 lid 3).
type dezeDag struct {
	Naam string `json:"naam"`
	Dag  string `json:"dag"`
}

var feestdagen = func() (f struct {
	Dagen         []feestdag `json:"dagen"`
	Gelijkgesteld []dezeDag  `json:"gelijkgesteld"`
}) {
	if err := json.Unmarshal(feestdagenJSON, &f); err != nil {
		panic("feestdagen.json: " + err.Error())
	}
	for _, d := range f.Dagen {
		if _, err := time.Parse("01-02", d.Datum); (err == nil) == (d.Pasen != nil) {
			panic("feestdagen.json: " + d.Naam + " is a date or counted from Easter")
		}
	}
	return f
}()

// Feestdag gives the name of the general feast day that dag is; empty when it is none.
func Feestdag(dag Dag) string {
	jaar := dag.jaar()
	for _, f := range feestdagen.Dagen {
		if jaar >= f.Vanaf && f.in(jaar) == dag {
			return f.Naam
		}
	}
	for _, d := range feestdagen.Gelijkgesteld {
		if d.Dag == dag.String() {
			return d.Naam
		}
	}
	return ""
}

func (f feestdag) in(jaar int) Dag {
	if f.Pasen != nil {
		return pasen(jaar).Plus(*f.Pasen)
	}
	d := dagVan(fmt.Sprintf("%04d-%s", jaar, f.Datum))
	if f.OpZondag != 0 && d.weekdag() == time.Sunday {
		d = d.Plus(f.OpZondag)
	}
	return d
}

// pasen is Easter Sunday in the Gregorian calendar (Meeus, Jones, Butcher).
func pasen(jaar int) Dag {
	a, b, c := jaar%19, jaar/100, jaar%100
	d, e := b/4, b%4
	g := (b - (b+8)/25 + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Dag{time.Date(jaar, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)}
}
