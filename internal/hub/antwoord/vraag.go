package antwoord

import (
	"net/http"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/register"
	"github.com/handbereik/soh/internal/hub/vraag"
	"github.com/handbereik/soh/internal/rest"
)

// smal is how long a time range is at most to be walked itself; above that the
// postings of a term are walked and the time is looked at.
const smal = 31 * 24 * time.Hour

// NeemVraag gives the handler of one kind of query: step one of two. Nothing is
// kept: the answer holds the query, sealed.
func (h *Hub) neemVraag(s *vraag.Soort) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := h.stel(w, r, s)
		if err != nil {
			rest.WriteFout(w, r, err)
			return
		}
		b := make([]byte, 0, 32+len(id))
		b = append(append(append(b, `{"interactieId":"`...), id...), '"', '}', '\n')
		w.Header()["Content-Type"] = jsonType
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(b)
	}
}

// jsonType is shared by answers: it is replaced, never changed.
var jsonType = []string{"application/json"}

func (h *Hub) stel(w http.ResponseWriter, r *http.Request, s *vraag.Soort) (string, error) {
	k, err := h.Kijker(r)
	if err != nil {
		return "", err
	}
	body, err := kern.LeesLijf(w, r)
	if err != nil {
		return "", err
	}
	var c begrip.Controle
	v, bsn, err := s.Lees(body, &c)
	if err != nil {
		return "", err
	}
	c.Eis(!bsn.IsZero() || k.Soort != begrip.Burgerportaal, "burgerservicenummer", kern.BerichtPortaal)
	c.Eis(v.Type == "" || h.Regels.Load().Bekend(v.Type), "type", "Dit type staat niet in het register.")
	if err := c.Fout(); err != nil {
		return "", err
	}
	switch {
	case !bsn.IsZero():
		v.Persoon = h.Sleutels.Ref(bsn)
	case v.Betrokkene != "":
		v.Persoon = h.Sleutels.RefID(v.Betrokkene)
	}
	if k.Soort == begrip.Burgerportaal && bsn != k.Burger {
		return "", begrip.NieuweFout(begrip.Verboden, "De vraag gaat over een ander dan de verklaring van de burger.")
	}
	v.Blok, v.Gesteld, v.Wie = h.Log.Laatste(), time.Now(), k.Wie
	id := h.Zegel.Verzegel(&v, k.OIN)
	return id, h.legVraagVast(r.Context(), k, &v)
}

// openVraag is the authorisation of step two: the query is of this reader, not
// too old, and one this reader may still ask. The id of another's query is as
// unknown as one that never was.
func (h *Hub) openVraag(id string, lezer register.Deelnemer) (vraag.Vraag, error) {
	v, ok := h.Zegel.Open(id, lezer.OIN)
	switch {
	case !ok:
		return v, kern.NietBekend
	case v.Verlopen(time.Now()):
		return v, begrip.NieuweFout(begrip.Verlopen, "Deze vraag is ouder dan %d uur. Stel de vraag opnieuw.", int(vraag.Geldig.Hours()))
	case lezer.Soort == begrip.Burgerportaal && (!v.OverPersoon() || !v.Wie.Burger):
		return v, begrip.NieuweFout(begrip.Verboden, kern.BerichtPortaal)
	}
	return v, nil
}

// Zoekvraag is v as the read model takes it: the rarest term first.
func Zoekvraag(v *vraag.Vraag) graph.Vraag {
	z := graph.Vraag{Vanaf: v.Vanaf, Tot: v.Tot, TotEnMet: v.Blok<<16 | 0xffff, Termen: make([]graph.Term, 0, 4)}
	term := func(k graph.Kind, w string) {
		if w != "" {
			z.Termen = append(z.Termen, graph.Term{Kind: k, Waarde: w})
		}
	}
	if v.OverPersoon() {
		term(graph.Persoon, string(v.Persoon[:]))
	}
	term(graph.Onderwerp, v.Subject)
	term(graph.Zaak, v.Zaak)
	schaars := len(z.Termen) > 0
	term(graph.Organisatie, v.Organisatie)
	term(graph.Type, v.Type)
	tot := v.Tot
	if tot.IsZero() {
		tot = v.Gesteld
	}
	z.Smal = !schaars && !v.Vanaf.IsZero() && tot.Sub(v.Vanaf) <= smal
	return z
}
