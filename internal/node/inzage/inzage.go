// Package inzage is the second pattern: reading at the source. It owns the
// order of business of every look — who calls, what the policy decides, the
// log line and the …-ingezien event in one transaction, and only then the
// answer — and the same from the other side: a look at another source is
// logged here before it is asked there.
//
// It promises: no log line, no answer; a refusal is logged and explained; a
// request only ever goes to an address that the register knows; and what the
// family gets to see leaves no gap where something is shielded.
package inzage

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/meting"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/node/signaal"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
	"github.com/handbereik/soh/internal/toegang"
)

// Config is what an Inzage works with. All fields are required, but for Besluiten.
type Config struct {
	Organisatie begrip.Organisatie
	Systeem     string // source of this node's events
	Identiteit  toegang.Identiteit
	Dossier     *dossier.Store
	Waarborgen  *waarborg.Waarborgen // the facts that open or close a look
	Verbanden   *samenwerkingsverband.Verzameling
	// Deelnemer looks a party up in the register; api is the base of its node.
	Deelnemer func(begrip.OIN) (org begrip.Organisatie, api string, ok bool)
	Log       *slog.Logger
	Wek       func()         // an outbox message was committed
	Besluiten *meting.Teller // of looks, by outcome; nil counts nothing
	// Grenzen is how many people one may look at in an hour; default Standaard.
	Grenzen *Grenzen
	// Meld tells the privacy officer that an organisation looks out of the ordinary, with
	// the line of the log that shows it; nil tells nobody.
	Meld func(ctx context.Context, van begrip.Organisatie, regel signaal.Regel, logregel string) error
}

// Inzage gives and asks looks at records. Safe for concurrent use.
type Inzage struct {
	cfg        Config
	client     *http.Client
	bladwijzer bladwijzer
	drukte     *drukte

	mu      sync.RWMutex
	beleid  *toegang.Beleid
	soorten []Soort
}

// Nieuw makes an Inzage that refuses everything until Gebruik.
func Nieuw(cfg Config) *Inzage {
	if cfg.Grenzen == nil {
		cfg.Grenzen = &Standaard
	}
	return &Inzage{cfg: cfg, client: cfg.Identiteit.Client(wachttijd), bladwijzer: nieuweBladwijzer(), drukte: nieuweDrukte(*cfg.Grenzen)}
}

// Gebruik sets the compiled policies and the kinds of record of this node, and what
// the dossier holds those to.
func (z *Inzage) Gebruik(b *toegang.Beleid, soorten ...Soort) {
	rusten := map[string]dossier.Rusten{}
	dicht := map[string]func(dossier.Record) bool{}
	wijs := dossier.Wijs{Mag: func(rec dossier.Record) bool { f := dicht[rec.Soort]; return f == nil || !f(rec) }, Bericht: func(b begrip.BSN) dossier.Bericht {
		return gebeurtenis.Bericht(gebeurtenis.Wegwijzer(z.cfg.Organisatie.OIN, z.cfg.Systeem, b))
	}}
	for _, s := range soorten {
		rusten[s.Naam] = dossier.Rusten{Op: s.Herkomst, Ook: s.ZonderHerkomst}
		if s.ZonderWegwijzer == "" {
			wijs.Soorten, dicht[s.Naam] = append(wijs.Soorten, s.Naam), s.Afgeschermd
		}
	}
	z.cfg.Dossier.Rusten(rusten)
	z.cfg.Dossier.Wijs(wijs)
	z.mu.Lock()
	defer z.mu.Unlock()
	z.beleid, z.soorten = b, soorten
}

func (z *Inzage) soort(kies func(Soort) bool) (Soort, bool) {
	z.mu.RLock()
	defer z.mu.RUnlock()
	i := slices.IndexFunc(z.soorten, kies)
	if i < 0 {
		return Soort{}, false
	}
	return z.soorten[i], true
}

