package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/waarborg"
	"github.com/handbereik/soh/internal/rest"
	"github.com/handbereik/soh/internal/toegang"
)

// bank is one node on a real file without network: Veilig Thuis reads a brief
// of the police, each request with its own signed Verklaring.
type bank struct {
	knoop *Node
	pad   string
	cert  *x509.Certificate
	ident toegang.Identiteit
	lezer toegang.Lezer
}

// identiteitVan gives the identity of o, and its certificate.
func identiteitVan(b *testing.B, ca *toegang.CA, map_ string, o begrip.Organisatie) (toegang.Identiteit, *x509.Certificate) {
	b.Helper()
	crt, key, err := ca.Geef(map_, o)
	if err != nil {
		b.Fatal(err)
	}
	i, err := toegang.LaadIdentiteit(crt, key, ca.Pad())
	if err != nil {
		b.Fatal(err)
	}
	i.Organisatie = o
	raw, err := os.ReadFile(crt)
	if err != nil {
		b.Fatal(err)
	}
	blok, _ := pem.Decode(raw)
	c, err := x509.ParseCertificate(blok.Bytes)
	if err != nil {
		b.Fatal(err)
	}
	return i, c
}

func nieuweBank(b *testing.B) *bank {
	b.Helper()
	dir := b.TempDir()
	ca, err := toegang.NieuweCA(filepath.Join(dir, "ca"))
	if err != nil {
		b.Fatal(err)
	}
	bron, _ := identiteitVan(b, ca, filepath.Join(dir, "certs"), politie)
	k := &bank{lezer: medewerker(vt, begrip.RolMedewerkerVT)}
	k.ident, k.cert = identiteitVan(b, ca, filepath.Join(dir, "certs"), vt)
	if k.knoop, err = Open(Config{
		Organisatie: politie, Map: filepath.Join(dir, "node"), Identiteit: bron, HubURL: "https://hub.invalid", HubOIN: keten.OIN,
		Functies: []functie.Bouw{brieven(&gehoord{})}, Log: slog.New(slog.DiscardHandler),
	}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = k.knoop.Close() })
	k.knoop.register.lijst.Store(&[]functie.Deelnemer{{Organisatie: vt, API: "https://vt.invalid/v1"}})
	id := uuid.Must(uuid.NewV7()).String()
	k.pad = "/v1/brieven/" + id
	if err := k.knoop.store.Tx(b.Context(), func(tx *dossier.Tx) error {
		_, err := tx.Schrijf(b.Context(), dossier.Record{Soort: "brief", ID: id, Personen: []begrip.BSN{kind},
			Inhoud: []byte(`{"tekst":"De inhoud.","persoon":"` + kind.Leesbaar() + `"}`)})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return k
}

// verklaringen gives n signed Verklaringen: signing is the work of the reader.
func (k *bank) verklaringen(b *testing.B, n int) []string {
	b.Helper()
	uit := make([]string, n)
	for i := range uit {
		v, err := k.ident.Verklaring(k.lezer, politie.OIN, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		uit[i] = v
	}
	return uit
}

func (k *bank) vraag(ctx context.Context, verklaring string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, k.pad, nil)
	r.TLS = &tls.ConnectionState{HandshakeComplete: true, PeerCertificates: []*x509.Certificate{k.cert}, VerifiedChains: [][]*x509.Certificate{{k.cert}}}
	r.Header.Set("Authorization", "Bearer "+verklaring)
	return r
}

// lezers is how many look at the same moment, per processor.
const lezers = 32

// meet runs h with many readers at once; every answer must hold the content.
func (k *bank) meet(b *testing.B, h http.Handler) {
	vs := k.verklaringen(b, b.N)
	var volgende atomic.Int64
	b.SetParallelism(lezers)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, k.vraag(b.Context(), vs[volgende.Add(1)-1]))
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "De inhoud") {
				b.Errorf("%d %s", w.Code, w.Body)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "inzages/s")
}

// BenchmarkInzage is a whole look at a brief, without network: the Verklaring
// is checked, the safeguards are read, the policy decides, and the log line and
// the event are on disk before the answer. Compare BenchmarkInzageZonderToegang.
func BenchmarkInzage(b *testing.B) {
	k := nieuweBank(b)
	k.meet(b, k.knoop.API())
	b.StopTimer()
	if n, _, err := k.knoop.store.Verifieer(b.Context()); err != nil || n != int64(b.N) {
		b.Fatalf("%d regels voor %d inzages: %v", n, b.N, err)
	}
}

