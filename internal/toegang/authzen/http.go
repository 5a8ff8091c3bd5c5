package authzen

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
)

const (
	maxBody    = 256 << 10
	maxVragen  = 100 // evaluations in one call
	standaardN = 50
	maxN       = 200
)

// Routes adds the endpoints and the metadata.
func (d *Dienst) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /access/v1/evaluation", d.roep(d.evaluation))
	mux.HandleFunc("POST /access/v1/evaluations", d.roep(d.evaluations))
	for _, s := range []Zoek{ZoekSubject, ZoekResource, ZoekAction} {
		mux.HandleFunc("POST /access/v1/search/"+string(s), d.roep(d.zoek(s)))
	}
	mux.HandleFunc("GET /.well-known/authzen-configuration", d.metadata)
}

func (d *Dienst) metadata(w http.ResponseWriter, r *http.Request) {
	a := d.Adres + "/access/v1"
	echo(w, r)
	schrijf(w, map[string]any{
		"policy_decision_point":      d.Adres,
		"access_evaluation_endpoint": a + "/evaluation", "access_evaluations_endpoint": a + "/evaluations",
		"search_subject_endpoint": a + "/search/subject", "search_resource_endpoint": a + "/search/resource", "search_action_endpoint": a + "/search/action",
	})
}

func echo(w http.ResponseWriter, r *http.Request) {
	if id, ok := r.Header["X-Request-Id"]; ok { // as it came, whatever it is: it is the caller's own
		w.Header()["X-Request-Id"] = id[:1]
	}
}

// verzoekID is the caller's X-Request-ID as it may stand in a log.
func verzoekID(r *http.Request) string {
	id := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, r.Header.Get("X-Request-ID"))
	return string(begrip.MaskeerBSN([]byte(id[:min(len(id), 200)])))
}

func schrijf(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "Er ging iets mis.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(b, '\n'))
}

// gesprek is one call under way, with what it decided so far.
type gesprek struct {
	d       *Dienst
	ctx     context.Context
	beslist []Beslist
}

// roep wraps an endpoint: who asks, the body, the one record in the log, and
// only then the answer.
func (d *Dienst) roep(f func(g *gesprek, body []byte) (any, error)) http.HandlerFunc {
	nu := d.Nu
	if nu == nil {
		nu = time.Now
	}
	return func(w http.ResponseWriter, r *http.Request) {
		echo(w, r)
		begin := nu()
		g := &gesprek{d: d, ctx: r.Context()}
		antwoord, err := func() (any, error) {
			if err := d.Toegelaten(r.Context()); err != nil {
				return nil, err
			}
			body, err := lees(w, r)
			if err != nil {
				return nil, err
			}
			return f(g, body)
		}()
		regel := Logregel{Tijdstip: begin.UTC(), Pad: r.URL.Path, Verzoek: verzoekID(r), Besluit: g.beslist, Duur: Milliduren(nu().Sub(begin))}
		if err != nil {
			regel.Fout = begrip.FoutVan(err).Bericht
		}
		if logErr := d.Log(r.Context(), regel); logErr != nil { // no record, no decision
			err = begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen dit besluit nu niet vastleggen. Daarom geven wij het niet.").Door(logErr)
		}
		if err != nil {
			w.Header().Set("Cache-Control", "no-store")
			if begrip.Is(err, begrip.NietAangemeld) {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			http.Error(w, begrip.FoutVan(err).Bericht, begrip.FoutVan(err).Code.Status())
			return
		}
		schrijf(w, antwoord)
	}
}

func ongeldig(bericht string, args ...any) error {
	return begrip.NieuweFout(begrip.Ongeldig, bericht, args...)
}

func lees(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, ongeldig("Stuur het verzoek als application/json.")
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, begrip.NieuweFout(begrip.TeGroot, "Het verzoek is groter dan %d KB.", maxBody>>10)
		}
		return nil, ongeldig("Het verzoek kwam niet heel aan.")
	}
	return b, nil
}

// deel is a question or part of one, as it comes in: a member that is absent is
// not an empty one.
type deel struct {
	Subject  *Subject       `json:"subject"`
	Action   *Action        `json:"action"`
	Resource *Resource      `json:"resource"`
	Context  map[string]any `json:"context"`
}

// met fills what k lacks from standaard (AuthZEN 1.0, evaluations: defaults).
func (k deel) met(standaard deel) deel {
	if k.Subject == nil {
		k.Subject = standaard.Subject
	}
	if k.Action == nil {
		k.Action = standaard.Action
	}
	if k.Resource == nil {
		k.Resource = standaard.Resource
	}
	if k.Context == nil {
		k.Context = standaard.Context
	}
	return k
}

// vraag checks that the question is complete; zonder names what a search lacks
// on purpose. It tells everything that is missing at once.
func (k deel) vraag(zonder Zoek) (Vraag, error) {
	var mist []string
	v := Vraag{Context: k.Context}
	eis := func(goed bool, naam string) {
		if !goed {
			mist = append(mist, naam)
		}
	}
	if k.Subject != nil {
		v.Subject = *k.Subject
	}
	if k.Resource != nil {
		v.Resource = *k.Resource
	}
	if k.Action != nil {
		v.Action = *k.Action
	}
	eis(v.Subject.Type != "", "subject.type")
	eis(v.Subject.ID != "" || zonder == ZoekSubject, "subject.id")
	eis(v.Resource.Type != "", "resource.type")
	eis(v.Resource.ID != "" || zonder == ZoekResource, "resource.id")
	eis(v.Action.Name != "" || zonder == ZoekAction, "action.name")
	if len(mist) > 0 {
		return v, ongeldig("Deze velden ontbreken of zijn leeg: %s.", strings.Join(mist, ", "))
	}
	return v, nil
}