// Geef answers a look of l at one record, at niveau gevraagd or, when that is
// nil, at the highest that is allowed. The decision is always of now: about the
// record as it is now, with the facts that hold now; peildatum (zero: now) only
// chooses the version that is shown.
//
// Errors: NietGevonden; Verboden, logged, with the reasons in Bericht and in
// the Antwoord; NietBeschikbaar when the look cannot be logged. A refusal of
// who may not know of the record is logged as one and answered as NietGevonden,
// so that nobody can find out what is here by trying. What is not here takes
// the same steps, the log line included, and answers in equal time.
func (z *Inzage) Geef(ctx context.Context, soort Soort, id string, l toegang.Lezer, gevraagd *begrip.Niveau, peildatum time.Time) (Antwoord, error) {
	begin := time.Now()
	nu, toon, err := z.versies(ctx, soort, id, peildatum)
	weg := begrip.Is(err, begrip.NietGevonden)
	if err != nil && !weg {
		return Antwoord{}, err
	}
	f, err := z.feiten(ctx, l, nu)
	if err != nil {
		return Antwoord{}, err
	}
	var besluit toegang.Besluit
	hier := f.Afgeschermd(soort.Naam, id, l)
	switch {
	case weg:
		besluit = weiger("Dit bestaat hier niet.", "")
	case hier != nil:
		besluit = weiger("Dit is afgeschermd: "+hier.Reden.Naam()+".", hier.Reden.Artikel())
	default:
		if besluit, err = z.besluit(ctx, soort, nu, l, f, gevraagd); err != nil {
			return Antwoord{}, err
		}
	}
	besluit.Niveau = min(besluit.Niveau, toegang.MaxNiveau(ctx)) // a system's token may permit less than the law does
	rustOp, err := z.grondVan(ctx, f, soort.Naam, id)
	if err != nil {
		return Antwoord{}, err
	}
	dicht := rustOp.dicht || !weg && soort.Afgeschermd != nil && (soort.Afgeschermd(nu) || soort.Afgeschermd(toon))
	if dicht && !l.Burger.IsZero() {
		besluit = weiger("Dit is afgeschermd.", "Uitvoeringsbesluit Wmo 2015, artikel 4.1.8")
	}
	wacht := z.teVeel(id, nu, l, &besluit)
	uit := Antwoord{Niveau: besluit.Niveau, Redenen: besluit.Redenen, Gemaskeerd: besluit.Gemaskeerd, Plichten: besluit.Plichten, Geweigerd: !besluit.Toegestaan, Afgeschermd: dicht}
	if besluit.Toegestaan {
		if uit.Recht, err = z.recht(ctx, soort, nu, toon, l, besluit); err != nil {
			return Antwoord{}, err
		}
		if uit.Inhoud, uit.Gemaskeerd, err = reduceer(soort, toon, besluit, uit.Recht); err != nil {
			return Antwoord{}, err
		}
		uit.Herkomst = toon.Verwijzing(z.cfg.Organisatie.OIN, soort.Pad)
		if l.Organisatie.OIN != z.cfg.Organisatie.OIN && l.Burger.IsZero() {
			uit.aanhang = z.aanhang(f, soort, nu, rustOp, l.Organisatie).Kenmerk
		}
	}
	regel := z.regel(ctx, dossier.Gegeven, l)
	regel.Soort, regel.RecordID, regel.Betrokkenen, regel.BronAfgeschermd = soort.Naam, id, nu.Personen, dicht || hier != nil
	regel.Niveau, regel.Toegestaan, regel.Redenen, regel.Velden = besluit.Niveau, besluit.Toegestaan, logRedenen(besluit.Redenen), velden(uit.Inhoud)
	regel.Plichten = besluit.Plichten
	if !besluit.Toegestaan {
		regel.Niveau = begrip.NiveauBestaan // nothing was seen, whatever would have been allowed
	}
	if err := z.leg(ctx, regel, soort, nu, l, f.Dicht(soort.Naam, id)); err != nil {
		return Antwoord{}, z.geremd(ctx, regel, l, err)
	}
	if besluit.Toegestaan {
		if l.Organisatie.OIN == z.cfg.Organisatie.OIN {
			dossier.Las(ctx, uit.Herkomst)
		}
		z.cfg.Besluiten.Plus(1, "toegestaan")
		return uit, nil
	}
	if wacht > 0 {
		return Antwoord{Geweigerd: true}, z.eenTeVeel(ctx, l, regel.ID, wacht)
	}
	z.cfg.Besluiten.Plus(1, "geweigerd")
	z.telWeigering(ctx, l, regel.ID)
	if weg || hier != nil || dicht && !l.Burger.IsZero() || !z.partij(soort, nu, l.Organisatie.OIN) {
		wachtTotMaat(ctx, begin)
		return Antwoord{Geweigerd: true}, nergens()
	}
	return uit, begrip.NieuweFout(begrip.Verboden, "%s", redenen(besluit.Redenen)).Door(toegang.Weigering{Bron: z.cfg.Organisatie.OIN, Pad: soort.Pad + "/" + id})
}

