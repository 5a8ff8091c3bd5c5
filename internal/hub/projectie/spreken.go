package projectie

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/lezing"
	"github.com/handbereik/soh/internal/hub/soorten"
)

// An event speaks for its sender only. What rests on other events is decided here,
// where the event stands in the log, so that every replica and every rebuild decides
// the same.

const (
	bezwaarHouder = "Deze gebeurtenis gaat over een gegeven van een andere organisatie. Alleen de houder kan dit melden."
	bezwaarPartij = "Deze gebeurtenis gaat over een opdracht die niet aan uw organisatie is aangeboden."
	bezwaarSoort  = "Uw soort organisatie kan dit niet melden over een gegeven van een ander."
)

// spreekt decides whether the sender of o may say this about these records, and
// makes it the holder of what nobody held; bezwaar tells the sender why not.
func (w *werk) spreekt(o *lezing.Ontleding) (bezwaar string, err error) {
	if o.Over != soorten.Houder && o.Over != soorten.Partij {
		return "", nil
	}
	nieuw := make([][]byte, len(o.Records)) // what must be written: nil for as it is
	for i, k := range o.Records {
		_, wie, bekend, err := w.S.UniekOp(k)
		if err != nil {
			return "", err
		}
		switch {
		case !bekend && o.Over == soorten.Houder:
			nieuw[i] = append([]byte(o.Frame.OIN), o.Partijen...)
			continue
		case !bekend && !w.soortMag(o): // a record that nobody knows and that it cannot be asked about is its own
			nieuw[i] = append([]byte(o.Frame.OIN), o.Partijen...)
			continue
		case !bekend || len(wie) < 20:
			continue
		}
		houder := w.h.Register.Zelfde(begrip.OIN(wie[:20]), o.Frame.OIN)
		switch {
		case houder:
		case o.Over == soorten.Houder:
			return bezwaarHouder, nil
		case len(wie) > 20 && !w.isPartij(wie[20:], o.Frame.OIN):
			return bezwaarPartij, nil
		case len(wie) == 20 && !w.soortMag(o):
			return bezwaarSoort, nil
		case len(wie) == 20: // not named itself: it may speak, but makes nobody a party, least of all itself
			continue
		}
		nieuw[i] = metPartijen(wie, o.Partijen)
	}
	for i, v := range nieuw {
		if v != nil {
			w.S.ZetOp(o.Records[i], o.Plaats, v)
		}
	}
	return "", nil
}

// soortMag tells whether the kind of organisation that sent o may say it of a record of
// which nobody was named as party. The register changes between steps only, for every
// replica at the same place.
func (w *werk) soortMag(o *lezing.Ontleding) bool {
	d, ok := w.h.Register.Geef(o.Frame.OIN)
	return ok && w.Regels.MagAlsPartij(o.Typ, d.Soort)
}

func (w *werk) isPartij(wie []byte, oin begrip.OIN) bool {
	for ; len(wie) >= 20; wie = wie[20:] {
		if w.h.Register.Zelfde(begrip.OIN(wie[:20]), oin) {
			return true
		}
	}
	return false
}

// metPartijen gives wie with who is not in it yet; nil when nobody is new.
func metPartijen(wie, erbij []byte) (uit []byte) {
	for ; len(erbij) >= 20 && len(wie) < 20*(lezing.MaxPartijen+1); erbij = erbij[20:] {
		if !slices.ContainsFunc(plekken(wie), func(al string) bool { return al == string(erbij[:20]) }) {
			wie = append(slices.Clip(wie), erbij[:20]...)
			uit = wie
		}
	}
	return uit
}

func plekken(b []byte) (uit []string) {
	for ; len(b) >= 20; b = b[20:] {
		uit = append(uit, string(b[:20]))
	}
	return uit
}
