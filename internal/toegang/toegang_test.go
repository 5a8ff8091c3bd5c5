package toegang

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/handbereik/soh/internal/begrip"
)

const sentinel = "999990019"

var (
	politie = begrip.Organisatie{OIN: "00000001123456789000", Naam: "Politie", Soort: begrip.Politie}
	vt      = begrip.Organisatie{OIN: "00000001987654321000", Naam: "Veilig Thuis", Soort: begrip.VeiligThuis}
	portaal = begrip.Organisatie{OIN: "00000001555555555000", Naam: "Portaal", Soort: begrip.Burgerportaal}
	alle    = map[begrip.OIN]begrip.Organisatie{politie.OIN: politie, vt.OIN: vt, portaal.OIN: portaal}
)

func zoek(o begrip.OIN) (begrip.Organisatie, bool) { org, ok := alle[o]; return org, ok }

func nieuweCA(t *testing.T) *CA {
	t.Helper()
	ca, err := NieuweCA(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func identiteit(t *testing.T, ca *CA, o begrip.Organisatie) Identiteit {
	t.Helper()
	c, k, err := ca.Geef(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	i, err := LaadIdentiteit(c, k, ca.Pad())
	if err != nil {
		t.Fatal(err)
	}
	i.Organisatie.Soort = o.Soort
	return i
}

func server(t *testing.T, i Identiteit, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = i.ServerTLS()
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func lezer(o begrip.Organisatie) Lezer {
	return Lezer{Organisatie: o, Persoon: "m.jansen", Naam: "M. Jansen", Rol: begrip.RolMedewerkerVT, Doel: begrip.DoelBeoordelen, Grondslag: begrip.GrondWmo516}
}

func TestCABlijftEnGeeftHetzelfdeCertificaat(t *testing.T) {
	dir := t.TempDir()
	ca, err := NieuweCA(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, k, _ := ca.Geef(dir, politie)
	een, _ := os.ReadFile(c)
	weer, err := NieuweCA(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := weer.Geef(dir, politie); err != nil {
		t.Fatal(err)
	}
	if twee, _ := os.ReadFile(c); string(een) != string(twee) {
		t.Error("een goed certificaat is vervangen")
	}
	weer.nu = func() time.Time { return time.Now().Add(certDuur - time.Hour) }
	if _, _, err := weer.Geef(dir, politie); err != nil {
		t.Fatal(err)
	}
	if drie, _ := os.ReadFile(c); string(een) == string(drie) {
		t.Error("een bijna verlopen certificaat is gebleven")
	}
	if st, _ := os.Stat(k); st.Mode().Perm() != 0o600 {
		t.Errorf("sleutel heeft rechten %v", st.Mode())
	}
	if _, _, err := ca.Geef(dir, begrip.Organisatie{OIN: "../../etc"}); err == nil {
		t.Error("een ongeldig OIN kreeg een certificaat")
	}
}

func TestBellerIsDeOINVanHetCertificaat(t *testing.T) {
	ca := nieuweCA(t)
	s := server(t, identiteit(t, ca, politie), func(w http.ResponseWriter, r *http.Request) {
		oin, err := Beller(r)
		if err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, string(oin))
	})
	resp, err := identiteit(t, ca, vt).Client(5 * time.Second).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if b, _ := io.ReadAll(resp.Body); string(b) != string(vt.OIN) {
		t.Errorf("beller = %q", b)
	}
	if _, err := Beller(httptest.NewRequest("GET", "/", nil)); !begrip.Is(err, begrip.NietAangemeld) {
		t.Errorf("zonder TLS: %v", err)
	}
}

func TestVerkeerdCertificaatKomtErNietIn(t *testing.T) {
	ca, vreemd := nieuweCA(t), nieuweCA(t)
	pol := identiteit(t, ca, politie)
	s := server(t, pol, func(http.ResponseWriter, *http.Request) { t.Error("het verzoek kwam binnen") })
	indringer := identiteit(t, vreemd, vt)
	indringer.Roots, indringer.bestanden = pol.Roots, nil
	geen := identiteit(t, ca, vt)
	geen.Cert.Certificate, geen.bestanden = nil, nil
	verlopen := nieuweCA(t)
	verlopen.cert, verlopen.key = ca.cert, ca.key
	verlopen.nu = func() time.Time { return time.Now().Add(-2 * certDuur) }
	oud := identiteit(t, verlopen, vt)
	oud.Roots, oud.bestanden = pol.Roots, nil
	for naam, i := range map[string]Identiteit{"andere CA": indringer, "verlopen": oud} {
		if resp, err := i.Client(5 * time.Second).Get(s.URL); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s: toegelaten", naam)
		}
	}
	weiger := func(w http.ResponseWriter, _ *http.Request, err error) {
		if !begrip.Is(err, begrip.NietAangemeld) {
			t.Error(err)
		}
		w.WriteHeader(http.StatusUnauthorized)
	}
	var binnen []string
	dicht := VereisCertificaat(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { binnen = append(binnen, r.URL.Path) }), weiger, "/health", "/tlog/")
	z := server(t, pol, dicht.ServeHTTP)
	for pad, wil := range map[string]int{
		"/health": 200, "/tlog/checkpoint": 200, "/": 401, "/tlog": 401, "/health/x": 401, "/v1/tlog/x": 401,
	} {
		resp, err := geen.Client(5 * time.Second).Get(z.URL + pad)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != wil {
			t.Errorf("%s zonder certificaat: %d", pad, resp.StatusCode)
		}
	}
	if len(binnen) != 2 {
		t.Errorf("binnen kwamen %v", binnen)
	}
}

func TestClientStuurtNietsNaarEenAndereOrganisatie(t *testing.T) {
	ca := nieuweCA(t)
	ontvangen := 0
	s := server(t, identiteit(t, ca, politie), func(w http.ResponseWriter, r *http.Request) {
		ontvangen++
		if r.URL.Path == "/weg" {
			http.Redirect(w, r, "/elders", http.StatusFound)
		}
	})
	c := identiteit(t, ca, vt).Client(5 * time.Second)
	doe := func(oin begrip.OIN, pad string) (*http.Response, error) {
		r, _ := http.NewRequestWithContext(Naar(t.Context(), oin), "GET", s.URL+pad, nil)
		resp, err := c.Do(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		return resp, err
	}
	if _, err := doe(politie.OIN, "/"); err != nil {
		t.Fatal(err)
	}
	if _, err := doe(portaal.OIN, "/"); !errors.Is(err, ErrAndereOrganisatie) {
		t.Errorf("andere organisatie: %v", err)
	}
	if resp, err := doe(politie.OIN, "/weg"); err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("doorverwijzing gevolgd: %v", err)
	}
	if ontvangen != 2 {
		t.Errorf("%d verzoeken kwamen aan, 2 verwacht", ontvangen)
	}
	if _, err := c.Get(strings.Replace(s.URL, "https", "http", 1)); err == nil {
		t.Error("plain http mag niet")
	}
}

// viaTLS gives the request as the source receives it from van.
func viaTLS(t *testing.T, bron, van Identiteit, kop string) *http.Request {
	t.Helper()
	var kreeg *http.Request
	s := server(t, bron, func(_ http.ResponseWriter, r *http.Request) { kreeg = r })
	r, _ := http.NewRequest("GET", s.URL, nil)
	if kop != "" {
		r.Header.Set("Authorization", kop)
	}
	resp, err := van.Client(5 * time.Second).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return kreeg
}

func TestVerklaring(t *testing.T) {
	ca := nieuweCA(t)
	pol, veilig, port := identiteit(t, ca, politie), identiteit(t, ca, vt), identiteit(t, ca, portaal)
	ander := identiteit(t, ca, vt) // same OIN, other key
	nu := time.Now()
	maak := func(i Identiteit, l Lezer, aan begrip.OIN) string {
		s, err := i.Verklaring(l, aan, nu)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	goed := maak(veilig, lezer(vt), politie.OIN)
	burger := lezer(portaal)
	burger.Rol, burger.Burger = begrip.RolOuder, begrip.MustBSN(sentinel)
	vals := lezer(vt)
	vals.Burger = burger.Burger
	gevallen := []struct {
		naam, kop string
		van       Identiteit
		later     time.Duration
		code      begrip.Code
		zegt      string
	}{
		{"goed", "Bearer " + goed, veilig, 0, "", ""},
		{"herhaald", "Bearer " + goed, veilig, time.Second, begrip.NietAangemeld, "al eens gebruikt"},
		{"geen", "", veilig, 0, begrip.NietAangemeld, "geen verklaring"},
		{"rommel", "Bearer x" + sentinel, veilig, 0, begrip.NietAangemeld, "onleesbaar"},
		{"ander schema", "Basic " + goed, veilig, 0, begrip.NietAangemeld, "niet goed"},
		{"verlopen", "Bearer " + maak(veilig, lezer(vt), politie.OIN), veilig, 61 * time.Second, begrip.NietAangemeld, "verlopen"},
		{"klok 65 seconden achter", "Bearer " + maak(veilig, lezer(vt), politie.OIN), veilig, 65 * time.Second, begrip.NietAangemeld, "uw klok achter"},
		{"klok voor", "Bearer " + maak(veilig, lezer(vt), politie.OIN), veilig, -time.Minute, begrip.NietAangemeld, "seconden voor op de onze"},
		{"te vroeg", "Bearer " + maak(veilig, lezer(vt), politie.OIN), veilig, -time.Hour, begrip.NietAangemeld, "nog niet geldig"},
		{"andere bron", "Bearer " + maak(veilig, lezer(vt), portaal.OIN), veilig, 0, begrip.NietAangemeld, "andere organisatie bedoeld"},
		{"andere sleutel", "Bearer " + maak(ander, lezer(vt), politie.OIN), veilig, 0, begrip.NietAangemeld, "ander certificaat"},
		{"andere afzender", "Bearer " + maak(port, burger, politie.OIN), veilig, 0, begrip.NietAangemeld, "ander certificaat"},
		{"burger zonder portaal", "Bearer " + maak(veilig, vals, politie.OIN), veilig, 0, begrip.Verboden, "Alleen het portaal"},
		{"burger via portaal", "Bearer " + maak(port, burger, politie.OIN), port, 0, "", ""},
		{"zonder handtekening", "Bearer " + zonderHandtekening(goed), veilig, 0, begrip.NietAangemeld, "onleesbaar"},
		{"uitgever vervalst", "Bearer " + zelfGetekend(t, veilig, politie.OIN), veilig, 0, begrip.NietAangemeld, "andere organisatie dan"},
	}
	for _, g := range gevallen {
		t.Run(g.naam, func(t *testing.T) {
			l, err := LeesVerklaring(viaTLS(t, pol, g.van, g.kop), politie.OIN, zoek, nu.Add(g.later))
			if g.code == "" {
				if err != nil || l.Organisatie != alle[g.van.Organisatie.OIN] || l.Persoon != "m.jansen" {
					t.Fatalf("%v %v", l, err)
				}
				return
			}
			if !begrip.Is(err, g.code) || !strings.Contains(err.Error(), g.zegt) {
				t.Fatalf("kreeg %v", err)
			}
			if strings.Contains(err.Error(), sentinel) {
				t.Fatal("BSN in de fout")
			}
		})
	}
	if _, err := pol.Verklaring(lezer(vt), politie.OIN, nu); err == nil {
		t.Error("een organisatie verklaarde namens een andere")
	}
	fout := lezer(vt)
	fout.Persoon, fout.Doel = sentinel, "zomaar"
	_, err := veilig.Verklaring(fout, politie.OIN, nu)
	if f := begrip.FoutVan(err); len(f.Velden) != 2 || strings.Contains(err.Error(), sentinel) {
		t.Errorf("fouten in de lezer: %v", err)
	}
}

func zonderHandtekening(token string) string {
	d := strings.Split(token, ".")
	return "eyJhbGciOiJub25lIn0." + d[1] + "."
}

// zelfGetekend is signed with the right key, in the name of somebody else.
func zelfGetekend(t *testing.T, i Identiteit, aan begrip.OIN) string {
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: i.Cert.PrivateKey}, (&jose.SignerOptions{}).WithHeader(vingerafdruk, afdruk(i.Cert.Leaf)))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := jwt.Signed(s).Claims(jwt.Claims{
		Issuer: portaal.OIN.URN(), Audience: jwt.Audience{aan.URN()}, ID: "1",
		IssuedAt: jwt.NewNumericDate(time.Now()), Expiry: jwt.NewNumericDate(time.Now().Add(time.Minute)),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return tok
}
