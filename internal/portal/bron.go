package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
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
	// allenTot is the size of a network up to which every node is asked, so that
	// an organisation that registered something without an event is found too.
	allenTot = 25
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

// haal asks the Ketenindex and the sources for everything about the person who
// is signed in, or for whom that person looks. It always gives a beeld; what is
// missing is told in it.
func (p *Portal) haal(ctx context.Context, s kijker) beeld {
	defer inzage.WachtTot(ctx, time.Now(), paginaMaat)
	b := beeld{namen: map[begrip.OIN]string{}, soorten: map[begrip.OIN]begrip.OrganisatieSoort{}}
	b.GeenRegister = !p.kentDeelnemers(ctx)
	alle, nodes := p.register.Deelnemers(), p.register.bronnen()
	var wg sync.WaitGroup
	vragen := func() { b.Bronnen = p.vraagBronnen(ctx, s, nodes) }
	samen := len(alle) < allenTot
	if samen {
		wg.Go(vragen)
	}
	gs, heel, err := p.gebeurtenissen(ctx, s)
	b.Gebeurtenissen, b.HubStil, b.Onvolledig = gs, err != nil, err == nil && !heel
	if err != nil {
		p.cfg.Log.WarnContext(ctx, "de Ketenindex antwoordt niet", "fout", err.Error())
	}
	if !samen {
		if !b.HubStil {
			nodes = slices.DeleteFunc(nodes, func(d functie.Deelnemer) bool {
				return !slices.ContainsFunc(gs, func(g gebeurtenis) bool { return slices.Contains(g.Wie, d.OIN) })
			})
		}
		vragen()
	}
	wg.Wait()
	b.alleenGetoond(s.Voor != nil, p.teksten)
	p.metHubInkijken(ctx, s, &b)
	if !samen && !b.HubStil {
		b.naamloos()
	}
	b.noem(alle)
	b.verhul(alle)
	return b
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

// naamloos puts one nameless source in place of all that are silent. In a large
// network only those are asked that have an event about this person: the name
// of a silent one would tell that it has, also when all of it is withheld.
func (b *beeld) naamloos() {
	stil := false
	b.Bronnen = slices.DeleteFunc(b.Bronnen, func(x bron) bool { stil = stil || x.Stil; return x.Stil })
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
func (b *beeld) alleenGetoond(streng bool, teksten map[string]functie.Tekst) {
	getoond, eigenaar := map[string]bool{}, map[string]gebeurtenis{}
	for _, x := range b.Bronnen {
		for _, d := range x.Beeld.Delen {
			getoond["urn:soh:"+d.Soort+":"+d.ID] = true
		}
	}
	for _, g := range b.Gebeurtenissen { // newest first: the last one stays
		eigenaar[g.Onderwerp] = g
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

// noem settles the name of every organisation: that of the register, else the
// one in the events. A source of events that is in no register cannot be asked,
// and that is told as well.
func (b *beeld) noem(alle []functie.Deelnemer) {
	for _, d := range alle {
		b.namen[d.OIN], b.soorten[d.OIN] = d.Naam, d.Soort
	}
	for _, g := range b.Gebeurtenissen {
		for oin, naam := range g.Namen {
			if b.namen[oin] == "" {
				b.namen[oin] = naam
			}
		}
	}
	for _, g := range b.Gebeurtenissen {
		_, bekend := b.soorten[g.Bron]
		if g.Bron == "" || bekend || slices.ContainsFunc(b.Bronnen, func(x bron) bool { return x.OIN == g.Bron }) {
			continue
		}
		d := functie.Deelnemer{Organisatie: begrip.Organisatie{OIN: g.Bron, Naam: b.namen[g.Bron], Soort: begrip.Overig}}
		if d.Naam != "" {
			b.Bronnen = append(b.Bronnen, bron{Deelnemer: d, Stil: true})
		}
	}
}

// vraagBronnen asks all at once; the slowest decides, within wachttijd each.
func (p *Portal) vraagBronnen(ctx context.Context, s kijker, nodes []functie.Deelnemer) []bron {
	uit := make([]bron, len(nodes))
	plek := make(chan struct{}, tegelijk)
	var wg sync.WaitGroup
	for i, d := range nodes {
		plek <- struct{}{}
		wg.Go(func() {
			defer func() { <-plek }()
			uit[i] = bron{Deelnemer: d}
			var err error
			if uit[i].Beeld, uit[i].Reden, err = p.vraag(ctx, s, d); err != nil {
				uit[i].Beeld, uit[i].Stil = inzage.Gezinsbeeld{}, true
				p.cfg.Log.WarnContext(ctx, "een bron antwoordt niet", "bron", d.OIN, "fout", err.Error())
			}
		})
	}
	wg.Wait()
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
	schoon(&g)
	return g, "", nil
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

var telefoonVorm = regexp.MustCompile(`^[0-9+][0-9 ()-]{2,19}$`)

// schoon makes the words of a source fit to show: no BSN, no contact that is
// no telephone number or address.
func schoon(g *inzage.Gezinsbeeld) {
	for i := range g.Delen {
		d := &g.Delen[i]
		d.Titel, d.Tekst = veilig(d.Titel), veilig(d.Tekst)
		for j := range d.Regels {
			d.Regels[j].Label, d.Regels[j].Waarde = veilig(d.Regels[j].Label), veilig(d.Regels[j].Waarde)
		}
		if c := d.Contact; c != nil {
			c.Naam, c.Functie = veilig(c.Naam), veilig(c.Functie)
			if !telefoonVorm.MatchString(c.Telefoon) {
				c.Telefoon = ""
			}
			if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email || strings.ContainsAny(c.Email, "?&%") {
				c.Email = ""
			}
		}
	}
	for i := range g.Keuzes {
		k := &g.Keuzes[i]
		k.Wat, k.Over = veilig(k.Wat), veilig(k.Over)
		for j := range k.Wie {
			k.Wie[j] = veilig(k.Wie[j])
		}
	}
	schoonKeren(g.Inzagen)
}

func schoonKeren(ks []inzage.Inkijk) {
	for i := range ks {
		k := &ks[i]
		for _, s := range []*string{&k.Wie, &k.Organisatie, &k.Rol, &k.Wat, &k.Gegeven, &k.Waarom, &k.Reden, &k.Grondslag} {
			*s = veilig(*s)
		}
	}
}
