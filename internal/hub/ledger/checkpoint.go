package ledger

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/handbereik/soh/internal/begrip"
)

// Checkpoint is what a signature is about: this log, this many entries, this
// root (C2SP tlog-checkpoint).
type Checkpoint struct {
	Oorsprong string
	Grootte   int64
	Wortel    tlog.Hash
}

// Tekst is the text of the note: three lines.
func (c Checkpoint) Tekst() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Oorsprong, c.Grootte, base64.StdEncoding.EncodeToString(c.Wortel[:]))
}

// LeesCheckpoint verifies a signed note with the public key vkey and reads the
// checkpoint in it. Other signatures (of witnesses) may stand beside it.
func LeesCheckpoint(noot []byte, vkey string) (Checkpoint, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("de publieke sleutel is onleesbaar: %w", err)
	}
	n, err := note.Open(noot, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("de handtekening onder de stand klopt niet: %w", err)
	}
	for _, h := range n.Sigs { // one way to write it, or two notes could say the same
		if _, err := base64.StdEncoding.Strict().DecodeString(h.Base64); err != nil {
			return Checkpoint{}, errors.New("de handtekening onder de stand is niet goed geschreven")
		}
	}
	c, err := ontleed(n.Text)
	if err == nil && c.Oorsprong != v.Name() {
		err = fmt.Errorf("de stand is van %q, de sleutel van %q", c.Oorsprong, v.Name())
	}
	return c, err
}

