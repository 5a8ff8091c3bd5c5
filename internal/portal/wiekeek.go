package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web"
)

const (
	// maxBladen is how many pages of one source's list are read for one page of ours;
	// what lies before them is on the pages behind it.
	maxBladen    = 10
	perBladzijde = 20 // groups on one page
	lijstTijd    = 2  // how many times the time for one answer the whole list of a source may take
)

// wieKeek is the full list of looks, a page of it.
type wieKeek struct {
	Stil         []string
	Twijfel      bool
	Heel         bool
	GeenRegister bool
	Voor         *voorWie
	Gegevens     string // whose: uw gegevens, or of another

	Opvallend     []groep // noodtoegang and refusals, on the first page
	Dagen         []dag
	Getoond       int // looks on this page and those before it
	Totaal        int // looks read
	Meer          bool
	Nieuwer, Oude string // addresses of the neighbouring pages; empty: there is none

	Bezoeken []bezoekdag
	Bezocht  int
}

func (p *Portal) toonWieKeek(w http.ResponseWriter, r *http.Request, s toegang.Sessie) {
	k := p.kijker(r, s)
	r = voor(r, k)
	b := p.haal(r.Context(), k)
	q := r.URL.Query()
	tot, _ := time.Parse(time.RFC3339Nano, q.Get("tot")) // nonsense: from the newest on
	ks, eerder := p.alleKeren(r.Context(), k, &b, tot)
	d := wieKeek{Heel: b.heel(), Twijfel: b.Twijfel, GeenRegister: b.GeenRegister, Voor: k.Voor}
	d.blader(groepeer(ks), bladzijde(q.Get("blad")), tot, eerder)
	if tot.IsZero() {
		d.Bezoeken, d.Bezocht = p.bezoekdagen(r.Context(), k, &b)
	}
	_, d.Gegevens = p.aanspreking(r)
	for _, x := range b.Bronnen {
		if x.Stil {
			d.Stil = append(d.Stil, x.Naam)
		}
	}
	p.site.Toon(w, r, http.StatusOK, "wie-keek.html", web.Pagina{Titel: web.Vertaalbaar("Wie keek in mijn gegevens?"), Breed: true, Data: d})
}

// inkijken merges the newest looks that the Ketenindex and all sources logged, newest first. Which
// looks a family may know of, the source of the record decides, and nobody else:
// what another says about that record hides nothing.
func (b *beeld) inkijken() []inzage.Inkijk {
	uit := slices.Clone(b.HubKeek)
	for _, x := range b.Bronnen {
		uit = append(uit, x.Beeld.Inzagen...)
	}
	return nieuwsteEerst(uit)
}

func nieuwsteEerst(ks []inzage.Inkijk) []inzage.Inkijk {
	slices.SortStableFunc(ks, func(a, b inzage.Inkijk) int { return b.Tijdstip.Compare(a.Tijdstip) })
	return ks
}

