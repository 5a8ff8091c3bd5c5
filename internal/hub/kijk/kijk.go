package kijk

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/graph"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/hub/vraag"
)

// Begin begins the entry of a kijkregel.
const Begin = 0x7d

// The steps of which the hub keeps a line.
const (
	StapVraag       = "vraag"       // a question was asked
	StapAntwoord    = "antwoord"    // events were shown
	StapBezorgd     = "bezorgd"     // events went to a subscriber
	StapAbonnement  = "abonnement"  // a subscription was taken
	StapBewijs      = "bewijs"      // the proof of an event was given
	StapBevestiging = "bevestiging" // a rule looked whether there is a reason to ask something
	stapWieKeek     = "wie-keek"    // a member of the family read these lines
	stapGrens       = "grens"       // an asker met its limit
)

// Regel is a line of the hub's own processing log: who looked, at what, about
// whom, why, and what was shown. It is an entry of the log like any other: durable
// before the answer, in the ledger, the same at every replica. It is sealed, so
// the log tells nothing of it to who does not hold the hub's keys; persons stand
// in it as keyed references.
type Regel struct {
	Op    int64      `json:"t"` // Unix microseconds
	OIN   begrip.OIN `json:"o"`
	Stap  string     `json:"s"`
	Vraag uuid.UUID  `json:"v,omitzero"` // binds what was shown to what was asked
	vraag.Wie
	Pad    string        `json:"p,omitempty"` // of the question
	Typen  []string      `json:"y,omitempty"` // of the events that were shown, or asked
	Niveau begrip.Niveau `json:"n,omitempty"` // the highest that was shown
	Aantal int           `json:"a,omitempty"` // events shown
	Over   []string      `json:"b,omitempty"` // the records they are about
	Refs   [][16]byte    `json:"r,omitempty"` // persons it is about
	// Vreemden is how many of them, the first, the organisation did not tell of
	// itself in what was shown: these count for its limit.
	Vreemden int `json:"x,omitempty"`

	Gezocht bool `json:"-"` // set when lines of one look are put together: a question is among them
}

// maxRefs is how many persons one line names; what is about more becomes more lines.
const maxRefs = 1000

func kijkSlot(sleutel [32]byte) cipher.AEAD {
	a, err := chacha20poly1305.NewX(sleutel[:])
	if err != nil {
		panic(err) // only for a key of another length
	}
	return a
}

// LegVast makes lines durable. Without them there is no answer.
func (h *Hub) LegVast(ctx context.Context, k Regel) error {
	k.Op = time.Now().UnixMicro()
	refs, vreemden := k.Refs, k.Vreemden
	k.Vreemden = 0
	var entries [][]byte
	for eerste := true; eerste || len(refs) > 0; eerste = false {
		n := min(len(refs), maxRefs)
		k.Refs, refs = refs[:n], refs[n:]
		vreemden -= k.Vreemden
		k.Vreemden = min(vreemden, n)
		b, err := json.Marshal(k)
		if err != nil {
			return fmt.Errorf("hub: kijkregel: %w", err)
		}
		e := make([]byte, 1+chacha20poly1305.NonceSizeX, 1+chacha20poly1305.NonceSizeX+len(b)+chacha20poly1305.Overhead)
		e[0] = Begin
		_, _ = rand.Read(e[1:]) // never fails
		entries = append(entries, h.kijken.Seal(e, e[1:], b, e[:1]))
	}
	if _, err := h.Log.AppendVan(ctx, string(k.OIN), entries); err != nil {
		h.Schrijffout.Store(begrip.Is(err, begrip.NietBeschikbaar))
		return err
	}
	return nil
}

// Verzegeld is v as only a hub with our keys reads it.
func (h *Hub) Verzegeld(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers
	}
	n := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(b)+chacha20poly1305.Overhead)
	_, _ = rand.Read(n)
	return h.kijken.Seal(n, n, b, nil)
}

// Opent reads what verzegeld wrote; nothing for nothing.
func (h *Hub) Opent(b []byte, v any) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) < chacha20poly1305.NonceSizeX {
		return errKijk
	}
	p, err := h.kijken.Open(nil, b[:chacha20poly1305.NonceSizeX], b[chacha20poly1305.NonceSizeX:], nil)
	if err != nil {
		return errors.Join(errKijk, err)
	}
	return json.Unmarshal(p, v)
}

var errKijk = errors.New("hub: a line about a look is not readable")

func (h *Hub) leesKijk(entry []byte) (k Regel, err error) {
	const kop = 1 + chacha20poly1305.NonceSizeX
	if len(entry) < kop || entry[0] != Begin {
		return k, errKijk
	}
	b, err := h.kijken.Open(nil, entry[1:kop], entry[kop:], entry[:1])
	if err != nil {
		return k, errors.Join(errKijk, err)
	}
	return k, json.Unmarshal(b, &k)
}

// Terms under which lines are found.
func OpPersoon(ref [16]byte) string { return "p" + string(ref[:]) }

func opOrganisatie(oin begrip.OIN) string { return "o" + string(oin) }

func opGrens(oin begrip.OIN) string { return "g" + string(oin) } // of all for ""

// Neem makes a line findable by the persons it is about and by who looked.
func (h *Hub) Neem(s *graph.Stap, plaats uint64, entry []byte) (func(), error) {
	k, err := h.leesKijk(entry)
	if err != nil {
		h.Cfg.Log.Error("een regel over een blik is niet leesbaar", "plaats", plaats)
		return func() {}, nil
	}
	op := time.UnixMicro(k.Op).UTC()
	posts := []graph.Sleutel{h.Graph.Posting(graph.Kijk, []byte(opOrganisatie(k.OIN)), op, plaats)}
	for _, r := range k.Refs {
		posts = append(posts, h.Graph.Posting(graph.Kijk, []byte(OpPersoon(r)), op, plaats))
	}
	if k.Stap == stapGrens {
		for _, oin := range []begrip.OIN{k.OIN, ""} {
			posts = append(posts, h.Graph.Posting(graph.Kijk, []byte(opGrens(oin)), op, plaats))
		}
	}
	return func() { h.grenzen.geteld(k) }, s.Postings(posts)
}

// van gives the lines under a term, newest first: at most n before plaats
// voor (0: from the newest on).
func (h *Hub) van(ctx context.Context, term string, vanaf time.Time, voor uint64, n int) (uit []kijkPlek, err error) {
	z := graph.Vraag{Termen: []graph.Term{{Kind: graph.Kijk, Waarde: term}}, Vanaf: vanaf}
	if voor > 0 {
		z.TotEnMet = voor - 1
	}
	var plekken []uint64 // the newest n: postings stand in log order
	err = h.Graph.Zoek(z, func(plaats uint64) (bool, error) {
		if plekken = append(plekken, plaats); len(plekken) > 2*n {
			plekken = append(plekken[:0], plekken[len(plekken)-n:]...)
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	plekken = plekken[max(0, len(plekken)-n):]
	slices.Reverse(plekken)
	for _, p := range plekken {
		b, err := h.Log.Read(ctx, hublog.Plaats(p))
		if err != nil {
			return nil, err
		}
		k, err := h.leesKijk(b)
		if err != nil {
			return nil, err
		}
		uit = append(uit, kijkPlek{p, k})
	}
	return uit, nil
}

type kijkPlek struct {
	plaats uint64
	Regel
}