func ontleed(tekst string) (c Checkpoint, err error) {
	r := strings.SplitN(tekst, "\n", 4)
	if len(r) < 4 || r[0] == "" {
		return c, errors.New("een stand heeft ten minste drie regels")
	}
	n, err := strconv.ParseInt(r[1], 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != r[1] {
		return c, errors.New("de grootte in de stand is onleesbaar")
	}
	h, err := base64.StdEncoding.Strict().DecodeString(r[2])
	if err != nil || len(h) != tlog.HashSize {
		return c, errors.New("de wortel in de stand is onleesbaar")
	}
	return Checkpoint{r[0], n, tlog.Hash(h)}, nil
}

// Sleutel is the public key, in the form note verifiers take.
func (l *Ledger) Sleutel() string { return l.vkey }

// Checkpoint gives the last signed checkpoint, as a signed note, and what it
// says; nil when nothing was signed yet.
func (l *Ledger) Checkpoint() ([]byte, Checkpoint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.noot, l.getekend
}

// Onderteken signs the tree as it is committed, when it is larger than what
// was signed last and extends it. It gives the newest signed note that this
// tree holds. While the projection is being rebuilt the tree is smaller: the old
// note stands. An error means that the tree contradicts what was signed (the
// log was changed), or that what the replicas share cannot be reached.
func (l *Ledger) Onderteken() ([]byte, error) {
	l.tekenMu.Lock()
	defer l.tekenMu.Unlock()
	for range 8 {
		n, err := l.vast()
		if err != nil {
			return nil, err
		}
		noot, c := l.Checkpoint()
		if n < c.Grootte || n == c.Grootte && noot != nil {
			return noot, nil
		}
		if err := l.bevat(c); err != nil {
			return nil, err
		}
		versie, verder, err := l.neemOver(c, n)
		if err != nil {
			return nil, err
		}
		if !verder { // signed by another replica, and taken over when we have it
			noot, _ = l.Checkpoint()
			return noot, nil
		}
		if noot, err = l.teken(n, versie); !errors.Is(err, ErrVerschoven) {
			return noot, err
		}
	}
	noot, _ := l.Checkpoint()
	return noot, nil // others sign all the time: theirs is as good
}

// bevat says whether the tree extends c.
func (l *Ledger) bevat(c Checkpoint) error {
	if c.Grootte == 0 {
		return nil
	}
	w, err := tlog.TreeHash(c.Grootte, l)
	if err == nil && w != c.Wortel {
		err = begrip.NieuweFout(begrip.Intern, "De Ketenindex klopt niet met wat eerder is ondertekend. Er wordt niets meer ondertekend.").
			Door(fmt.Errorf("wortel bij %d is %v, ondertekend was %v", c.Grootte, w, c.Wortel))
	}
	return err
}

// neemOver looks what another replica signed after c. verder is whether the
// tree of n leaves is to be signed, in place of versie of what is shared.
func (l *Ledger) neemOver(c Checkpoint, n int64) (versie uint64, verder bool, err error) {
	if l.cfg.Gedeeld == nil {
		return 0, true, nil
	}
	noot, versie, err := l.cfg.Gedeeld.Lees()
	if err != nil || len(noot) == 0 { // empty after a herstel
		return versie, err == nil, err
	}
	ander, err := LeesCheckpoint(noot, l.vkey)
	if err != nil {
		return 0, false, fmt.Errorf("gedeelde stand: %w", err)
	}
	if ander.Grootte > n { // they are ahead
		return 0, false, nil
	}
	if err := l.bevat(ander); err != nil {
		return 0, false, err
	}
	if ander.Grootte > c.Grootte {
		err = l.bewaar(ander, noot)
	}
	return versie, ander.Grootte < n, err
}

// teken signs the tree of n leaves.
func (l *Ledger) teken(n int64, versie uint64) ([]byte, error) {
	c := Checkpoint{Oorsprong: l.cfg.Oorsprong, Grootte: n}
	var err error
	if c.Wortel, err = tlog.TreeHash(n, l); err != nil {
		return nil, err
	}
	noot, err := note.Sign(&note.Note{Text: c.Tekst()}, l.ondertekent)
	if err != nil {
		return nil, err
	}
	if l.cfg.Gedeeld != nil {
		if err := l.cfg.Gedeeld.Zet(noot, versie); err != nil {
			return nil, err
		}
	}
	return noot, l.bewaar(c, noot)
}

// bewaar makes noot the last signed one: on disk before anyone sees it, so that
// after a crash the next one extends it.
func (l *Ledger) bewaar(c Checkpoint, noot []byte) error {
	if err := schrijf(l.cfg.Getekend, noot); err != nil {
		return fmt.Errorf("stand bewaren: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.getekend, l.noot = c, noot
	return nil
}

func (l *Ledger) laadSleutel() error {
	b, err := os.ReadFile(l.cfg.Sleutel)
	if errors.Is(err, os.ErrNotExist) {
		if _, serr := os.Stat(l.cfg.Getekend); serr == nil {
			return fmt.Errorf("de sleutel %s ontbreekt, terwijl er al mee is ondertekend: zet hem terug uit de reservekopie", l.cfg.Sleutel)
		}
		skey, vkey, gerr := note.GenerateKey(rand.Reader, l.cfg.Oorsprong)
		if gerr != nil {
			return gerr
		}
		b = []byte(skey + "\n" + vkey + "\n")
		err = schrijf(l.cfg.Sleutel, b)
	}
	if err != nil {
		return fmt.Errorf("sleutel van de Ketenindex: %w", err)
	}
	if fi, err := os.Stat(l.cfg.Sleutel); err == nil && fi.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("de sleutel %s is leesbaar voor anderen: zet de rechten op 0600", l.cfg.Sleutel)
	}
	skey, vkey, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	if l.ondertekent, err = note.NewSigner(skey); err == nil {
		l.controleert, err = note.NewVerifier(vkey)
	}
	if err != nil {
		return fmt.Errorf("de sleutel %s is beschadigd", l.cfg.Sleutel)
	}
	if l.ondertekent.Name() != l.cfg.Oorsprong || l.ondertekent.KeyHash() != l.controleert.KeyHash() {
		return fmt.Errorf("de sleutel %s is van een andere Ketenindex (%s)", l.cfg.Sleutel, l.ondertekent.Name())
	}
	l.vkey = vkey
	return nil
}

func (l *Ledger) laadGetekend() error {
	b, err := os.ReadFile(l.cfg.Getekend)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		l.getekend, err = LeesCheckpoint(b, l.vkey)
	}
	if err != nil {
		return fmt.Errorf("de laatst ondertekende stand %s: %w", l.cfg.Getekend, err)
	}
	l.noot = b
	return nil
}

// schrijf replaces a file so that after a crash it is the old or the new one.
func schrijf(pad string, b []byte) error {
	tmp := pad + ".nieuw"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, pad); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(pad))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
