package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/demo/bezoeker"
)

// vertelTijd is how long Start waits for the stories; they go on after that.
const vertelTijd = 20 * time.Second

// verhaal puts the stories of the families in place once per folder, through
// the API and the pages that everybody uses.
type verhaal struct {
	d      *Demo
	pad    string
	klaar  map[string]bool
	client map[string]*http.Client
}

// stap is one thing that happens in a story. What the visitor would notice when
// it happened twice looks first whether it happened before an interruption.
type stap struct {
	naam string
	doe  func(context.Context) error
}

// vertel runs the stories; the start page opens when they stand.
func (d *Demo) vertel(ctx context.Context) {
	klaar := make(chan struct{})
	d.achter.Add(1)
	go func() {
		defer d.achter.Done()
		defer close(klaar)
		log, err := d.log("verhaal")
		if err == nil {
			v := &verhaal{d: d, pad: filepath.Join(d.dir, "verhaal.json"), klaar: map[string]bool{}, client: map[string]*http.Client{}}
			err = v.run(d.stopCtx)
		}
		if err != nil && d.stopCtx.Err() == nil {
			if log != nil {
				log.Error("het verhaal staat niet helemaal klaar; een nieuwe start maakt het af", "fout", err.Error())
			}
			d.verhaalFout.Store(&err)
		}
		d.gereed.Store(true)
	}()
	select {
	case <-klaar:
	case <-ctx.Done():
	case <-time.After(vertelTijd):
		d.gereed.Store(true)
	}
}

func (v *verhaal) run(ctx context.Context) error {
	b, err := os.ReadFile(v.pad)
	if err == nil {
		err = json.Unmarshal(b, &v.klaar)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := v.wachtOpIedereen(ctx); err != nil {
		return err
	}
	if err := v.apis(ctx); err != nil {
		return err
	}
	for _, s := range v.stappen() {
		if v.klaar[s.naam] {
			continue
		}
		if err := s.doe(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.naam, err)
		}
		v.klaar[s.naam] = true
		if err := schrijfJSON(v.pad, v.klaar); err != nil {
			return err
		}
	}
	return nil
}

// wachtOpIedereen waits until every node knows the others.
func (v *verhaal) wachtOpIedereen(ctx context.Context) error {
	for _, o := range Deelnemers() {
		v.client[o.Kort] = v.d.lid(o.Kort).identiteit.Client(10 * time.Second)
	}
	fouten := make([]error, len(Deelnemers()))
	var wg sync.WaitGroup
	for i, o := range Deelnemers() {
		wg.Go(func() {
			fouten[i] = totdat(ctx, func() error {
				return v.haal(ctx, o.Kort, v.d.lid(o.Kort).apiURL+"/ready", http.MethodGet, nil)
			})
		})
	}
	wg.Wait()
	return errors.Join(fouten...)
}

// totdat tries until f succeeds, for at most ten seconds.
func totdat(ctx context.Context, f func() error) error {
	ctx, klaar := context.WithTimeout(ctx, 10*time.Second)
	defer klaar()
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// haal does one call as the own case system of kort.
func (v *verhaal) haal(ctx context.Context, kort, adres, methode string, body any) error {
	_, err := v.roep(ctx, kort, adres, methode, body)
	return err
}

// roep is haal with the answer.
func (v *verhaal) roep(ctx context.Context, kort, adres, methode string, body any) ([]byte, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, methode, adres, in)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := v.client[kort].Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		return nil, fmt.Errorf("%s antwoordt %d op %s: %s", kort, resp.StatusCode, r.URL.Path, begrip.MaskeerBSN(b))
	}
	return b, nil
}

