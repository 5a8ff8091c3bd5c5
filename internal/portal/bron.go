package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/toegang"
)

const (
	maxAntwoord = 4 << 20 // bytes of a source's answer
	// paginaMaat is the step of time in which pages about somebody come: to read and
	// leave out the events of 31 withheld records takes some 70 ms on a busy machine
	// (docs/prestaties.md), and that would tell of them.
	paginaMaat = 300 * time.Millisecond
	tegelijk   = 48 // sources asked at the same time, per page
)

// bron is one source and what it answered.
type bron struct {
	functie.Deelnemer
	Beeld inzage.Gezinsbeeld
	Stil  bool   // it did not answer, or not sensibly
	Reden string // why it shows nothing to who looks for another
}

// weigering is a source that does not let this reader look for another, in its
// own words.
type weigering struct{ Naam, Reden string }

// weigert gives the sources that refuse for a reason that helps. That a source
// knows of no relation is what most of them say, and tells nothing.
func (b *beeld) weigert() []weigering {
	var uit []weigering
	for _, x := range b.Bronnen {
		if x.Reden != "" && x.Reden != waarborg.NamensOnbekend {
			uit = append(uit, weigering{x.Naam, x.Reden})
		}
	}
	return uit
}

// beeld is all that could be found about one person, now.
type beeld struct {
	Gebeurtenissen []gebeurtenis   // newest first
	Twijfel        bool            // whether somebody hides is not known: see twijfel
	HubStil        bool            // the Ketenindex did not answer: no timeline
	Onvolledig     bool            // some events could not be read
	HubKeek        []inzage.Inkijk // who looked in the Ketenindex
	HubKeekStil    bool            // that could not be read, or not all of it
	GeenRegister   bool            // it is not known which sources there are
	Bronnen        []bron
	Verhuld        bool                  // nothing may tell where somebody is: see verhul
	records, zaken map[string]vertelling // of what the events are about
	zonderNaam     func(string) (tekst string, bekend bool)
	namen          map[begrip.OIN]string
	soorten        map[begrip.OIN]begrip.OrganisatieSoort
}

// haal asks the Ketenindex about the person who is signed in, or for whom that person
// looks, and then the sources it points to. It always gives a beeld; what is
// missing is told in it.
func (p *Portal) haal(ctx context.Context, s kijker) beeld {
	defer inzage.WachtTot(ctx, time.Now(), paginaMaat)
	b := beeld{}
	b.GeenRegister = !p.kentDeelnemers(ctx)
	alle := p.register.Deelnemers()
	v, err := p.vind(ctx, s)
	b.Gebeurtenissen, b.HubStil, b.Onvolledig = v.Gebeurtenissen, err != nil, err == nil && !v.Heel
	b.noem(alle)
	b.Bronnen = p.vraagBronnen(ctx, s, v.Waar)
	b.twijfel()
	eigenaar := b.eigenaars()
	p.eigenDelen(ctx, &b, eigenaar)
	b.alleenGetoond(s.Voor != nil, p.teksten, eigenaar)
	p.metHubInkijken(ctx, s, &b)
	b.naamloos()
	b.vertrokken()
	b.verhul(alle)
	return b
}

// twijfel notes that a source is silent that alone may know of somebody in hiding. Until it
// answers nothing is shown that could tell a place. When the Ketenindex is silent, or not all of
// it could be read, any source may be such a one.
func (b *beeld) twijfel() {
	b.Twijfel = b.Onvolledig || slices.ContainsFunc(b.Bronnen, func(x bron) bool { return x.Stil && (b.HubStil || b.weetMisschien(x.OIN)) })
}

// weetMisschien tells that an organisation may know of a hiding that no source that answered
// knows of: it did something of its own in a zaak, so it may hold a record that tells where people
// live; or of a zaak in which it stands nobody who did so answered.
func (b *beeld) weetMisschien(oin begrip.OIN) bool {
	return slices.ContainsFunc(b.Gebeurtenissen, func(g gebeurtenis) bool {
		if g.Zaak == "" || !slices.Contains(g.Wie, oin) {
			return false
		}
		return g.Bron == oin && g.weet() || !slices.ContainsFunc(b.Gebeurtenissen, func(h gebeurtenis) bool {
			return h.Zaak == g.Zaak && h.weet() && slices.ContainsFunc(b.Bronnen, func(y bron) bool { return y.OIN == h.Bron && !y.Stil && y.Reden == "" })
		})
	})
}

// weet tells that the sender may hold a record with addresses of its own. An answer to a
// question repeats whom the question named, with the mark that the asker gave.
func (g gebeurtenis) weet() bool { return g.doet() && g.Type != cloudevent.VerrijkingBeschikbaar }

