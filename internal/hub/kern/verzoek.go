package kern

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// MetFout makes a handler of f that answers its error.
func (h *Kern) MetFout(f func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			rest.WriteFout(w, r, err)
		}
	}
}

const (
	standaardLijst = 100
	maxLijst       = 500
	MaxLijf        = 16 << 10 // bytes of an entry
)

// LeesLijstvraag checks the query of a list; it holds filters, cursor and limiet.
func LeesLijstvraag(q url.Values, filters []string) (limiet int, err error) {
	var c begrip.Controle
	for k, v := range q {
		c.Eis(slices.Contains(filters, k) || k == "cursor" || k == "limiet", string(begrip.MaskeerBSN([]byte(k))), "Dit filter bestaat niet. Kies uit: %s, cursor, limiet.", strings.Join(filters, ", "))
		c.Eis(len(v) == 1, string(begrip.MaskeerBSN([]byte(k))), "Geef dit één keer.")
	}
	limiet = standaardLijst
	if q.Has("limiet") {
		limiet, err = strconv.Atoi(q.Get("limiet"))
		c.Eis(err == nil && limiet >= 1 && limiet <= maxLijst, "limiet", "Kies een getal van 1 tot en met %d.", maxLijst)
	}
	return limiet, c.Fout()
}

var AlleenBeheerder = begrip.NieuweFout(begrip.Verboden, "Alleen de ketenbeheerder kan dit.")

// Beheerder is beller for what only the chain manager may.
func (h *Kern) Beheerder(r *http.Request) error {
	d, err := h.Beller(r)
	if err == nil && d.OIN != h.Cfg.Organisatie.OIN {
		err = AlleenBeheerder
	}
	return err
}

// Beller gives the deelnemer behind the certificate of the request; the chain
// manager is one without being in the list.
func (h *Kern) Beller(r *http.Request) (register.Deelnemer, error) {
	oin, err := toegang.Beller(r)
	if err != nil {
		return register.Deelnemer{}, err
	}
	if !h.RegisterBij.Load() {
		return register.Deelnemer{}, begrip.NieuweFout(begrip.NietBeschikbaar, "De Ketenindex start en weet nog niet wie meedoen. Probeer het over een paar tellen nog eens.")
	}
	d, err := h.Register.Toegelaten(oin)
	if err != nil && oin == h.Cfg.Organisatie.OIN {
		return register.Deelnemer{Organisatie: h.Cfg.Organisatie}, nil
	}
	return d, err
}

// MaxRegel is the largest body of a request of the chain manager, in bytes.
const MaxRegel = 128 << 10

// RedenGoed checks a text that stays in the log for ever.
func RedenGoed(c *begrip.Controle, veld, s string) {
	c.Eis(strings.TrimSpace(s) != "" && len(s) <= 1000, veld, "Vul een reden in van ten hoogste 1000 tekens.")
	bsn := false
	begrip.VindBSN([]byte(s), func(int, int) { bsn = true })
	c.Eis(!bsn, veld, "Hier staat een burgerservicenummer. Deze tekst blijft altijd bewaard: schrijf er geen persoonsgegevens in.")
}

// MaxBekeken bounds the events that are looked at in vain for one page.
const MaxBekeken = 10_000

const BerichtPortaal = "Het burgerportaal zoekt altijd naar één persoon."

func LeesLijf(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	ruimte := int64(512)
	if r.ContentLength >= 0 {
		ruimte = min(r.ContentLength+1, vraag.MaxBody+1)
	}
	b := make([]byte, 0, ruimte)
	lijf := http.MaxBytesReader(w, r.Body, vraag.MaxBody)
	for {
		n, err := lijf.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
				return nil, begrip.NieuweFout(begrip.TeGroot, "De vraag is groter dan %d KB.", vraag.MaxBody/1024)
			}
			return nil, rest.NietHeel(err)
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
}
