package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// algGetuige is the signature type of a timestamped cosignature (C2SP
// tlog-cosignature); package note knows only type 1.
const algGetuige = 4

// sleutelGetuige verifies cosignatures: an Ed25519 signature over the time of
// signing and the text of the checkpoint.
type sleutelGetuige struct {
	naam string
	hash uint32
	pub  ed25519.PublicKey
}

// LeesGetuige reads the public key of a witness: name+hash+base64.
func LeesGetuige(vkey string) (note.Verifier, error) {
	naam, rest, _ := strings.Cut(vkey, "+")
	hex, b64, ok := strings.Cut(rest, "+")
	hash, err := strconv.ParseUint(hex, 16, 32)
	data, err2 := base64.StdEncoding.DecodeString(b64)
	if !ok || naam == "" || len(hex) != 8 || err != nil || err2 != nil || len(data) != 1+ed25519.PublicKeySize || data[0] != algGetuige {
		return nil, errors.New("de publieke sleutel van een getuige heeft de vorm naam+hash+sleutel (soort 4, cosignature/v1)")
	}
	som := sha256.Sum256(append([]byte(naam+"\n"), data...))
	if binary.BigEndian.Uint32(som[:]) != uint32(hash) {
		return nil, errors.New("de publieke sleutel van de getuige hoort niet bij de naam die ervoor staat")
	}
	return &sleutelGetuige{naam, uint32(hash), ed25519.PublicKey(data[1:])}, nil
}

// Name is that of the witness.
func (s *sleutelGetuige) Name() string { return s.naam }

// KeyHash is the short name of the key.
func (s *sleutelGetuige) KeyHash() uint32 { return s.hash }

// Verify checks a cosignature under the text of a checkpoint.
func (s *sleutelGetuige) Verify(tekst, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	bericht := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), tekst)
	return ed25519.Verify(s.pub, bericht, sig[8:])
}

// Medegetekend counts the witnesses that signed the checkpoint in noot. An error
// means that a key or a signature of one of them is wrong.
func Medegetekend(noot []byte, vkeys []string) (int, error) {
	if len(vkeys) == 0 {
		return 0, nil
	}
	var vs []note.Verifier
	for _, k := range vkeys {
		v, err := LeesGetuige(k)
		if err != nil {
			return 0, err
		}
		vs = append(vs, v)
	}
	n, err := note.Open(noot, note.VerifierList(vs...))
	var geen *note.UnverifiedNoteError
	if errors.As(err, &geen) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("een handtekening van een getuige klopt niet: %w", err)
	}
	return len(n.Sigs), nil
}

// Getuige is a witness that is asked to sign each checkpoint (C2SP
// tlog-witness): it does so only for a log that grows.
type Getuige struct {
	url string
	v   note.Verifier

	mu  sync.Mutex // one question at a time
	oud int64      // size it signed last, as far as we know
}

// NieuweGetuige reads URL=vkey.
func NieuweGetuige(s string) (*Getuige, error) {
	url, vkey, ok := strings.Cut(s, "=")
	if !ok || !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return nil, errors.New("geef een getuige als https://adres=sleutel")
	}
	v, err := LeesGetuige(vkey)
	if err != nil {
		return nil, err
	}
	return &Getuige{url: strings.TrimSuffix(url, "/") + "/add-checkpoint", v: v}, nil
}

// Getuigen reads several, each as NieuweGetuige does.
func Getuigen(namen []string) (uit []*Getuige, err error) {
	for _, s := range namen {
		g, err := NieuweGetuige(s)
		if err != nil {
			return nil, err
		}
		uit = append(uit, g)
	}
	return uit, nil
}

// Naam is that of the key of the witness.
func (g *Getuige) Naam() string { return g.v.Name() }

// grensAntwoord bounds what is read of a witness's answer, in bytes.
const grensAntwoord = 16 << 10

// vraag asks for a cosignature under noot, which says c, and gives its line.
func (g *Getuige) vraag(ctx context.Context, client *http.Client, l *Ledger, noot []byte, c Checkpoint) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for poging := 0; ; poging++ {
		body, err := aanvraag(l, noot, g.oud, c)
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		resp, err := client.Do(req)
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(io.LimitReader(resp.Body, grensAntwoord))
		_ = resp.Body.Close()
		switch {
		case err != nil:
			return "", err
		case resp.StatusCode == http.StatusOK:
			g.oud = c.Grootte
			return g.regel(b, c)
		case resp.StatusCode == http.StatusConflict && poging == 0 && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/x.tlog.size"):
			n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
			if err != nil || n < 0 || n > c.Grootte {
				return "", fmt.Errorf("getuige %s kent dit log met een andere grootte dan wij", g.Naam())
			}
			g.oud = n
		default:
			return "", fmt.Errorf("getuige %s tekent niet: HTTP %d", g.Naam(), resp.StatusCode)
		}
	}
}

// regel takes the line of this witness out of its answer, if it holds.
func (g *Getuige) regel(antwoord []byte, c Checkpoint) (string, error) {
	for r := range strings.SplitSeq(string(antwoord), "\n") {
		n, err := note.Open([]byte(c.Tekst()+"\n"+r+"\n"), note.VerifierList(g.v))
		if err == nil && len(n.Sigs) == 1 {
			return r + "\n", nil
		}
	}
	return "", fmt.Errorf("het antwoord van getuige %s is geen handtekening onder deze stand", g.Naam())
}

// aanvraag is the body of add-checkpoint.
func aanvraag(l *Ledger, noot []byte, oud int64, c Checkpoint) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", oud)
	if oud > 0 && oud < c.Grootte {
		p, err := tlog.ProveTree(c.Grootte, oud, l)
		if err != nil {
			return nil, err
		}
		for _, h := range p {
			b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
		}
	}
	b.WriteByte('\n')
	b.Write(noot)
	return b.Bytes(), nil
}

// Publiceer makes the last signed checkpoint the one that everybody gets, with
// the signatures of the witnesses that answer within tijd. It asks them side by
// side and waits for none longer; fouten are of those that did not sign. For one
// goroutine.
func (l *Ledger) Publiceer(ctx context.Context, client *http.Client, getuigen []*Getuige, tijd time.Duration) (fouten []error) {
	l.mu.Lock()
	noot, c, al := l.noot, l.getekend, l.bekend.Grootte
	l.mu.Unlock()
	if noot == nil || c.Grootte == al {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, tijd)
	defer stop()
	regels, errs := make([]string, len(getuigen)), make([]error, len(getuigen))
	var wg sync.WaitGroup
	for i, g := range getuigen {
		wg.Go(func() { regels[i], errs[i] = g.vraag(ctx, client, l, noot, c) })
	}
	wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bekend, l.bekendNoot = c, []byte(string(noot)+strings.Join(regels, ""))
	for _, err := range errs {
		if err != nil {
			fouten = append(fouten, err)
		}
	}
	return fouten
}

// Stand is the checkpoint that everybody gets: the last one that the witnesses
// were asked about, or without them the last signed.
func (l *Ledger) Stand() ([]byte, Checkpoint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bekendNoot != nil {
		return l.bekendNoot, l.bekend
	}
	return l.noot, l.getekend
}