// versies gives a record as it is now and as it was known at peildatum.
func (z *Inzage) versies(ctx context.Context, soort Soort, id string, peildatum time.Time) (nu, toon dossier.Record, err error) {
	if nu, err = z.cfg.Dossier.Lees(ctx, soort.Naam, id, time.Time{}); err != nil || peildatum.IsZero() {
		return nu, nu, err
	}
	if toon, err = z.cfg.Dossier.Lees(ctx, soort.Naam, id, peildatum); err != nil {
		return dossier.Record{}, toon, err
	}
	return nu, toon, nil
}

// partij tells whether oin may know that rec is here.
func (z *Inzage) partij(soort Soort, rec dossier.Record, oin begrip.OIN) bool {
	return soort.Partij == nil || oin == z.cfg.Organisatie.OIN || soort.Partij(rec, oin)
}

// nergens is the one answer for what is not here and for what the reader may
// not know of.
func nergens() error { return begrip.NieuweFout(begrip.NietGevonden, "Dit bestaat hier niet.") }

// maat is the step of time in which answers come that may hide something. To see
// that a record is withheld takes a tenth of a millisecond more than to see that
// there is none (BenchmarkNergens).
const maat = 20 * time.Millisecond

// lijstMaat is that step for an answer about all there is of a person: the work
// on a hundred withheld records stays within it.
const lijstMaat = 150 * time.Millisecond

// wachtTotMaat waits for the next step since begin, and a bit of chance: a timer
// is as coarse as the system's, and how late it is would tell when it was set.
func wachtTotMaat(ctx context.Context, begin time.Time) { WachtTot(ctx, begin, maat) }

// WachtTot waits until a whole number of steps since begin went by, and a bit of
// chance: how long the work took then tells nothing.
func WachtTot(ctx context.Context, begin time.Time, stap time.Duration) {
	t := time.NewTimer(stap - time.Since(begin)%stap + rand.N(stap/4))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// besluit asks the policy. Without a niveau the highest allowed one counts; a
// call on noodtoegang then counts only where nothing is allowed without it.
func (z *Inzage) besluit(ctx context.Context, soort Soort, rec dossier.Record, l toegang.Lezer, f *waarborg.Feiten, gevraagd *begrip.Niveau) (toegang.Besluit, error) {
	z.mu.RLock()
	beleid := z.beleid
	z.mu.RUnlock()
	if beleid == nil {
		return weiger("Er is hier nog geen beleid dat inzage toestaat.", ""), nil
	}
	if !l.Burger.IsZero() && l.Organisatie.Soort != begrip.Burgerportaal {
		return weiger("Alleen een burgerportaal kan voor een burger kijken.", ""), nil
	}
	if !l.Nood.IsZero() { // what an ordinary rule allows, however little when that is asked, is no noodtoegang
		gewoon := l
		gewoon.Nood = toegang.Nood{}
		if b, err := z.besluit(ctx, soort, rec, gewoon, f, gevraagd); err != nil || b.Toegestaan {
			return b, err
		}
	}
	vraag := []begrip.Niveau{begrip.NiveauInhoud, begrip.NiveauProces, begrip.NiveauBestaan}
	if gevraagd != nil {
		vraag = []begrip.Niveau{*gevraagd}
	}
	var eerste toegang.Besluit
	for i, n := range vraag {
		b, err := beleid.Besluit(ctx, soort.Beleid, z.invoer(soort, rec, l, f, n))
		if err != nil {
			return toegang.Besluit{}, begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet beslissen of u dit mag zien.").Door(err)
		}
		if i == 0 {
			eerste = b
		}
		switch {
		case !b.Toegestaan:
		case gevraagd == nil:
			return b, nil
		case b.Niveau >= n:
			b.Niveau = n
			return b, nil
		default:
			b.Toegestaan = false
			b.Redenen = append([]toegang.Reden{{Tekst: "U mag minder zien dan u vraagt: hoogstens niveau " + string(rune('0'+b.Niveau)) + ".", Gezin: "Deze persoon vroeg meer dan mag."}}, b.Redenen...)
			return b, nil
		}
	}
	return eerste, nil
}

// leg writes the log line and, for an allowed look, the event, or neither. dicht:
// the record is withheld from somebody.
func (z *Inzage) leg(ctx context.Context, regel dossier.Logregel, soort Soort, rec dossier.Record, l toegang.Lezer, dicht bool) error {
	bericht := false
	err := z.cfg.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if err := tx.Log(ctx, regel); err != nil {
			return err
		}
		gemeld, err := z.plichten(ctx, tx, regel, rec, l, dicht)
		if err != nil {
			return err
		}
		bericht = gemeld
		if !regel.Toegestaan || soort.Ingezien == nil {
			return nil
		}
		g, type_, ok := soort.Ingezien(rec, l)
		if !ok {
			return nil
		}
		bericht = true
		ev := gebeurtenis.Maak(z.cfg.Systeem, type_, "urn:soh:"+soort.Naam+":"+rec.ID, g)
		return tx.Verstuur(ctx, gebeurtenis.Bericht(ev))
	})
	if err == nil && bericht {
		z.cfg.Wek()
	}
	return err
}

