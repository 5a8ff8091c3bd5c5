package melding

import (
	"testing"

	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/web"
)

// Every state of an Opdracht has its words for who reads it: the melder, and who
// asked. What ended waits for nothing, and what was refused was not withdrawn.
func TestElkeStaatHeeftWoorden(t *testing.T) {
	for wie, woord := range map[string]func(opdracht.Staat) web.Label{
		"de melder": staatLabel,
		"wie vroeg": func(s opdracht.Staat) web.Label {
			return verzoekLabel(opdracht.Opdracht{Soort: "bekendheid", Staat: s}, "")
		},
	} {
		eind := map[string]opdracht.Staat{}
		for _, s := range opdracht.Staten() {
			l := woord(s)
			if l.Tekst == "" || s.Eind() && l.Soort == "wacht" {
				t.Errorf("%s leest bij %s: %+v", wie, s, l)
			}
			if eerder, al := eind[l.Tekst]; al {
				t.Errorf("%s leest bij %s hetzelfde als bij %s: %q", wie, s, eerder, l.Tekst)
			}
			if s.Eind() {
				eind[l.Tekst] = s
			}
		}
	}
	for _, u := range uitkomsten {
		if u.Tekst == "" || u.Gezin == "" {
			t.Errorf("uitkomst %q zonder woorden", u.Code)
		}
	}
}