// alleKeren gives every look before tot (zero: now), of all sources together. When
// some source has more than we read at once, eerder is the moment up to which the
// list is complete: what is older comes on the page that begins there. Every
// keeper of looks, a source or the Ketenindex, gives them as pages of inzage.Inkijk.
func (p *Portal) alleKeren(ctx context.Context, k kijker, b *beeld, tot time.Time) (uit []inzage.Inkijk, eerder time.Time) {
	type deel struct {
		ks  []inzage.Inkijk
		nog bool
	}
	ctx, stop := context.WithTimeout(ctx, lijstTijd*p.wacht)
	defer stop()
	delen := make([]deel, len(b.Bronnen))
	var wg sync.WaitGroup
	for i := range b.Bronnen {
		x := &b.Bronnen[i]
		if x.Stil || x.Reden != "" {
			continue
		}
		wg.Go(func() {
			pad := ""
			if tot.IsZero() {
				delen[i].ks = x.Beeld.Inzagen
			} else {
				pad = inzage.PadInkijken + "?tot=" + tot.UTC().Format(time.RFC3339Nano)
			}
			if x.Beeld.Vervolg != "" && tot.IsZero() {
				pad = inzage.PadInkijken + "?cursor=" + x.Beeld.Vervolg
			}
			var err error
			for n := 0; pad != "" && n < maxBladen && err == nil; n++ {
				var in struct {
					Inkijken []inzage.Inkijk `json:"inkijken"`
				}
				if pad, err = p.blad(ctx, k, x.Deelnemer, pad, &in); err != nil {
					break
				}
				voor := tot
				if n := len(delen[i].ks); n > 0 {
					voor = delen[i].ks[n-1].Tijdstip.Add(time.Nanosecond)
				}
				if in.Inkijken, err = p.neemBlad(in.Inkijken, x.Naam, voor); err == nil {
					b.verhulKeren(in.Inkijken)
					delen[i].ks = append(delen[i].ks, in.Inkijken...)
				}
			}
			if err != nil {
				x.Stil, pad = true, ""
				p.cfg.Log.WarnContext(ctx, "een bron geeft de lijst niet verder", "bron", x.OIN, "fout", err.Error())
			}
			delen[i].nog = pad != ""
		})
	}
	wg.Wait()
	for _, d := range delen {
		uit = append(uit, d.ks...)
		if n := len(d.ks); d.nog && n > 0 && d.ks[n-1].Tijdstip.After(eerder) {
			eerder = d.ks[n-1].Tijdstip
		}
	}
	for _, x := range b.HubKeek {
		if tot.IsZero() || x.Tijdstip.Before(tot) {
			uit = append(uit, x)
		}
	}
	uit = slices.DeleteFunc(nieuwsteEerst(uit), func(k inzage.Inkijk) bool { return !eerder.IsZero() && !k.Tijdstip.After(eerder) })
	return uit, eerder
}

// volgendBlad is the form of a link to a next page; only of a list we asked for.
var volgendBlad = regexp.MustCompile(`^<(/v1/betrokkenen/(?:inkijken|bezoeken)/query\?[A-Za-z0-9=&%._:+-]{1,400})>;\s*rel="?next"?$`)

// blad reads one page of a source's list into uit and gives the path of the next.
func (p *Portal) blad(ctx context.Context, k kijker, d functie.Deelnemer, pad string, uit any) (volgende string, err error) {
	b, kop, err := p.bij(ctx, k, d, pad, map[string]any{"burgerservicenummer": begrip.InhoudBSN{BSN: k.voorWie()}})
	if err != nil {
		return "", err
	}
	if kop.status != http.StatusOK {
		return "", fmt.Errorf("HTTP %d", kop.status)
	}
	if m := volgendBlad.FindStringSubmatch(strings.TrimSpace(kop.link)); m != nil {
		volgende = m[1]
	}
	return volgende, json.Unmarshal(b, uit)
}

func (p *Portal) tabel(ks []inzage.Inkijk) web.Tabel {
	t := web.Tabel{Onderschrift: web.Vertaalbaar("Wie in uw gegevens keek, nieuwste eerst"), Kop: []string{
		web.Vertaalbaar("Wanneer"), web.Vertaalbaar("Wie"), web.Vertaalbaar("Wat"), web.Vertaalbaar("Waarom")}}
	for _, k := range ks {
		waarom := web.Cel{Tekst: k.Waarom, Bij: k.Grondslag}
		if !k.Toegestaan {
			waarom.Label = &web.Label{Soort: "fout", Tekst: web.Vertaalbaar("Mocht niet"), Icoon: "hand-stop"}
		}
		wie := k.Organisatie
		if k.Rol != "" {
			wie = k.Rol + ", " + wie
		}
		t.Rijen = append(t.Rijen, []web.Cel{{Op: k.Tijdstip}, {Tekst: k.Wie, Bij: wie}, {Tekst: k.Wat, Bij: k.Bron}, waarom})
	}
	return t
}