func (z *Inzage) regel(ctx context.Context, richting dossier.Richting, l toegang.Lezer) dossier.Logregel {
	spoor, _ := Spoor(ctx)
	return dossier.Logregel{
		ID: uuid.Must(uuid.NewV7()).String(), Tijdstip: time.Now().UTC(), Richting: richting,
		LezerOIN: l.Organisatie.OIN, LezerOrganisatie: l.Organisatie.Naam, Persoon: l.Persoon, Naam: l.Naam, Rol: l.Rol,
		Doel: l.Doel, Grondslag: l.Grondslag, Zaak: l.Zaak, Burger: l.Burger, Namens: l.Namens, Nood: l.Nood.Reden, Bron: z.cfg.Organisatie.OIN, TraceID: spoor,
	}
}

// velden names the members of inhoud, for the log.
func velden(inhoud json.RawMessage) []string {
	var m map[string]json.RawMessage
	if json.Unmarshal(inhoud, &m) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(m))
}

func weiger(tekst, artikel string) toegang.Besluit {
	return toegang.Besluit{Redenen: []toegang.Reden{{Tekst: tekst, Artikel: artikel, Gezin: zonderReden}}}
}

func logRedenen(rs []toegang.Reden) []dossier.Reden {
	var uit []dossier.Reden
	for _, r := range rs {
		uit = append(uit, dossier.Reden(r))
	}
	return uit
}

// redenen puts the reasons of a refusal in one text.
func redenen(rs []toegang.Reden) string {
	var delen []string
	for _, r := range rs {
		t := strings.TrimSuffix(strings.TrimSpace(r.Tekst), ".")
		if t == "" {
			continue
		}
		if r.Artikel != "" {
			t += " (" + begrip.Grondslag(r.Artikel).Artikel() + ")"
		}
		delen = append(delen, t+".")
	}
	if len(delen) == 0 {
		return "Er is geen regel die deze inzage toestaat."
	}
	return strings.Join(delen, " ")
}

// Oordeel decides about a look without giving it: for who asks beforehand. What
// is not here, and what is withheld from l, is refused in the same words.
func (z *Inzage) Oordeel(ctx context.Context, soort Soort, id string, l toegang.Lezer, gevraagd *begrip.Niveau) (toegang.Besluit, error) {
	nergens := weiger("Dit bestaat hier niet.", "")
	rec, err := z.cfg.Dossier.Lees(ctx, soort.Naam, id, time.Time{})
	if begrip.Is(err, begrip.NietGevonden) {
		return nergens, nil
	}
	if err != nil {
		return toegang.Besluit{}, err
	}
	f, err := z.feiten(ctx, l, rec)
	if err != nil {
		return toegang.Besluit{}, err
	}
	if f.Afgeschermd(soort.Naam, id, l) != nil {
		return nergens, nil
	}
	b, err := z.besluit(ctx, soort, rec, l, f, gevraagd)
	if err == nil && !b.Toegestaan && !z.partij(soort, rec, l.Organisatie.OIN) {
		return nergens, nil
	}
	return b, err
}
