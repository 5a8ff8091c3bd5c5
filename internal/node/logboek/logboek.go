// Package logboek takes the verwerkingenlog of a node outside: every line as
// span of the Logboek Dataverwerkingen to a collector (OTLP over HTTP), and now
// and then the hash at its end to the Ketenindex, where nobody can change it.
//
// It promises: the line in the dossier comes first and is the truth; every line
// is exported at least once, in order and without sampling, also after an
// outage; a span holds no name of a professional and no readable BSN; and whoever
// changed or cut the log is found out by Verifieer with the anchors.
package logboek

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/gebeurtenis"
	"github.com/handbereik/soh/internal/prov"
)

// Anker lets the end of the log stand in the Ketenindex.
type Anker struct {
	Organisatie begrip.Organisatie
	Systeem     string // source of this node's events
	Dossier     *dossier.Store
	Wek         func() // wakes the deliverer
	Interval    time.Duration
	Log         *slog.Logger
}

// AnkerInterval is how often, at most, the end of the log is anchored when only
// lines were added.
const AnkerInterval = time.Minute

// naRecord is how soon a changed record is anchored, and how often at most: what
// was withheld or ended a moment ago must be known elsewhere when a copy of the
// dossier is put back.
const naRecord = 5 * time.Second

const ankerWaarde = "logboek/anker" // Stempel anchored last

// The properties of an anchor in the graph of its event.
const (
	termAantal = "soh:aantalRegels"
	termHash   = "soh:hash"

	termStempel = "soh:stempel"
)

// Onderwerp is the subject of the anchors of one organisation.
func Onderwerp(oin begrip.OIN) string { return "urn:soh:verwerkingenlog:" + string(oin) }

// Run anchors until ctx ends: soon after the start and after each changed
// record, else every Interval.
func (a *Anker) Run(ctx context.Context) error {
	if a.Interval == 0 {
		a.Interval = AnkerInterval
	}
	record := make(chan struct{}, 1)
	a.Dossier.NaRecord(func() {
		select {
		case record <- struct{}{}:
		default:
		}
	})
	tik := time.NewTimer(time.Second)
	defer tik.Stop()
	var laatst time.Time
	for straks := false; ; straks = false {
		for wacht := true; wacht; {
			select {
			case <-ctx.Done():
				return nil
			case <-record:
				if !straks {
					straks = true
					tik.Reset(max(min(naRecord, a.Interval)-time.Since(laatst), time.Second))
				}
			case <-tik.C:
				wacht = false
			}
		}
		laatst = time.Now()
		if _, err := a.Leg(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("verwerkingenlog niet verankerd; nieuwe poging", "fout", err)
		}
		tik.Reset(a.Interval)
	}
}

// Leg anchors the log and the last Stempel as they are now; gelegd is false when
// nothing was written since the last time.
func (a *Anker) Leg(ctx context.Context) (gelegd bool, err error) {
	aantal, kop, err := a.Dossier.Kop(ctx)
	if err != nil {
		return false, err
	}
	stempel, err := a.Dossier.Stempel(ctx)
	if err != nil || aantal == 0 && stempel.Nr == 0 {
		return false, err
	}
	b, ok, err := a.Dossier.Waarde(ctx, ankerWaarde)
	if err != nil || ok && string(b) == stempel.String() {
		return false, err
	}
	act, onderwerp := "urn:soh:activiteit:"+uuid.NewString(), Onderwerp(a.Organisatie.OIN)
	var g prov.Graph
	g.Node(onderwerp, prov.Entity, "soh:Verwerkingenlog").Set(termAantal, strconv.FormatInt(aantal, 10)).Set(termHash, hex.EncodeToString(kop[:])).
		Set(termStempel, stempel.String()).Ref("prov:wasAttributedTo", a.Organisatie.OIN.URN())
	g.Node(act, prov.Activity, "soh:VerankerenVerwerkingenlog").Set("soh:tijdstip", time.Now().UTC().Format(time.RFC3339)).
		Ref("prov:used", onderwerp).Ref("prov:wasAssociatedWith", a.Organisatie.OIN.URN())
	g.Node(a.Organisatie.OIN.URN(), prov.Agent, "soh:Organisatie").Set("soh:naam", a.Organisatie.Naam)
	ev := gebeurtenis.Maak(a.Systeem, cloudevent.LogVerankerd, onderwerp, g)
	err = a.Dossier.Tx(ctx, func(tx *dossier.Tx) error {
		if err := tx.Verstuur(ctx, gebeurtenis.Bericht(ev)); err != nil {
			return err
		}
		return tx.ZetWaarde(ctx, ankerWaarde, []byte(stempel.String()))
	})
	if err == nil && a.Wek != nil {
		a.Wek()
	}
	return err == nil, err
}

// Ankers reads the anchors of an organisation from events of the Ketenindex, for
// dossier.VerifieerMet. Events about something else are passed over; an anchor
// that contradicts an earlier one is an error.
func Ankers(oin begrip.OIN, events []cloudevent.Event) (map[int64][sha256.Size]byte, error) {
	uit := map[int64][sha256.Size]byte{}
	for _, ev := range events {
		if van, ok := ev.BronOIN(); !ok || van != oin || ev.Type != cloudevent.LogVerankerd || ev.Subject != Onderwerp(oin) {
			continue
		}
		g, _, err := prov.Lees(ev.Data)
		if err != nil {
			return nil, err
		}
		n := g.Vind(ev.Subject)
		if n == nil {
			return nil, errors.New("logboek: an anchor without its log")
		}
		aantal, err := strconv.ParseInt(n.Tekst(termAantal), 10, 64)
		hash, err2 := hex.DecodeString(n.Tekst(termHash))
		if err != nil || err2 != nil || len(hash) != sha256.Size {
			return nil, errors.New("logboek: an anchor cannot be read")
		}
		h := [sha256.Size]byte(hash)
		if eerder, ok := uit[aantal]; ok && eerder != h {
			return nil, fmt.Errorf("logboek: two anchors after line %d differ", aantal)
		}
		uit[aantal] = h
	}
	return uit, nil
}
