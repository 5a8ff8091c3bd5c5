package hub

import (
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/soorten"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/toegang"
)

// kijker is who asks the hub: the deelnemer behind the certificate, and who of
// it looks and why, when it states that.
type kijker struct {
	register.Deelnemer
	wie    vraag.Wie
	burger begrip.BSN // about whom the portal asks; zero for others
}

const berichtVoorWie = "Het burgerportaal zegt altijd voor wie het vraagt. Stuur de verklaring van de burger mee."

// kijker reads who asks. A Verklaring is held against the certificate, this hub
// and the clock; it may serve for more than one question while it is valid,
// because each question is a line of its own in the log. One that does not hold
// is refused: it is never taken for none.
func (h *Hub) kijker(r *http.Request) (kijker, error) {
	d, err := h.beller(r)
	if err != nil {
		return kijker{}, err
	}
	k := kijker{Deelnemer: d, wie: vraag.Wie{Hoogst: toegang.MaxNiveau(r.Context())}}
	if !toegang.HeeftVerklaring(r) {
		if d.Soort == begrip.Burgerportaal {
			err = begrip.NieuweFout(begrip.NietAangemeld, berichtVoorWie)
		}
		return k, err
	}
	l, err := h.verklaringen.Lees(r, h.cfg.Organisatie.OIN, func(begrip.OIN) (begrip.Organisatie, bool) { return d.Organisatie, true }, time.Now())
	if err != nil {
		return kijker{}, err
	}
	if d.Soort == begrip.Burgerportaal && l.Burger.IsZero() {
		return kijker{}, begrip.NieuweFout(begrip.Verboden, berichtVoorWie)
	}
	k.burger = l.VoorWie()
	k.wie.Persoon, k.wie.Naam, k.wie.Rol, k.wie.Doel, k.wie.Grondslag, k.wie.Zaak = l.Persoon, l.Naam, l.Rol, l.Doel, l.Grondslag, l.Zaak
	k.wie.Burger, k.wie.Namens = !l.Burger.IsZero(), !l.Namens.IsZero()
	return k, nil
}

// alsLezer is who looks, as the agreements about kinds of event ask it.
func alsLezer(o begrip.Organisatie, w *vraag.Wie) soorten.Lezer {
	return soorten.Lezer{Organisatie: o, Doel: w.Doel, Grondslag: w.Grondslag, Burger: w.Burger && o.Soort == begrip.Burgerportaal}
}
