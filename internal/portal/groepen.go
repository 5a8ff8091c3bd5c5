package portal

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/inzage"
	"github.com/handbereik/soh/internal/web"
)

// groep is every look of one person (or of computers) on one day, for one purpose
// and with one outcome.
type groep struct {
	inzage.Inkijk          // the newest; Wat is what was seen in all of them together
	Organisaties  []string // of computers more than one
	Aantal        int
	Keren         []keer
	gelezen       []string // what was read in them, as a sentence names it
}

// keer is one look in a group, or the same one several times in a row.
type keer struct {
	Op   time.Time
	Wat  string
	Bron string // who tells of it
	Keer int
}

// dag is the groups of one day.
type dag struct {
	Op      time.Time
	Aantal  int
	Groepen []groep
}

func dagVan(t time.Time) string { return t.In(web.Zone).Format(time.DateOnly) }

// groepeer puts looks, newest first, in groups, the one with the newest look first.
// A refusal never joins an allowed look.
func groepeer(ks []inzage.Inkijk) []groep {
	var uit []groep
	plek := map[string]int{}
	for _, k := range ks {
		wie := k.Wie + "|" + k.Organisatie + "|" + k.Rol
		if k.Vanzelf {
			wie = "computer"
		}
		sleutel := strings.Join([]string{dagVan(k.Tijdstip), wie, k.Waarom, k.Grondslag, strconv.FormatBool(k.Toegestaan), string(k.Oordeel)}, "|")
		i, ok := plek[sleutel]
		if !ok {
			i = len(uit)
			plek[sleutel] = i
			uit = append(uit, groep{Inkijk: k})
		}
		g := &uit[i]
		g.Aantal++
		if k.Toegestaan && k.Niveau == begrip.NiveauInhoud && k.Gegeven != "" && !slices.Contains(g.gelezen, k.Gegeven) {
			g.gelezen = append(g.gelezen, k.Gegeven)
		}
		if !slices.Contains(g.Organisaties, k.Organisatie) {
			g.Organisaties = append(g.Organisaties, k.Organisatie)
		}
		if n := len(g.Keren); n > 0 && g.Keren[n-1].Wat == k.Wat && g.Keren[n-1].Bron == k.Bron {
			g.Keren[n-1].Keer++
			g.Keren[n-1].Op = k.Tijdstip // in a row: when it began
		} else {
			g.Keren = append(g.Keren, keer{k.Tijdstip, k.Wat, k.Bron, 1})
		}
	}
	for i := range uit {
		g := &uit[i]
		if n := len(g.gelezen); n > 1 {
			g.Wat = "Las: " + strings.Join(g.gelezen[:n-1], ", ") + " en " + g.gelezen[n-1] + "."
		} else if n == 1 {
			g.Wat = "Las: " + g.gelezen[0] + "."
		}
	}
	return uit
}

// bladzijde reads which page is asked; nonsense is the first.
func bladzijde(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 10000 {
		return 1
	}
	return n
}

// blader shows page n of the groups before tot; eerder is where the list goes on
// beyond them, or zero.
func (d *wieKeek) blader(gs []groep, n int, tot, eerder time.Time) {
	n = min(n, max(1, (len(gs)+perBladzijde-1)/perBladzijde))
	van, tm := (n-1)*perBladzijde, min(n*perBladzijde, len(gs))
	for i, g := range gs {
		d.Totaal += g.Aantal
		if i < tm {
			d.Getoond += g.Aantal
		}
		if i < van || i >= tm {
			continue
		}
		if k := len(d.Dagen); k == 0 || dagVan(d.Dagen[k-1].Op) != dagVan(g.Tijdstip) {
			d.Dagen = append(d.Dagen, dag{Op: g.Tijdstip})
		}
		x := &d.Dagen[len(d.Dagen)-1]
		x.Aantal, x.Groepen = x.Aantal+g.Aantal, append(x.Groepen, g)
	}
	if n == 1 && tot.IsZero() {
		for _, g := range gs {
			if (g.Nood || !g.Toegestaan) && len(d.Opvallend) < perBladzijde {
				d.Opvallend = append(d.Opvallend, g)
			}
		}
	}
	adres := func(n int, tot time.Time) string {
		q := url.Values{}
		if n > 1 {
			q.Set("blad", strconv.Itoa(n))
		}
		if !tot.IsZero() {
			q.Set("tot", tot.UTC().Format(time.RFC3339Nano))
		}
		if len(q) == 0 {
			return "/wie-keek"
		}
		return "/wie-keek?" + q.Encode()
	}
	d.Meer = !eerder.IsZero()
	switch {
	case tm < len(gs):
		d.Oude = adres(n+1, tot)
	case d.Meer:
		d.Oude = adres(1, eerder.Add(time.Microsecond))
	}
	if n > 1 {
		d.Nieuwer = adres(n-1, tot)
	} else if !tot.IsZero() {
		d.Nieuwer = "/wie-keek"
	}
}

// bezoekdag is how often somebody of the family visited on one day.
type bezoekdag struct {
	Op     time.Time // the last one
	Wie    string    // who looked for the reader; empty: the reader
	Aantal int
	Dicht  bool // got nothing to see
}

// samenBezoek is how far apart two lines can be that one page of ours caused.
const samenBezoek = time.Minute

// bezoekdagen counts the visits by the family, apart from the looks: the same visit
// stands in the log of every source that was asked.
func (p *Portal) bezoekdagen(ctx context.Context, k kijker, b *beeld) (uit []bezoekdag, totaal int) {
	ctx, stop := context.WithTimeout(ctx, lijstTijd*p.wacht)
	defer stop()
	lijsten := make([][]inzage.Bezoek, len(b.Bronnen))
	var wg sync.WaitGroup
	for i, x := range b.Bronnen {
		if x.Stil || x.Reden != "" {
			continue
		}
		wg.Go(func() {
			pad := inzage.PadBezoeken
			for n := 0; pad != "" && n < maxBladen; n++ {
				var in struct {
					Bezoeken []inzage.Bezoek `json:"bezoeken"`
				}
				var err error
				if pad, err = p.blad(ctx, k, x.Deelnemer, pad, &in); err != nil {
					p.cfg.Log.WarnContext(ctx, "een bron geeft de bezoeken niet", "bron", x.OIN, "fout", err.Error())
					return
				}
				lijsten[i] = append(lijsten[i], in.Bezoeken...)
			}
		})
	}
	wg.Wait()
	alle := slices.Concat(lijsten...)
	slices.SortStableFunc(alle, func(a, b inzage.Bezoek) int { return b.Tijdstip.Compare(a.Tijdstip) })
	laatst, plek := map[string]time.Time{}, map[string]int{}
	for _, x := range alle {
		x.Wie = persoonsnaam(x.Wie, geenNaam)
		wie := strings.Join([]string{x.Wie, strconv.FormatBool(x.Toegestaan)}, "|")
		if t, ok := laatst[wie]; ok && t.Sub(x.Tijdstip) < samenBezoek {
			continue
		}
		laatst[wie] = x.Tijdstip
		sleutel := dagVan(x.Tijdstip) + "|" + wie
		i, ok := plek[sleutel]
		if !ok {
			i = len(uit)
			plek[sleutel] = i
			uit = append(uit, bezoekdag{Op: x.Tijdstip, Wie: x.Wie, Dicht: !x.Toegestaan})
		}
		uit[i].Aantal++
		totaal++
	}
	return uit, totaal
}
