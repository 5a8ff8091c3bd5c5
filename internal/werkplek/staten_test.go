package werkplek

import (
	"testing"

	"github.com/handbereik/soh/internal/node/opdracht"
)

// Every state of an Opdracht has its own word in the Postvak: what was refused was
// not withdrawn.
func TestElkeStaatHeeftEenEigenWoord(t *testing.T) {
	gezien := map[string]opdracht.Staat{}
	for _, s := range opdracht.Staten() {
		l := staatLabels[s].Tekst
		if eerder, al := gezien[l]; l == "" || al {
			t.Errorf("%s leest %q, net als %q", s, l, eerder)
		}
		gezien[l] = s
	}
}