// eigenaars gives of each record the first event about it: its sender holds the record.
func (b *beeld) eigenaars() map[string]gebeurtenis {
	uit := map[string]gebeurtenis{}
	for _, g := range b.Gebeurtenissen { // newest first: the last one stays
		uit[g.Onderwerp] = g
	}
	return uit
}

// kentDeelnemers tells whether there is a list of deelnemers; the first one is
// asked for here.
func (p *Portal) kentDeelnemers(ctx context.Context) bool {
	if len(p.register.Deelnemers()) > 0 {
		return true
	}
	ctx, stop := context.WithTimeout(ctx, p.wacht)
	defer stop()
	err := p.register.haal(ctx)
	if err != nil {
		p.cfg.Log.WarnContext(ctx, "er is nog geen lijst van deelnemers", "fout", err.Error())
	}
	return err == nil
}

// naamloos puts one nameless source in place of those that are silent and stand nowhere
// else on the page: only those are asked that have to do with this person, so the name
// would tell that one has, also when all of it is withheld. What another source
// shows names who is in it already.
func (b *beeld) naamloos() {
	stil, bekend := false, b.betrokken()
	b.Bronnen = slices.DeleteFunc(b.Bronnen, func(x bron) bool {
		weg := x.Stil && !slices.Contains(bekend, x.OIN)
		stil = stil || weg
		return weg
	})
	if stil {
		b.Bronnen = append(b.Bronnen, bron{Deelnemer: functie.Deelnemer{Organisatie: begrip.Organisatie{Naam: "Een organisatie", Soort: begrip.Overig}}, Stil: true})
	}
}

// alleenGetoond takes out of the timeline what is about a record that its source
// does not let this reader see: the Ketenindex does not know what is withheld
// from whom. A record is of the source of its first event. A kind that a source
// never shows a family says nothing. Of a source that is silent everything is
// left out, whatever it is: what is withheld then leaves the same gap as what is
// not. An event about a record of another that tells of one of the sender's own
// (Tekst.Afgeleid) asks of both. Who looks for another (streng) gets nothing that no
// source stands for.
func (b *beeld) alleenGetoond(streng bool, teksten map[string]functie.Tekst, eigenaar map[string]gebeurtenis) {
	getoond := map[string]bool{}
	for _, x := range b.Bronnen {
		for _, d := range x.Beeld.Delen {
			getoond[d.URN()] = true
		}
	}
	for _, x := range b.Bronnen { // what it shows without a part; of its own records only
		for _, urn := range x.Beeld.Bekend {
			getoond[urn] = getoond[urn] || !streng && eigenaar[urn].Bron == x.OIN
		}
	}
	b.records, b.zaken = map[string]vertelling{}, map[string]vertelling{}
	b.Gebeurtenissen = slices.DeleteFunc(b.Gebeurtenissen, func(g gebeurtenis) bool {
		weg := (!getoond[g.Onderwerp] || streng && g.Afgeschermd) && (streng || b.verzwijgt(eigenaar[g.Onderwerp])) ||
			teksten[g.Type].Afgeleid && g.Bron != eigenaar[g.Onderwerp].Bron && !b.rust(g)
		v := verteld
		if weg {
			v = verzwegen
		}
		b.records[g.Onderwerp], b.zaken[g.Zaak] = max(v, b.records[g.Onderwerp]), max(v, b.zaken[g.Zaak])
		return weg
	})
}

// rust tells that the sender of g has something that rests on what g is about, and
// that this reader may know of. Who is no source cannot say.
func (b *beeld) rust(g gebeurtenis) bool {
	i := slices.IndexFunc(b.Bronnen, func(x bron) bool { return x.OIN == g.Bron })
	return i < 0 || slices.Contains(b.Bronnen[i].Beeld.RustOp, g.Onderwerp)
}

// vertelling is whether this reader may know of a record or zaak; the zero value
// is that no event tells of it.
type vertelling int

const (
	verzwegen vertelling = iota + 1
	verteld              // any of it
)

// verzwijgt tells that the source of g is silent, or shows families records of
// this kind and did not show this one.
func (b *beeld) verzwijgt(g gebeurtenis) bool {
	soort, _, ok := strings.Cut(strings.TrimPrefix(g.Onderwerp, "urn:soh:"), ":")
	i := slices.IndexFunc(b.Bronnen, func(x bron) bool { return x.OIN == g.Bron })
	return ok && g.Bron != "" && !g.Afgeschermd && i >= 0 && (b.Bronnen[i].Stil || slices.Contains(b.Bronnen[i].Beeld.Soorten, soort))
}

