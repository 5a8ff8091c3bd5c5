package sleutels

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/hub/hublog"
	"github.com/handbereik/soh/internal/jsontape"
)

// Fictional numbers that pass the eleven-test.
const (
	bsnA = "999990019"
	bsnB = "123456782"
	bsnC = "010464554" // ten and a half million: eight digits without the zero
)

func open(t testing.TB, dir string) (*hublog.Log, *Sleutels) {
	t.Helper()
	l, err := hublog.Open(hublog.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s, err := Open(context.Background(), l, filepath.Join(dir, "meester.sleutel"))
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

func versleutel(t testing.TB, s *Sleutels, ev string) ([]byte, [][16]byte) {
	t.Helper()
	b, refs, err := s.Versleutel(context.Background(), nil, []byte(ev))
	if err != nil {
		t.Fatalf("%v: %s", err, ev)
	}
	if !json.Valid(b) {
		t.Fatalf("geen JSON: %s", b)
	}
	return b, refs
}

func ontsleutel(t testing.TB, s *Sleutels, b []byte, alleen func([16]byte) bool) string {
	t.Helper()
	uit, err := s.Ontsleutel(context.Background(), b, alleen)
	if err != nil {
		t.Fatal(err)
	}
	return string(uit)
}

var eenToken = regexp.MustCompile(merk + "[tln][A-Za-z0-9_-]*;")

func niemand([16]byte) bool { return false }

func TestBSNEnGegevensVanBetrokkenenStaanNietLeesbaarInDeOpslag(t *testing.T) {
	_, s := open(t, t.TempDir())
	a, b, c := s.Ref(begrip.MustBSN(bsnA)), s.Ref(begrip.MustBSN(bsnB)), s.Ref(begrip.MustBSN(bsnC))
	gevallen := []struct {
		naam, data string
		weg        []string // must not be in the stored text
		blijft     []string // must be
		refs       [][16]byte
	}{
		{"tekst", `{"x":"het gaat om 999990019."}`, []string{bsnA}, []string{"het gaat om "}, [][16]byte{a}},
		{"twee in een tekst", `{"x":"999990019/123456782"}`, []string{bsnA, bsnB}, nil, [][16]byte{a, b}},
		{"getal", `{"x":999990019,"y":[-123456782]}`, []string{bsnA, bsnB}, nil, [][16]byte{a, b}},
		{"getal met macht", `{"x":9.99990019e8}`, []string{"9.99990019"}, nil, [][16]byte{a}},
		{"naam van een eigenschap", `{"bsn 999990019":1}`, []string{bsnA}, nil, [][16]byte{a}},
		{"achter een escape", `{"x":"regel\n999990019"}`, []string{bsnA}, nil, [][16]byte{a}},
		{"in escapes", `{"x":"\u0039\u0039999001\u0039."}`, []string{"999001"}, nil, nil},
		{"alles in escapes", `{"x":"\u0039\u0039\u0039\u0039\u0039\u0030\u0030\u0031\u0039"}`, []string{`\u0039\u0039`}, nil, [][16]byte{a}},
		{"acht cijfers", `{"soh:burgerservicenummer":"10464554"}`, []string{"10464554"}, nil, [][16]byte{c}},
		{"acht cijfers als getal", `{"https://x.nl/schema#burgerservicenummer":[10464554]}`, []string{"10464554"}, nil, [][16]byte{c}},
		{"waardeobject", `{"soh:burgerservicenummer":{"@type":"xsd:string","@value":"10464554"}}`, []string{"10464554"}, []string{"xsd:string"}, [][16]byte{c}},
		{"met punten", `{"burgerservicenumm\u0065r":"1046.45.54"}`, []string{"1046.45"}, nil, [][16]byte{c}},
		{"geen geldig nummer", `{"burgerservicenummer":"12345"}`, []string{"12345"}, nil, nil},
		{"betrokkene", `{"@graph":[{"@id":"urn:soh:betrokkene:1","@type":["prov:Agent","soh:Betrokkene"],"soh:naam":"Sam","soh:leeftijd":17,"soh:jarig":true,"soh:adres":{"soh:straat":"Dorpsweg"},"soh:bij":{"@id":"urn:x"},"soh:burgerservicenummer":"999990019"}]}`,
			[]string{"Sam", "17", "true", "Dorpsweg", bsnA}, []string{"urn:soh:betrokkene:1", "soh:Betrokkene", "urn:x"}, [][16]byte{a}},
		{"betrokkene op twee plaatsen", `[{"@id":"p","soh:naam":{"@value":"Sam","@language":"nl"}},{"@type":"https://x.nl/Betrokkene","@id":"p","bsn":"999990019"}]`,
			[]string{"Sam", bsnA}, []string{`"nl"`}, [][16]byte{a}},
		{"andermans nummer bij een betrokkene", `{"@type":"Betrokkene","burgerservicenummer":"999990019","opmerking":"broer 123456782"}`,
			[]string{bsnA, bsnB, "broer"}, nil, [][16]byte{a, b}},
		{"gewone knoop", `{"@id":"m","@type":"soh:Melding","soh:naam":"Sam","n":1.50}`, nil, []string{"Sam", "1.50"}, [][16]byte{}},
	}
	for _, g := range gevallen {
		t.Run(g.naam, func(t *testing.T) {
			in := `{"specversion":"1.0","id":"999990019","data":` + g.data + ` }`
			st, refs := versleutel(t, s, in)
			data := st[bytes.Index(st, []byte(`"data"`)):]
			open := eenToken.ReplaceAll(data, nil) // what is encrypted may hold "17" by chance
			for _, w := range g.weg {
				if g.naam != "in escapes" && bytes.Contains(open, []byte(w)) {
					t.Errorf("%q staat leesbaar in %s", w, data)
				}
			}
			for _, w := range g.blijft {
				if !bytes.Contains(data, []byte(w)) {
					t.Errorf("%q ontbreekt in %s", w, data)
				}
			}
			if g.refs != nil && cmp.Diff(g.refs, refs, cmp.Transformer("lengte", func(r [][16]byte) map[[16]byte]bool {
				m := map[[16]byte]bool{}
				for _, x := range r {
					m[x] = true
				}
				return m
			})) != "" {
				t.Errorf("refs %x, wil %x", refs, g.refs)
			}
			if uit := ontsleutel(t, s, st, nil); uit != in {
				t.Errorf("terug:\n%s\nwil\n%s", uit, in)
			}
			dicht := ontsleutel(t, s, st, niemand)
			if !json.Valid([]byte(dicht)) {
				t.Errorf("afgeschermd geen JSON: %s", dicht)
			}
		})
	}
}

func TestAlleenWieMagLeestEnDeRestIsAfgeschermd(t *testing.T) {
	_, s := open(t, t.TempDir())
	a := s.Ref(begrip.MustBSN(bsnA))
	st, _ := versleutel(t, s, `{"data":{"x":"999990019 en 123456782","n":123456782}}`)
	got := ontsleutel(t, s, st, func(r [16]byte) bool { return r == a })
	if want := `{"data":{"x":"999990019 en *********","n":"*********"}}`; got != want {
		t.Fatalf("%s\nwil %s", got, want)
	}
}

func TestNagemaaktTokenWordtNooitEenEchtToken(t *testing.T) {
	_, s := open(t, t.TempDir())
	st, _ := versleutel(t, s, `{"data":{"x":"999990019"}}`)
	i := bytes.Index(st, []byte(merk))
	echt := string(st[i : i+bytes.IndexByte(st[i:], ';')+1])
	in := `{"subject":"` + echt + `","data":{"y":"` + echt + `","burgerservicenummer":"` + echt + `","z":"` + merk + merk + `="}}`
	st, refs := versleutel(t, s, in)
	if len(refs) != 1 || refs[0] == s.Ref(begrip.MustBSN(bsnA)) {
		t.Fatalf("refs %x", refs)
	}
	if uit := ontsleutel(t, s, st, nil); uit != in {
		t.Fatalf("%q\nwil %q", uit, in)
	}
}

func TestVernietigMaaktOnleesbaarEnDePersoonKrijgtEenNieuweSleutel(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	l, s := open(t, dir)
	a := s.Ref(begrip.MustBSN(bsnA))
	in := `{"data":{"x":"999990019","y":"123456782"}}`
	st, _ := versleutel(t, s, in)
	controleer := func(s *Sleutels, na string) {
		t.Helper()
		if got, want := ontsleutel(t, s, st, nil), `{"data":{"x":"*********","y":"123456782"}}`; got != want {
			t.Fatalf("%s: %s", na, got)
		}
	}
	pak := ingepakt(t, s, a)
	if !opSchijf(t, dir, pak) {
		t.Fatal("de ingepakte sleutel is niet gevonden op schijf, dus de proef zegt niets")
	}
	if err := s.Vernietig(ctx, a); err != nil {
		t.Fatal(err)
	}
	controleer(s, "meteen")
	if opSchijf(t, dir, pak) {
		t.Fatal("de ingepakte sleutel staat nog op schijf")
	}
	if err := s.Vernietig(ctx, a); err != nil {
		t.Fatal(err)
	}
	nieuw, _ := versleutel(t, s, in)
	if ontsleutel(t, s, nieuw, nil) != in {
		t.Fatal("nieuwe sleutel werkt niet")
	}
	controleer(s, "na nieuwe sleutel")
	_ = l.Close()
	_, s = open(t, dir)
	controleer(s, "na herstart")
	if ontsleutel(t, s, nieuw, nil) != in {
		t.Fatal("nieuwe sleutel werkt niet na herstart")
	}
	if err := s.Vernietig(ctx, a); err != nil {
		t.Fatal(err)
	}
	st = nieuw
	controleer(s, "tweede keer vernietigd")
}

func TestOnderbrokenVernietigingWordtBijDeStartAfgemaakt(t *testing.T) {
	dir := t.TempDir()
	l, s := open(t, dir)
	a := s.Ref(begrip.MustBSN(bsnA))
	st, _ := versleutel(t, s, `{"data":{"x":"999990019","y":"123456782"}}`)
	pak := ingepakt(t, s, a)
	p := s.index[a]
	data, err := s.stroom.Lees(context.Background(), p.seq)
	if err != nil {
		t.Fatal(err)
	}
	rs, _ := leesBericht(data)
	blijft := []record{{soort: soortGraf, ref: a, gen: p.gen}}
	for _, r := range rs {
		if r.ref != a {
			blijft = append(blijft, r)
		}
	}
	if _, err := s.stroom.Publiceer(maakBericht(blijft)); err != nil { // and then the power fails
		t.Fatal(err)
	}
	_ = l.Close()
	_, s = open(t, dir)
	if opSchijf(t, dir, pak) {
		t.Fatal("de ingepakte sleutel staat nog op schijf")
	}
	if got := ontsleutel(t, s, st, nil); got != `{"data":{"x":"*********","y":"123456782"}}` {
		t.Fatal(got)
	}
}

func ingepakt(t *testing.T, s *Sleutels, ref [16]byte) []byte {
	t.Helper()
	data, err := s.stroom.Lees(context.Background(), s.index[ref].seq)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := leesBericht(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		if r.ref == ref {
			return bytes.Clone(r.pak)
		}
	}
	t.Fatal("geen sleutel")
	return nil
}

func opSchijf(t *testing.T, dir string, wat []byte) (ja bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(p)
		ja = ja || bytes.Contains(b, wat)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ja
}

func TestMeestersleutelWordtBewaakt(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	l, _ := open(t, dir)
	pad := filepath.Join(dir, "meester.sleutel")
	fi, err := os.Stat(pad)
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", fi.Mode(), err)
	}
	oud, _ := os.ReadFile(pad)
	faalt := func(zin string) {
		t.Helper()
		if _, err := Open(ctx, l, pad); err == nil || !strings.Contains(err.Error(), zin) || strings.Contains(err.Error(), string(oud)) {
			t.Fatalf("fout %v, wil %q", err, zin)
		}
	}
	_ = os.Remove(pad)
	faalt("ontbreekt")
	if _, err := maakMeester(pad); err != nil {
		t.Fatal(err)
	}
	faalt("past niet")
	_ = os.WriteFile(pad, []byte("kapot"), 0o600)
	faalt("beschadigd")
	_ = os.WriteFile(pad, oud, 0o600)
	_ = os.Chmod(pad, 0o644)
	faalt("0600")
}

func TestGeenBSNOpSchijfOokNietBijVeelTegelijk(t *testing.T) {
	dir := t.TempDir()
	l, s := open(t, dir)
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 20 {
				ev := fmt.Sprintf(`{"id":"%d-%d","data":{"@type":"soh:Betrokkene","@id":"urn:%d","soh:naam":"SchildwachtNaam","x":"999990019","soh:burgerservicenummer":%q}}`, i, j, j, nummer(i*20+j))
				b, _, err := s.Versleutel(ctx, nil, []byte(ev))
				if err == nil {
					_, err = l.Append(ctx, [][]byte{b})
				}
				if err != nil || ontsleutel(t, s, b, nil) != ev {
					t.Errorf("%v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, w := range []string{bsnA, nummer(3), "SchildwachtNaam"} {
		if opSchijf(t, dir, []byte(w)) {
			t.Errorf("%s staat op schijf", w)
		}
	}
	// The log is compressed: look inside the blocks as well.
	for seq := uint64(1); seq <= l.Laatste(); seq++ {
		b, err := l.Blok(ctx, seq)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range b.Entries {
			if bytes.Contains(e, []byte(bsnA)) || bytes.Contains(e, []byte("SchildwachtNaam")) {
				t.Fatalf("leesbaar in het log: %s", e)
			}
		}
	}
	if n, _ := s.Aantal(); n != 321 {
		t.Fatalf("%d sleutels", n)
	}
}

// nummer gives the i-th number from 990000000 on that passes the test.
func nummer(i int) string {
	for n := 990_000_000; ; n++ {
		if s := fmt.Sprint(n); begrip.ElfProef(s) {
			if i == 0 {
				return s
			}
			i--
		}
	}
}

// jsonWaarde draws any JSON, with what this package looks for in it often.
func jsonWaarde() *rapid.Generator[string] {
	tekst := rapid.OneOf(
		rapid.SampledFrom([]string{bsnA, bsnB, "10464554", "x " + bsnA, `\n` + bsnA, `\u0039` + bsnA[1:], "", "@type", "a\uf5a1", merk + "t", merk + "=", merk + "tAAAA;", `\"`, `\\`}),
		rapid.Map(rapid.String(), func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) }))
	naam := rapid.OneOf(rapid.SampledFrom([]string{"@id", "@type", "@value", "@graph", "@list", "soh:burgerservicenummer", "soh:naam", "id", "type"}), tekst)
	return rapid.Custom(func(t *rapid.T) string {
		var maak func(diepte int) string
		maak = func(diepte int) string {
			k := rapid.IntRange(0, 9).Draw(t, "soort")
			if diepte > 4 && k < 5 {
				k += 5
			}
			switch {
			case k < 3:
				var d []string
				for range rapid.IntRange(0, 4).Draw(t, "leden") {
					d = append(d, `"`+naam.Draw(t, "naam")+`" : `+maak(diepte+1))
				}
				if rapid.Bool().Draw(t, "betrokkene") {
					d = append(d, `"@type":"soh:Betrokkene"`)
				}
				return "{" + strings.Join(d, ",") + "}"
			case k < 5:
				var d []string
				for range rapid.IntRange(0, 3).Draw(t, "lengte") {
					d = append(d, maak(diepte+1))
				}
				return "[ " + strings.Join(d, " , ") + "]"
			case k == 5:
				return rapid.SampledFrom([]string{"1", "-0.5e3", bsnA, "-" + bsnB, "10464554", "9.99990019e8", "true", "false", "null"}).Draw(t, "kaal")
			}
			return `"` + tekst.Draw(t, "tekst") + `"`
		}
		return maak(0)
	})
}

func TestHeenEnTerugGeeftDezelfdeBytes(t *testing.T) {
	_, s := open(t, t.TempDir())
	rapid.Check(t, func(rt *rapid.T) {
		in := `{"id":"` + merk + `","data":` + jsonWaarde().Draw(rt, "data") + `}`
		st, refs, err := s.Versleutel(context.Background(), nil, []byte(in))
		if err != nil {
			rt.Fatalf("%v: %s", err, in)
		}
		if !json.Valid(st) {
			rt.Fatalf("geen JSON: %q", st)
		}
		if bytes.Contains(st, []byte(bsnA)) || bytes.Contains(st, []byte(bsnB)) {
			rt.Fatalf("leesbaar: %q", st)
		}
		uit, err := s.Ontsleutel(context.Background(), st, nil)
		if err != nil || string(uit) != in {
			rt.Fatalf("terug %q, %v\nwil %q", uit, err, in)
		}
		// The same with exactly the refs it named: Versleutel names all of them.
		uit, _ = s.Ontsleutel(context.Background(), st, func(r [16]byte) bool {
			for _, x := range refs {
				if x == r {
					return true
				}
			}
			return false
		})
		if string(uit) != in {
			rt.Fatalf("refs onvolledig: %q", uit)
		}
		dicht, _ := s.Ontsleutel(context.Background(), st, niemand)
		if !json.Valid(dicht) {
			rt.Fatalf("afgeschermd geen JSON: %q", dicht)
		}
		alsBand(rt, s, []byte(in))
		alsBand(rt, s, []byte(strings.Replace(in, merk, "x", 1)))
	})
}

func FuzzVersleutel(f *testing.F) {
	_, s := open(f, f.TempDir())
	f.Add([]byte(`{"data":{"@type":"soh:Betrokkene","x":"999990019\n"}}`))
	f.Add([]byte(`{"data":"` + merk + `tAAAA;"}`))
	f.Add([]byte(`{"data":"\ud800\u00`))
	f.Fuzz(func(t *testing.T, in []byte) {
		ctx := context.Background()
		if _, err := s.Ontsleutel(ctx, in, nil); err != nil {
			t.Fatal(err)
		}
		st, _, err := s.Versleutel(ctx, nil, in)
		if err != nil {
			if jsontext.Value(in).IsValid() && bytes.HasPrefix(bytes.TrimSpace(in), []byte("{")) && !bytes.Contains(in, []byte("data_base64")) && begrip.Is(err, begrip.Ongeldig) && !strings.Contains(string(in), "[[[[") {
				t.Fatalf("geldige JSON geweigerd: %q", in)
			}
			return
		}
		if uit, err := s.Ontsleutel(ctx, st, nil); err != nil || !bytes.Equal(uit, in) {
			t.Fatalf("terug %q, %v; wil %q", uit, err, in)
		}
		if json.Valid(in) && !json.Valid(st) {
			t.Fatalf("geen JSON meer: %q", st)
		}
		alsBand(t, s, in)
	})
}

// alsBand encrypts the member data of in on tape, and holds the tape of what is
// given against one that is read anew.
func alsBand(t interface{ Fatalf(string, ...any) }, s *Sleutels, in []byte) {
	var heel, data, uit, nieuw, anders jsontape.Tape
	if !heel.Read(in) || heel.Items[0].Kind != jsontape.Object {
		return
	}
	k := heel.Member(0, "data")
	if k == 0 {
		return
	}
	heel.Sub(&data, k, in, 0)
	st, _, ok, err := s.VersleutelBand(context.Background(), nil, &data, &uit, false)
	if err != nil {
		t.Fatalf("%v: %q", err, in)
	}
	if terug, err := s.Ontsleutel(context.Background(), st, nil); err != nil || !bytes.Equal(terug, in) {
		t.Fatalf("terug %q, %v; wil %q", terug, err, in)
	}
	if ok == bytes.Contains(in, []byte(merk)) {
		t.Fatalf("tape told %v of %q", ok, in)
	}
	if !ok {
		return
	}
	if !nieuw.Read(st) {
		t.Fatalf("geen JSON meer: %q", st)
	}
	nieuw.Sub(&anders, nieuw.Member(0, "data"), st, 0)
	for i := range anders.Items {
		a, b := anders.Items[i], uit.Items[i]
		a.Aux, b.Aux = 0, 0
		if a != b || len(uit.Items) != len(anders.Items) {
			t.Fatalf("item %d is %+v, want %+v\nin %q\nout %q", i, b, a, in, st)
		}
	}
}
