package kern

import (
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/toegang"
)

// Kijker is who asks the hub: the deelnemer behind the certificate, and who of
// it looks and why, when it states that.
type Kijker struct {
	register.Deelnemer
	Wie    vraag.Wie
	Burger begrip.BSN // about whom the portal asks; zero for others
}

const berichtVoorWie = "Het burgerportaal zegt altijd voor wie het vraagt. Stuur de verklaring van de burger mee."

// Kijker reads who asks. A Verklaring is held against the certificate, this hub
// and the clock; it may serve for more than one question while it is valid,
// because each question is a line of its own in the log. One that does not hold
// is refused: it is never taken for none.
func (h *Kern) Kijker(r *http.Request) (Kijker, error) {
	d, err := h.Beller(r)
	if err != nil {
		return Kijker{}, err
	}
	k := Kijker{Deelnemer: d, Wie: vraag.Wie{Hoogst: toegang.MaxNiveau(r.Context())}}
	if !toegang.HeeftVerklaring(r) {
		if d.Soort == begrip.Burgerportaal {
			err = begrip.NieuweFout(begrip.NietAangemeld, berichtVoorWie)
		}
		return k, err
	}
	l, err := h.Verklaringen.Lees(r, h.Cfg.Organisatie.OIN, func(begrip.OIN) (begrip.Organisatie, bool) { return d.Organisatie, true }, time.Now())
	if err != nil {
		return Kijker{}, err
	}
	if d.Soort == begrip.Burgerportaal && l.Burger.IsZero() {
		return Kijker{}, begrip.NieuweFout(begrip.Verboden, berichtVoorWie)
	}
	k.Burger = l.VoorWie()
	k.Wie.Persoon, k.Wie.Naam, k.Wie.Rol, k.Wie.Doel, k.Wie.Grondslag, k.Wie.Zaak = l.Persoon, l.Naam, l.Rol, l.Doel, l.Grondslag, l.Zaak
	k.Wie.Burger, k.Wie.Namens = !l.Burger.IsZero(), !l.Namens.IsZero()
	return k, nil
}