func (v *verhaal) stappen() []stap {
	var uit []stap
	for _, o := range Deelnemers() {
		for _, kort := range o.Bekend {
			for _, l := range gezin(kort).Leden {
				uit = append(uit, stap{"registratie/" + o.Kort + "/" + kort + "/" + strings.ToLower(l.Voornamen), func(ctx context.Context) error {
					b, err := v.roep(ctx, o.Kort, v.d.lid(o.Kort).apiURL+"/v1/registraties", http.MethodPost, registratie(o, l))
					if err == nil && o.Kort == "ggz" && l.Voornamen == "Lotte" {
						err = v.schermAf(ctx, o.Kort, b)
					}
					return err
				}})
			}
		}
	}
	uit = append(uit, v.registers()...)
	uit = append(uit, v.waarborgen()...)
	return append(uit,
		stap{"dewit/melding", func(ctx context.Context) error {
			return v.eenMelding(ctx, "politie", "politie-noor", gezin("dewit").Melding(time.Now().Add(-26*time.Hour), meldingDeWit()))
		}},
		stap{"dewit/oppakken", v.pakOp},
		stap{"dewit/bekendheid", v.vraagBekendheid},
		stap{"dewit/noodtoegang", v.noodtoegang},
		stap{"dewit/uitkomst", v.uitkomst},
		stap{"yilmaz/melding", func(ctx context.Context) error {
			return v.eenMelding(ctx, "ggz", "ggz-eva", gezin("yilmaz").Melding(time.Now().Add(-90*time.Minute), meldingYilmaz()))
		}},
	)
}

// eenMelding makes the first melding of kort; wie sees whether there is one.
func (v *verhaal) eenMelding(ctx context.Context, kort, wie string, m map[string]any) error {
	b, err := v.binnen(ctx, kort, wie)
	if err != nil {
		return err
	}
	if err := b.Open(ctx, "/meldingen"); err != nil {
		return err
	}
	if slices.ContainsFunc(b.Links("/meldingen/"), func(l string) bool { return l != "/meldingen/nieuw" }) {
		return nil
	}
	return v.meld(ctx, kort, m)
}

func (v *verhaal) meld(ctx context.Context, kort string, m map[string]any) error {
	return v.haal(ctx, kort, v.d.lid(kort).apiURL+"/v1/meldingen", http.MethodPost, m)
}

// binnen opens the werkplek of kort as one of its people.
func (v *verhaal) binnen(ctx context.Context, kort, wie string) (*bezoeker.Bezoeker, error) {
	b, err := bezoeker.Nieuw()
	if err != nil {
		return nil, err
	}
	return b, b.Inloggen(ctx, v.d.lid(kort).werkURL+"/aanmelden", wie)
}

// pakOp has Veilig Thuis read the first melding and take it up.
func (v *verhaal) pakOp(ctx context.Context) error {
	b, err := v.binnen(ctx, "veilig-thuis", "vt-marieke")
	if err != nil {
		return err
	}
	return totdat(ctx, func() error {
		if err := b.Open(ctx, "/beoordelingen"); err != nil {
			return err
		}
		if len(eigenBeoordelingen(b)) > 0 {
			return nil // taken up before an interruption
		}
		if err := b.Open(ctx, "/postvak"); err != nil {
			return err
		}
		l := b.Links("/postvak/melding/")
		if len(l) == 0 {
			return errors.New("de melding is nog niet aangekomen")
		}
		if err := b.Open(ctx, l[0]); err != nil {
			return err
		}
		return b.Verstuur(ctx, "/oppakken", nil)
	})
}

func eigenBeoordelingen(b *bezoeker.Bezoeker) []string {
	return slices.DeleteFunc(b.Links("/beoordelingen/"), func(l string) bool { return l == "/beoordelingen/" })
}

// vraagBekendheid has Veilig Thuis ask every organisation about the family.
func (v *verhaal) vraagBekendheid(ctx context.Context) error {
	b, err := v.binnen(ctx, "veilig-thuis", "vt-marieke")
	if err != nil {
		return err
	}
	if err := b.Open(ctx, "/beoordelingen"); err != nil {
		return err
	}
	l := eigenBeoordelingen(b)
	if len(l) == 0 {
		return errors.New("er is geen beoordeling")
	}
	if err := b.Open(ctx, l[0]); err != nil {
		return err
	}
	if strings.Contains(b.HTML, `<ul class="todo">`) {
		return nil // asked before an interruption
	}
	if err := b.Open(ctx, "/bekendheid/nieuw?beoordeling="+strings.TrimPrefix(l[0], "/beoordelingen/")); err != nil {
		return err
	}
	return b.Verstuur(ctx, "/bekendheid/nieuw", url.Values{"personen": b.Keuzes("personen"), "aan": b.Keuzes("aan")})
}
