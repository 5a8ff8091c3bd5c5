package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/handbereik/soh/internal/begrip"
)

// kopBewijs is the first line of an inclusion proof (C2SP tlog-proof).
const kopBewijs = "c2sp.org/tlog-proof@v1"

// Bewijs gives the inclusion proof of entry index under the last published or
// signed checkpoint: a text with the index, the hashes and the checkpoint, that
// Verifieer checks without this hub. NietBeschikbaar when the entry is not
// under a checkpoint yet, or the tree is being rebuilt.
func (l *Ledger) Bewijs(index int64) ([]byte, error) {
	noot, c := l.Checkpoint()
	l.mu.Lock()
	if l.bekendNoot != nil && index < l.bekend.Grootte { // that one has the witnesses
		noot, c = l.bekendNoot, l.bekend
	}
	l.mu.Unlock()
	n, err := l.vast()
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= c.Grootte || n < c.Grootte {
		return nil, begrip.NieuweFout(begrip.NietBeschikbaar, "Het bewijs is er nog niet. Probeer het over enkele seconden opnieuw.")
	}
	p, err := tlog.ProveRecord(c.Grootte, index, l)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nindex %d\n", kopBewijs, index)
	for _, h := range p {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteByte('\n')
	b.Write(noot)
	return b.Bytes(), nil
}

// Verifieer checks that stored entry stands in the log at the index it gives,
// under the checkpoint in bewijs, signed by vkey. It needs nothing else.
func Verifieer(bewijs, entry []byte, vkey string) (index int64, c Checkpoint, err error) {
	return VerifieerInzet(bewijs, Inzet(entry), vkey)
}

// VerifieerInzet is Verifieer for who has only the SHA-256 of the entry.
func VerifieerInzet(bewijs []byte, inzet [32]byte, vkey string) (index int64, c Checkpoint, err error) {
	kop, noot, ok := bytes.Cut(bewijs, []byte("\n\n"))
	regels := strings.Split(string(kop), "\n")
	if !ok || len(regels) < 2 || regels[0] != kopBewijs {
		return 0, c, errors.New("dit is geen bewijs van de Ketenindex")
	}
	regels = regels[1:]
	if strings.HasPrefix(regels[0], "extra ") && len(regels) > 1 {
		regels = regels[1:]
	}
	nr, ok := strings.CutPrefix(regels[0], "index ")
	index, err = strconv.ParseInt(nr, 10, 64)
	if !ok || err != nil || strconv.FormatInt(index, 10) != nr {
		return 0, c, errors.New("het nummer in het bewijs is onleesbaar")
	}
	p := make(tlog.RecordProof, 0, len(regels)-1)
	for _, r := range regels[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(r)
		if err != nil || len(h) != tlog.HashSize {
			return 0, c, errors.New("een hash in het bewijs is onleesbaar")
		}
		p = append(p, tlog.Hash(h))
	}
	if c, err = LeesCheckpoint(noot, vkey); err != nil {
		return 0, c, err
	}
	if index >= c.Grootte || index < 0 {
		return 0, c, errors.New("het nummer in het bewijs valt buiten de stand")
	}
	if err := tlog.CheckRecord(p, c.Grootte, c.Wortel, index, tlog.RecordHash(inzet[:])); err != nil {
		return 0, c, errors.New("de gebeurtenis staat niet zo in de Ketenindex: het bewijs klopt niet")
	}
	return index, c, nil
}

// Consistentie gives the hashes that prove that the tree of size oud is the
// beginning of the tree of size nieuw, both at most the last signed size.
func (l *Ledger) Consistentie(oud, nieuw int64) ([]tlog.Hash, error) {
	_, c := l.Checkpoint()
	n, err := l.vast()
	if err != nil {
		return nil, err
	}
	if oud < 1 || nieuw < oud || nieuw > c.Grootte {
		return nil, begrip.NieuweFout(begrip.Ongeldig, "Geef twee groottes van 1 tot en met de laatst ondertekende stand, de kleinste eerst.")
	}
	if n < nieuw {
		return nil, begrip.NieuweFout(begrip.NietBeschikbaar, "Het bewijs is er nog niet. Probeer het over enkele seconden opnieuw.")
	}
	return tlog.ProveTree(nieuw, oud, l)
}

// VerifieerGroei checks that checkpoint nieuw extends checkpoint oud.
func VerifieerGroei(oud, nieuw Checkpoint, p []tlog.Hash) error {
	if oud.Oorsprong != nieuw.Oorsprong {
		return errors.New("de twee standen zijn van verschillende logs")
	}
	if oud.Grootte == 0 {
		return nil
	}
	if oud.Grootte > nieuw.Grootte {
		return errors.New("de nieuwe stand is kleiner dan de oude")
	}
	if err := tlog.CheckTree(p, nieuw.Grootte, nieuw.Wortel, oud.Grootte, oud.Wortel); err != nil {
		return errors.New("de nieuwe stand is geen voortzetting van de oude: het verleden is veranderd")
	}
	return nil
}

// Tegel gives what stands at a tlog-tiles path: tile/<L>/<N>[.p/<W>] or
// tile/entries/<N>[.p/<W>]. vol tells that it will never change. Only what a
// committed tree holds is given; NietGevonden else, and for a malformed path.
func (l *Ledger) Tegel(pad string) (data []byte, vol bool, err error) {
	onbekend := begrip.NieuweFout(begrip.NietGevonden, "Deze tegel bestaat niet.")
	rest, ok := strings.CutPrefix(pad, "tile/")
	if !ok {
		return nil, false, onbekend
	}
	soort := byte('t')
	if r, ok := strings.CutPrefix(rest, "entries/"); ok {
		soort, rest = 'e', "data/"+r
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	if err != nil || t.L < 0 && soort == 't' {
		return nil, false, onbekend
	}
	if data, err = l.lees(soort, max(t.L, 0), t.N, t.W); err != nil {
		return nil, false, err
	}
	if soort == 'e' {
		data = bundel(data)
	}
	return data, t.W == breedte, nil
}

// bundel writes each commitment with its length in front (tlog-tiles).
func bundel(data []byte) []byte {
	b := make([]byte, 0, len(data)/32*34)
	for i := 0; i < len(data); i += 32 {
		b = append(append(b, 0, 32), data[i:i+32]...)
	}
	return b
}