// noem settles the name of every organisation: that of the register, and nothing else.
func (b *beeld) noem(alle []functie.Deelnemer) {
	b.namen, b.soorten = map[begrip.OIN]string{}, map[begrip.OIN]begrip.OrganisatieSoort{}
	for _, d := range alle {
		b.namen[d.OIN], b.soorten[d.OIN] = d.Naam, d.Soort
	}
	for _, g := range b.Gebeurtenissen {
		for _, oin := range g.Wie {
			if b.namen[oin] == "" {
				b.namen[oin] = nietMeer
			}
		}
	}
}

// vertrokken tells, once, that a source of events is in no register any more, and so cannot
// be asked.
func (b *beeld) vertrokken() {
	for _, g := range b.Gebeurtenissen {
		if _, bekend := b.soorten[g.Bron]; g.Bron != "" && !bekend {
			b.Bronnen = append(b.Bronnen, bron{Deelnemer: functie.Deelnemer{Organisatie: begrip.Organisatie{OIN: g.Bron, Naam: nietMeer, Soort: begrip.Overig}}, Stil: true})
			return
		}
	}
}

// vraagBronnen asks all at once; the slowest decides, within wachttijd each.
func (p *Portal) vraagBronnen(ctx context.Context, s kijker, nodes []functie.Deelnemer) []bron {
	uit := make([]bron, len(nodes))
	elkVan(nodes, func(i int, d functie.Deelnemer) {
		uit[i] = bron{Deelnemer: d}
		var err error
		if uit[i].Beeld, uit[i].Reden, err = p.vraag(ctx, s, d); err != nil {
			uit[i].Beeld, uit[i].Stil = inzage.Gezinsbeeld{}, true
			p.cfg.Log.WarnContext(ctx, "een bron antwoordt niet", "bron", d.OIN, "fout", err.Error())
		}
	})
	return uit
}

// vraag asks one source what it has for the person who is signed in, or for whom
// that person looks. A source that refuses this person says why (reden), which
// is another thing than being silent.
func (p *Portal) vraag(ctx context.Context, s kijker, d functie.Deelnemer) (_ inzage.Gezinsbeeld, reden string, _ error) {
	var g inzage.Gezinsbeeld
	b, k, err := p.bij(ctx, s, d, "/v1/betrokkenen/query", map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: s.voorWie()}})
	if err == nil && k.status == http.StatusForbidden && s.Voor != nil {
		return inzage.Gezinsbeeld{Organisatie: d.Organisatie}, uitleg(b), nil
	}
	if err == nil && k.status != http.StatusOK {
		err = fmt.Errorf("HTTP %d", k.status)
	}
	if err != nil {
		return g, "", err
	}
	if json.Unmarshal(b, &g) != nil || g.Organisatie.OIN != d.OIN {
		return g, "", errors.New("het antwoord is niet te gebruiken")
	}
	return g, "", p.neem(&g, d.Naam, p.cfg.Nu())
}

const maxUitleg = 400 // characters of a source's own words

// uitleg gives what a source says of a refusal, in its own words.
func uitleg(antwoord []byte) string {
	var in struct {
		Detail string `json:"detail"`
		Fouten []struct {
			Bericht string `json:"bericht"`
		} `json:"fouten"`
	}
	if json.Unmarshal(antwoord, &in) != nil {
		return ""
	}
	if len(in.Fouten) > 0 {
		in.Detail = in.Fouten[0].Bericht
	}
	rs := []rune(veilig(in.Detail))
	return string(rs[:min(len(rs), maxUitleg)])
}

// bij posts vraag to a path of a source, on behalf of s.
func (p *Portal) bij(ctx context.Context, s kijker, d functie.Deelnemer, pad string, vraag any) ([]byte, kop, error) {
	ctx, stop := context.WithTimeout(toegang.Naar(ctx, d.OIN), p.wacht)
	defer stop()
	lijf, err := json.Marshal(vraag)
	if err != nil {
		return nil, kop{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, inzage.Basis(d.API)+pad, bytes.NewReader(lijf))
	if err != nil {
		return nil, kop{}, err
	}
	verklaring, err := p.verklaar(s, d.OIN)
	if err != nil {
		return nil, kop{}, err
	}
	r.Header.Set("Authorization", "Bearer "+verklaring)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	resp, err := p.client.Do(r)
	if err != nil {
		return nil, kop{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAntwoord+1))
	if err == nil && len(b) > maxAntwoord {
		err = errors.New("het antwoord is te groot")
	}
	return b, kop{resp.StatusCode, resp.Header.Get("Link")}, err
}
