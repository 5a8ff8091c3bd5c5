package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/handbereik/soh/internal/hub/proeflast"
)

// BenchCmd measures a hub over mutual TLS: one of its own, as a process of its
// own in a temporary folder, or one that runs already. Hub, bare handler and
// senders share this machine, so the ratio says more than the numbers. All get
// their requests over HTTP/1.1, one open connection per sender. What was taken
// in counts only over the time until it can be found and stands in the ledger.
type BenchCmd struct {
	JSON         bool          `name:"json" help:"Geef de uitkomst als één JSON-object."`
	Duur         time.Duration `help:"Hoe lang elke meting duurt." default:"3s"`
	Verbindingen int           `help:"Hoeveel verbindingen tegelijk." default:"256"`
	Lijst        int           `help:"Hoeveel gebeurtenissen in een lijst." default:"200"`
	Bytes        int           `help:"Hoe groot een gebeurtenis ongeveer is; 0 is gewoon."`
	Index        int           `help:"Hoeveel gebeurtenissen er eerst in de Ketenindex komen, in lijsten." default:"300000"`
	Personen     int           `help:"Over hoeveel personen de gebeurtenissen gaan; 0 is één op de twintig gebeurtenissen."`
	Dir          string        `help:"Map op de schijf die u wilt meten." type:"existingdir"`
	Bewaar       string        `help:"Map voor de eigen Ketenindex die blijft staan. Is die al gevuld, dan wordt hij weer gebruikt." type:"path"`
	Profiel      string        `help:"Schrijf hierheen waar de processortijd van de eigen Ketenindex blijft (pprof)." type:"path"`
	Alleen       string        `help:"Meet alleen dit." enum:",push,lijst,zoek,herbouw" default:""`

	Verklaar bool `help:"Zeg bij elke vraag wie er kijkt en waarom; een verklaring geldt dan voor de vragen van een halve minuut."`

	Hub  string `help:"Adres van een Ketenindex die al draait, in plaats van een eigen."`
	Cert string `help:"Certificaat van de deelnemer die meet (PEM); bij --hub." type:"existingfile"`
	Key  string `help:"Sleutel bij het certificaat (PEM); bij --hub." type:"existingfile"`
	CA   string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM); bij --hub." type:"existingfile"`
}

// benchUitkomst is what was measured. What was not, is left out: the ratio, the
// rebuild and the memory are of an own hub only.
type benchUitkomst struct {
	Push        float64 `json:"push_per_s,omitempty"`       // events offered one by one, durable, projection and ledger kept up
	Kaal        float64 `json:"bare_per_s,omitempty"`       // the same requests to a handler that only reads
	Verhouding  float64 `json:"push_ratio,omitempty"`       // Push / Kaal
	P50         float64 `json:"push_p50_ms,omitempty"`      // half of the pushes was answered within
	P99         float64 `json:"push_p99_ms,omitempty"`      // 99 of 100
	Max         float64 `json:"push_max_ms,omitempty"`      // all
	Inhalen     float64 `json:"push_lag_ms,omitempty"`      // after the last push, until all of it can be found
	Zichtbaar   float64 `json:"zichtbaar_p99_ms,omitempty"` // from a 202 to the event in a result, while the pushes go on
	Weigeringen int     `json:"push_refused,omitempty"`     // answers 429, each offered again

	Lijst        float64 `json:"batch_events_per_s,omitempty"` // events offered in batches, kept up
	LijstP99     float64 `json:"batch_p99_ms,omitempty"`
	LijstInhalen float64 `json:"batch_lag_ms,omitempty"`

	Query      float64 `json:"query_per_s,omitempty"`  // step 1: a query about a person, accepted
	QueryCPU   float64 `json:"query_cpu_us,omitempty"` // of the processors, for one of them, in an own hub
	Pull       float64 `json:"pull_per_s,omitempty"`   // step 2: a result of one event
	PullP99    float64 `json:"pull_p99_ms,omitempty"`
	PullCPU    float64 `json:"pull_cpu_us,omitempty"`
	PullPers   float64 `json:"pull_persoon_per_s,omitempty"` // step 2: all events of a person
	PersCPU    float64 `json:"pull_persoon_cpu_us,omitempty"`
	PerPersoon float64 `json:"events_per_persoon,omitempty"` // in that answer
	PersoonP50 float64 `json:"persoon_p50_ms,omitempty"`     // both steps about a person, one after the other, by as many readers as there are processors
	PersoonP99 float64 `json:"persoon_p99_ms,omitempty"`
	Persoon8   float64 `json:"persoon_p99_8_ms,omitempty"` // the same with eight readers, who wait for each other
	Index      int64   `json:"index_events,omitempty"`     // in the index while that was measured
	Vullen     float64 `json:"fill_events_per_s,omitempty"`

	Herbouw    float64 `json:"rebuild_events_per_s,omitempty"`     // the index thrown away, until it is back
	HerbouwCPU float64 `json:"rebuild_events_per_cpu_s,omitempty"` // per second of one processor
	Geheugen   float64 `json:"rss_mb,omitempty"`                   // of the hub, with that index, after the queries
	Piek       float64 `json:"rss_peak_mb,omitempty"`

	Verbindingen int `json:"connections"`
	PerLijst     int `json:"batch_size"`
	Bytes        int `json:"event_bytes"`
	Personen     int `json:"persons"`
}

