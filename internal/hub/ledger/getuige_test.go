package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/mod/sumdb/tlog"
)

// proefgetuige is a witness by the book (C2SP tlog-witness): it remembers one
// log, and signs only what extends it. The real one of others is tried by
// `make openbaar`.
type proefgetuige struct {
	naam, vkey, url string
	sleutel         ed25519.PrivateKey
	hash            uint32
	log             string // key of the log it knows

	mu   sync.Mutex
	oud  Checkpoint
	gaat func(http.ResponseWriter) bool // goes wrong first, when set
}

func nieuweProefgetuige(t *testing.T, naam, logsleutel string) *proefgetuige {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	data := append([]byte{algGetuige}, pub...)
	som := sha256.Sum256(append([]byte(naam+"\n"), data...))
	g := &proefgetuige{naam: naam, sleutel: priv, hash: binary.BigEndian.Uint32(som[:]), log: logsleutel}
	g.vkey = fmt.Sprintf("%s+%08x+%s", naam, g.hash, base64.StdEncoding.EncodeToString(data))
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

func (g *proefgetuige) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gaat != nil && g.gaat(w) {
		return
	}
	b, _ := io.ReadAll(r.Body)
	kop, noot, ok := bytes.Cut(b, []byte("\n\n"))
	c, err := LeesCheckpoint(noot, g.log)
	if !ok || err != nil || r.URL.Path != "/add-checkpoint" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	regels := strings.Split(string(kop), "\n")
	var oud int64
	if _, err := fmt.Sscanf(regels[0], "old %d", &oud); err != nil || oud != g.oud.Grootte {
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintf(w, "%d\n", g.oud.Grootte)
		return
	}
	var p tlog.TreeProof
	for _, r := range regels[1:] {
		h, _ := base64.StdEncoding.DecodeString(r)
		p = append(p, tlog.Hash(h))
	}
	if VerifieerGroei(Checkpoint{c.Oorsprong, g.oud.Grootte, g.oud.Wortel}, c, p) != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	g.oud = c
	fmt.Fprint(w, g.teken(c))
}

