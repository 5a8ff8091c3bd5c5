package antwoord

import (
	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// alsLezer is who looks, as the agreements about kinds of event ask it.
func alsLezer(o begrip.Organisatie, w *vraag.Wie) soorten.Lezer {
	return soorten.Lezer{Organisatie: o, Doel: w.Doel, Grondslag: w.Grondslag, Burger: w.Burger && o.Soort == begrip.Burgerportaal}
}