// Run measures and prints.
func (c *BenchCmd) Run() (err error) {
	if c.Verbindingen < 1 || c.Lijst < 1 || c.Duur <= 0 || c.Index < 0 || c.Bytes < 0 {
		return errors.New("--verbindingen, --lijst en --duur moeten meer dan nul zijn")
	}
	if c.Personen == 0 {
		c.Personen = min(max(c.Index/20, 5000), proeflast.MaxPersonen)
	}
	b, err := c.bank()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.sluit()) }()
	u, err := c.meet(b)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(u)
	}
	u.toon()
	return nil
}

func (c *BenchCmd) wil(deel string) bool { return c.Alleen == "" || c.Alleen == deel }

func (c *BenchCmd) meet(b *bank) (u benchUitkomst, err error) {
	een, _, _ := b.maker(0).Append(nil)
	u.Verbindingen, u.PerLijst, u.Bytes, u.Personen = c.Verbindingen, c.Lijst, len(een), c.Personen
	// First the index, so that all is measured on a hub that has been in use:
	// most persons have a key already, and the store has something to look through.
	if u.Vullen, err = b.vul(c.Index, c.lijsten(), c.Lijst); err != nil {
		return u, err
	}
	if c.wil("push") {
		if err := c.meetPush(b, &u); err != nil {
			return u, err
		}
	}
	if c.wil("lijst") {
		m, err := b.belast(b.hub, last{duur: c.Duur, zenders: c.lijsten(), perKeer: c.Lijst})
		if err != nil {
			return u, err
		}
		if u.LijstInhalen, err = b.inhalen(); err != nil {
			return u, err
		}
		u.Lijst, u.LijstP99 = m.perSeconde(u.LijstInhalen), m.binnen(99)
	}
	if u.Index, err = b.grootte(); err != nil {
		return u, err
	}
	if c.wil("zoek") {
		if err := c.meetZoek(b, &u); err != nil {
			return u, err
		}
	}
	if b.eigen == nil {
		return u, nil
	}
	u.Geheugen, u.Piek = b.eigen.geheugen()
	if c.wil("herbouw") {
		d, cpu, err := b.herbouw()
		if err != nil {
			return u, err
		}
		u.Herbouw, u.HerbouwCPU = float64(u.Index)/d.Seconds(), float64(u.Index)/cpu.Seconds()
	}
	return u, nil
}

// lijsten is how many senders offer batches.
func (c *BenchCmd) lijsten() int { return max(1, c.Verbindingen/16) }

func (c *BenchCmd) meetPush(b *bank, u *benchUitkomst) error {
	los := last{duur: c.Duur, zenders: c.Verbindingen, perKeer: 1}
	if b.kaal != "" {
		m, err := b.belast(b.kaal, los)
		if err != nil {
			return err
		}
		u.Kaal = m.perSeconde(0)
	}
	los.kijk = true
	m, err := b.belast(b.hub, los)
	if err != nil {
		return err
	}
	if u.Inhalen, err = b.inhalen(); err != nil {
		return err
	}
	u.Push, u.P50, u.P99, u.Max, u.Weigeringen = m.perSeconde(u.Inhalen), m.binnen(50), m.binnen(99), m.binnen(100), m.geweigerd
	u.Zichtbaar = meting{tijden: m.zichtbaar}.binnen(99)
	if u.Kaal > 0 {
		u.Verhouding = u.Push / u.Kaal
	}
	return nil
}

func (u benchUitkomst) toon() {
	fmt.Printf("%d verbindingen, gebeurtenissen van %d bytes over %d personen, alles over TLS met certificaten van beide kanten\n\n", u.Verbindingen, u.Bytes, u.Personen)
	regel := func(wat string, n float64, vorm string, rest ...any) {
		if n > 0 {
			fmt.Printf("  %-26s %9.0f per seconde   %s\n", wat, n, fmt.Sprintf(vorm, rest...))
		}
	}
	regel("los, vastgelegd en bij", u.Push, "helft binnen %.0f ms, 99 van 100 binnen %.0f ms, langste %.0f ms; %d keer gevraagd te wachten", u.P50, u.P99, u.Max, u.Weigeringen)
	regel("kale POST", u.Kaal, "verhouding %.2f", u.Verhouding)
	regel("in lijsten", u.Lijst, "%d per lijst, 99 van 100 lijsten binnen %.0f ms; daarna %.0f ms om bij te komen", u.PerLijst, u.LijstP99, u.LijstInhalen)
	regel("vragen (stap 1)", u.Query, "bij %d gebeurtenissen in de index", u.Index)
	regel("ophalen (stap 2)", u.Pull, "één gebeurtenis, 99 van 100 binnen %.1f ms; elk %.0f µs van een processor", u.PullP99, u.PullCPU)
	regel("ophalen van een persoon", u.PullPers, "%.0f gebeurtenissen in het antwoord; elk antwoord %.0f µs van een processor", u.PerPersoon, u.PersCPU)
	if u.PersoonP99 > 0 {
		fmt.Printf("  %-26s %9.1f ms met vraag en al, 99 van 100 (helft binnen %.1f ms); met acht lezers %.1f ms\n", "een persoon", u.PersoonP99, u.PersoonP50, u.Persoon8)
	}
	regel("index opnieuw gemaakt", u.Herbouw, "%.0f per seconde van één processor", u.HerbouwCPU)
	if u.Zichtbaar > 0 {
		fmt.Printf("  %-26s %9.0f ms na de 202, 99 van 100\n", "vindbaar", u.Zichtbaar)
	}
	if u.Geheugen > 0 {
		fmt.Printf("  %-26s %9.0f MB, hoogste %.0f MB\n", "geheugen", u.Geheugen, u.Piek)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