func (g *gesprek) beslis(v Vraag) (Antwoord, error) {
	a, err := g.d.Beslis(g.ctx, v)
	if err != nil {
		return Antwoord{}, err
	}
	g.noteer(v, a)
	return a, nil
}

// noteer puts a decision in the record of the call.
func (g *gesprek) noteer(v Vraag, a Antwoord) {
	g.beslist = append(g.beslist, Beslist{
		Subject: veilig(v.Subject.Type + "/" + v.Subject.ID), Action: veilig(v.Action.Name), Resource: veilig(v.Resource.Type + "/" + v.Resource.ID),
		Mag: a.Decision, Uitleg: a.Context,
	})
}

func veilig(s string) string {
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "")
	}
	return string(begrip.MaskeerBSN([]byte(s)))
}

func (d *Dienst) evaluation(g *gesprek, body []byte) (any, error) {
	var k deel
	if err := ontleed(body, &k, "Dit is geen geldige JSON met subject, action en resource."); err != nil {
		return nil, err
	}
	v, err := k.vraag("")
	if err != nil {
		return nil, err
	}
	return g.beslis(v)
}

// The ways to go through a list of evaluations.
const (
	alles     = "execute_all"
	totWeiger = "deny_on_first_deny"
	totMag    = "permit_on_first_permit"
)

func (d *Dienst) evaluations(g *gesprek, body []byte) (any, error) {
	var in struct {
		deel
		Evaluations []deel `json:"evaluations"`
		Options     struct {
			Hoe string `json:"evaluations_semantic"`
		} `json:"options"`
	}
	if err := ontleed(body, &in, "Dit is geen geldige JSON met evaluations."); err != nil {
		return nil, err
	}
	if len(in.Evaluations) == 0 { // the standard: then it is one evaluation
		return d.evaluation(g, body)
	}
	hoe := in.Options.Hoe
	switch {
	case len(in.Evaluations) > maxVragen:
		return nil, ongeldig("Stel hooguit %d vragen in één verzoek.", maxVragen)
	case hoe == "":
		hoe = alles
	case hoe != alles && hoe != totWeiger && hoe != totMag:
		return nil, ongeldig("options.evaluations_semantic is %s, %s of %s.", alles, totWeiger, totMag)
	}
	uit := []Antwoord{}
	for _, k := range in.Evaluations {
		a, err := g.onderdeel(k.met(in.deel))
		if err != nil {
			return nil, err
		}
		uit = append(uit, a)
		if hoe == totWeiger && !a.Decision || hoe == totMag && a.Decision {
			break
		}
	}
	return map[string]any{"evaluations": uit}, nil
}

// onderdeel decides one item of a list. What is wrong with the item is a deny of
// that item, with why: the others have their answer.
func (g *gesprek) onderdeel(k deel) (Antwoord, error) {
	v, err := k.vraag("")
	if err == nil {
		var a Antwoord
		if a, err = g.beslis(v); err == nil {
			return a, nil
		}
	}
	f := begrip.FoutVan(err)
	if f.Code != begrip.Ongeldig {
		return Antwoord{}, err
	}
	a := Antwoord{Context: &Uitleg{Fout: &Itemfout{f.Code.Status(), f.Bericht}}}
	g.noteer(v, a)
	return a, nil
}

// zoek gives the handler of one search: of what could be, what is allowed.
func (d *Dienst) zoek(s Zoek) func(*gesprek, []byte) (any, error) {
	return func(g *gesprek, body []byte) (any, error) {
		var in struct {
			deel
			Page struct {
				Token string `json:"token"`
				Limit int    `json:"limit"`
			} `json:"page"`
		}
		if err := ontleed(body, &in, "Dit is geen geldige JSON."); err != nil {
			return nil, err
		}
		v, err := in.vraag(s)
		if err != nil {
			return nil, err
		}
		if in.Page.Limit < 0 || in.Page.Limit > maxN {
			return nil, ongeldig("page.limit is 1 tot en met %d.", maxN)
		}
		if in.Page.Limit == 0 {
			in.Page.Limit = standaardN
		}
		vragen, volgende, err := d.Kandidaten(g.ctx, s, v, in.Page.Token, in.Page.Limit)
		if err != nil {
			return nil, err
		}
		uit := []any{}
		for _, v := range vragen {
			a, err := g.beslis(v)
			if err != nil {
				return nil, err
			}
			if a.Decision {
				uit = append(uit, map[Zoek]any{ZoekSubject: v.Subject, ZoekResource: v.Resource, ZoekAction: v.Action}[s])
			}
		}
		return map[string]any{"results": uit, "page": map[string]any{"next_token": volgende, "count": len(uit)}}, nil
	}
}