func (g *proefgetuige) teken(c Checkpoint) string {
	nu := time.Now().Unix()
	sig := binary.BigEndian.AppendUint32(nil, g.hash)
	sig = binary.BigEndian.AppendUint64(sig, uint64(nu))
	sig = append(sig, ed25519.Sign(g.sleutel, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", nu, c.Tekst()))...)
	return fmt.Sprintf("— %s %s\n", g.naam, base64.StdEncoding.EncodeToString(sig))
}

func TestGetuigenTekenenMeeEnHoudenNietsOp(t *testing.T) {
	l := open(t, database(t), t.TempDir())
	a, b := nieuweProefgetuige(t, "getuige.a", l.Sleutel()), nieuweProefgetuige(t, "getuige.b", l.Sleutel())
	var gs []*Getuige
	for _, x := range []*proefgetuige{a, b} {
		g, err := NieuweGetuige(x.url + "=" + x.vkey)
		if err != nil {
			t.Fatal(err)
		}
		gs = append(gs, g)
	}
	publiceer := func(fouten int) []byte {
		t.Helper()
		if f := l.Publiceer(context.Background(), http.DefaultClient, gs, 30*time.Second); len(f) != fouten {
			t.Fatal(f)
		}
		noot, _ := l.Stand()
		return noot
	}
	medeondertekend := func(noot []byte, wil int) {
		t.Helper()
		if n, err := Medegetekend(noot, []string{a.vkey, b.vkey}); err != nil || n != wil {
			t.Fatalf("%d %v\n%s", n, err, noot)
		}
		if _, err := LeesCheckpoint(noot, l.Sleutel()); err != nil {
			t.Fatal(err)
		}
	}
	voegToe(t, l, 0, 5)
	teken(t, l)
	medeondertekend(publiceer(0), 2)
	voegToe(t, l, 5, 600)
	teken(t, l)
	medeondertekend(publiceer(0), 2)
	// One is away: the other's signature is there, and the checkpoint is published.
	b.gaat = func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadGateway); return true }
	voegToe(t, l, 600, 601)
	teken(t, l)
	medeondertekend(publiceer(1), 1)
	if _, c := l.Stand(); c.Grootte != 601 {
		t.Fatal("a witness that is away holds the checkpoint up")
	}
	// One answers with nonsense: that does not get under the checkpoint.
	b.gaat = func(w http.ResponseWriter) bool { fmt.Fprint(w, b.teken(Checkpoint{"x", 1, tlog.Hash{}})); return true }
	voegToe(t, l, 601, 602)
	teken(t, l)
	noot := publiceer(1)
	medeondertekend(noot, 1)
	if bytes.Contains(noot, []byte("getuige.b")) {
		t.Error("an invalid cosignature was published")
	}
	// Back again, and the hub forgot what it told them: they say where they were.
	b.gaat = nil
	for i, x := range []*proefgetuige{a, b} {
		gs[i], _ = NieuweGetuige(x.url + "=" + x.vkey)
	}
	voegToe(t, l, 602, 603)
	teken(t, l)
	noot = publiceer(0)
	medeondertekend(noot, 2)
	// The proof of one event carries them too; offline all of it is demanded.
	p, err := l.Bewijs(7)
	if err != nil || !bytes.Contains(p, []byte("getuige.b")) {
		t.Fatalf("%v %s", err, p)
	}
	if _, _, err := Verifieer(p, entry(7), l.Sleutel()); err != nil {
		t.Fatal(err)
	}
	k := kopieVan(t, l)
	if u, err := Keur(uit(k), Keuring{Sleutel: l.Sleutel(), Getuigen: []string{a.vkey, b.vkey}, MinstensG: 2}); err != nil || u.Medegetekend != 2 {
		t.Fatal(err)
	}
	vreemd := nieuweProefgetuige(t, "getuige.c", l.Sleutel())
	if _, err := Keur(uit(k), Keuring{Sleutel: l.Sleutel(), Getuigen: []string{a.vkey, vreemd.vkey}, MinstensG: 2}); err == nil {
		t.Fatal("a witness that did not sign was counted")
	}
}

func TestGetuigeTekentGeenAnderVerleden(t *testing.T) {
	l := open(t, database(t), t.TempDir())
	a := nieuweProefgetuige(t, "getuige.a", l.Sleutel())
	g, _ := NieuweGetuige(a.url + "=" + a.vkey)
	voegToe(t, l, 0, 5)
	teken(t, l)
	if f := l.Publiceer(context.Background(), http.DefaultClient, []*Getuige{g}, 30*time.Second); f != nil {
		t.Fatal(f)
	}
	ander := open(t, database(t), t.TempDir())
	ander.ondertekent, ander.vkey = l.ondertekent, l.vkey
	voegToe(t, ander, 0, 4)
	bat := ander.cfg.DB.NewBatch()
	if _, err := ander.Append(bat, [][]byte{[]byte("anders"), []byte("meer")}); err != nil || ander.Sluit(bat) != nil || bat.Commit(pebble.NoSync) != nil {
		t.Fatal(err)
	}
	teken(t, ander)
	if f := ander.Publiceer(context.Background(), http.DefaultClient, []*Getuige{g}, 30*time.Second); len(f) != 1 {
		t.Fatal("the witness signed another past")
	}
}

func TestSleutelVanGetuigeMoetKloppen(t *testing.T) {
	a := nieuweProefgetuige(t, "getuige.a", "x")
	for _, s := range []string{"", "x", "getuige.a+00000000+" + strings.SplitN(a.vkey, "+", 3)[2], strings.Replace(a.vkey, "getuige.a", "getuige.b", 1), a.vkey[:len(a.vkey)-4]} {
		if _, err := LeesGetuige(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	for _, s := range []string{a.vkey, "ftp://x=" + a.vkey, "https://x", "https://x=onzin"} {
		if _, err := NieuweGetuige(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}