// BenchmarkInzageZonderToegang reads, reduces and writes the same record through
// the same layers of HTTP; it asks nobody who looks, and keeps nothing.
func BenchmarkInzageZonderToegang(b *testing.B) {
	k := nieuweBank(b)
	soort, _ := k.knoop.inzage.VanSoort("brief")
	mux := http.NewServeMux()
	type in struct {
		ID string `path:"id" format:"uuid"`
	}
	type uit struct{ Body json.RawMessage }
	rest.Register(rest.NewAPI(mux, rest.Info{Titel: "Kaal", Versie: "1", Server: "https://kaal.invalid"}), huma.Operation{
		OperationID: "leesKaal", Method: http.MethodGet, Path: "/brieven/{id}", Summary: "Zonder toegang", Tags: []string{"Brief"},
	}, func(ctx context.Context, v *in) (*uit, error) {
		rec, err := k.knoop.store.Lees(ctx, soort.Naam, v.ID, time.Time{})
		if err != nil {
			return nil, err
		}
		x, err := soort.Reduceer(rec, begrip.NiveauInhoud, nil)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(x)
		return &uit{Body: body}, err
	})
	k.meet(b, rest.Handler(mux, "1", slog.New(slog.DiscardHandler)))
}

// BenchmarkNergens is what one reader waits for who is told that something is
// not here: because it is not, because it is withheld from that reader, and because
// the reader is no party to it. Beside each other in one run they must not differ
// by more than one run does from the next: else the time tells what the answer does not.
func BenchmarkNergens(b *testing.B) {
	k := nieuweBank(b)
	soort, _ := k.knoop.inzage.VanSoort("brief")
	soort.Partij = func(_ dossier.Record, oin begrip.OIN) bool { return oin == vt.OIN }
	id := strings.TrimPrefix(k.pad, "/v1/brieven/")
	vreemd := k.lezer
	vreemd.Organisatie = begrip.Organisatie{OIN: "00000001234567897000", Naam: "Een ander", Soort: begrip.School}
	vreemd.Doel = "nieuwsgierig"
	for _, x := range []struct {
		naam, id string
		l        toegang.Lezer
		dicht    bool
	}{
		{naam: "er is niets", id: uuid.Must(uuid.NewV7()).String(), l: k.lezer},
		{naam: "geen partij", id: id, l: vreemd},
		{naam: "afgeschermd", id: id, l: k.lezer, dicht: true},
	} {
		b.Run(x.naam, func(b *testing.B) {
			if x.dicht {
				a := afscherming(id, vader)
				a.Tegen, a.TegenOIN = nil, []begrip.OIN{vt.OIN}
				if err := k.knoop.waarborgen.Maak(b.Context(), waarborg.SoortAfscherming, a, "Samira"); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if _, err := k.knoop.inzage.Geef(b.Context(), soort, x.id, x.l, nil, time.Time{}); !begrip.Is(err, begrip.NietGevonden) {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAchtergehouden is what a member of the family waits for of whom nothing is
// here, and of whom 31 records are withheld: beside each other in one run they must
// not differ by 20 ms.
func BenchmarkAchtergehouden(b *testing.B) {
	k := nieuweBank(b)
	l := *gezinslid(vader, begrip.BSN{})
	for _, aantal := range []int{0, 31} {
		b.Run(strconv.Itoa(aantal), func(b *testing.B) {
			for range aantal {
				id := uuid.Must(uuid.NewV7()).String()
				if err := k.knoop.store.Tx(b.Context(), func(tx *dossier.Tx) error {
					_, err := tx.Schrijf(b.Context(), dossier.Record{Soort: "brief", ID: id, Personen: []begrip.BSN{vader, kind}, Inhoud: []byte(`{"tekst":"De inhoud.","persoon":""}`)})
					return err
				}); err != nil {
					b.Fatal(err)
				}
				if err := k.knoop.waarborgen.Maak(b.Context(), waarborg.SoortAfscherming, afscherming(id, vader), "Samira"); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if g, err := k.knoop.inzage.Gezin(b.Context(), l, vader); err != nil || len(g.Delen) > 0 {
					b.Fatal(err, len(g.Delen))
				}
			}
		})
	}
}
