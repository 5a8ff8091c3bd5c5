package aanval

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/toegang"
)

// metSpoed is a professional of another organisation who calls on noodtoegang.
func metSpoed(persoon, reden string) toegang.Lezer {
	l := toegang.Lezer{Persoon: persoon, Naam: persoon, Rol: begrip.RolBehandelaar, Doel: "acute-veiligheid", Grondslag: "AVG-6-1-d"}
	l.Nood = toegang.Nood{Reden: reden, Tot: time.Now().Add(time.Hour)}
	return l
}

// naarZVH keeps what these tests make by the hundred out of the Postvak that others read.
var naarZVH = map[string]any{"soort": "ZVH"}

// 43 families in one go with one sentence: three are shown, and of the others nothing. It
// holds for reading and for searching, from any kind of organisation, all at once.
func TestNoodtoegangHeeftEenRem(t *testing.T) {
	n := deNetwerk(t)
	politie := n.lid(t, "politie")
	var meldingen []gemeld
	var wie []begrip.BSN
	for range 43 {
		b := bsn()
		wie = append(wie, b)
		meldingen = append(meldingen, politie.meld(t, naarZVH, persoon(b, "Kim", nil)))
	}
	for _, soort := range []begrip.OrganisatieSoort{begrip.GGZ, begrip.Gemeente} {
		p := n.nieuw(t, soort, nil)
		l := metSpoed("haast", "Er is brand in dit huis en ik zoek de kinderen.")
		var mu sync.Mutex
		var wg sync.WaitGroup
		gezien, waarom := map[int]bool{}, ""
		for i, m := range meldingen {
			wg.Go(func() {
				var a antwoord
				if i%2 == 0 {
					a = p.vraag(t, "GET", m.URL, nil, p.als(t, politie.OIN, l)...)
				} else {
					a = p.vraag(t, "POST", politie.API+"/noodtoegangen/query", map[string]string{"burgerservicenummer": wie[i].Leesbaar()}, p.als(t, politie.OIN, l)...)
				}
				mu.Lock()
				defer mu.Unlock()
				switch a.Status {
				case http.StatusOK:
					gezien[i] = true
				case http.StatusTooManyRequests:
					waarom = a.Body
					if a.Kop.Get("Retry-After") == "" || a.Kop.Get("Retry-After") == "2" || strings.Contains(a.Body, wie[i].Leesbaar()) || strings.Contains(a.Body, "urn:soh:zaak") {
						t.Errorf("%v %s", a.Kop, a.Body)
					}
				default:
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
		wg.Wait()
		if len(gezien) != 3 || !strings.Contains(waarom, "Bel 112") {
			t.Errorf("%s: %d families were shown; the others read %q", soort, len(gezien), waarom)
		}
		// Signing the sentence with another name of the same organisation gives room for that
		// organisation, and no more.
		for i := range 20 {
			a := p.vraag(t, "GET", meldingen[20+i].URL, nil, p.als(t, politie.OIN, metSpoed(fmt.Sprint("iemand", i), "Er is brand in dit huis en ik zoek de kinderen."))...)
			if a.Status == http.StatusOK {
				gezien[20+i] = true
			}
		}
		if len(gezien) != 10 {
			t.Errorf("%s: %d families of one organisation", soort, len(gezien))
		}
	}
	ada := n.binnen(t, "politie", "politie-ada")
	wacht(t, func() string {
		if err := ada.Open(t.Context(), "/signalen"); err != nil {
			return err.Error()
		}
		if strings.Count(ada.HTML, "Noodtoegang te vaak") < 2 {
			return "the privacy officer does not hear of it"
		}
		return ""
	})
	for _, b := range wie {
		if strings.Contains(ada.HTML, b.Leesbaar()) {
			t.Error("a number on the page of signals")
		}
	}
}

// Who used it without good reason is stopped at the next look, whatever it is at.
func TestNietTerechtStoptNoodtoegangMeteen(t *testing.T) {
	n := deNetwerk(t)
	ggz := n.lid(t, "ggz")
	p := n.nieuw(t, begrip.Gemeente, nil)
	kind := bsn()
	m := ggz.meld(t, nil, persoon(kind, "Kim", nil))
	l := metSpoed("mees", "Ik denk dat dit kind nu in gevaar is.")
	p.vraag(t, "GET", m.URL, nil, p.als(t, ggz.OIN, l)...).wil(t, http.StatusOK)
	teun := n.binnen(t, "ggz", "ggz-teun")
	if err := teun.Open(t.Context(), "/waarborgen"); err != nil {
		t.Fatal(err)
	}
	id := ""
	for _, a := range teun.Acties() {
		if x, ok := strings.CutPrefix(a, "/waarborgen/noodtoegang/"); ok {
			id = x
			break
		}
	}
	if id == "" {
		t.Fatal("the use is not on the page of the privacy officer")
	}
	if err := teun.Verstuur(t.Context(), "/waarborgen/noodtoegang/"+id, map[string][]string{"terecht-" + id: {"nee"}, "toelichting-" + id: {"Er was geen gevaar, wel nieuwsgierigheid."}}); err != nil {
		t.Fatal(err)
	}
	for naam, a := range map[string]antwoord{
		"the same record": p.vraag(t, "GET", m.URL, nil, p.als(t, ggz.OIN, l)...),
		"a search":        p.vraag(t, "POST", ggz.API+"/noodtoegangen/query", map[string]string{"burgerservicenummer": kind.Leesbaar()}, p.als(t, ggz.OIN, l)...),
	} {
		if a.Status != http.StatusForbidden || !strings.Contains(a.Body, "Bel 112") {
			t.Errorf("%s: %d %s", naam, a.Status, a.Body)
		}
	}
	if err := teun.Verstuur(t.Context(), "/waarborgen/noodtoegang/"+id+"/opheffen", map[string][]string{"opheffen-" + id: {"Wij hebben dit samen besproken."}}); err != nil {
		t.Fatal(err)
	}
	p.vraag(t, "GET", m.URL, nil, p.als(t, ggz.OIN, l)...).wil(t, http.StatusOK)
}

// A stranger that keeps asking what is refused is a signal, at the source and on the
// board of the chain; once, and with nothing about anybody.
func TestWieBlijftAankloppenWordtGemeld(t *testing.T) {
	n := deNetwerk(t)
	ggz := n.lid(t, "ggz")
	p := n.nieuw(t, begrip.School, nil)
	kind := bsn()
	m := ggz.meld(t, nil, persoon(kind, "Kim", nil))
	l := toegang.Lezer{Persoon: "vis", Naam: "Vis", Rol: begrip.RolBehandelaar, Doel: begrip.DoelHulp, Grondslag: begrip.GrondAvg61a}
	for i := range 80 {
		kop := p.als(t, ggz.OIN, l)
		if i%3 == 0 {
			kop = []string{"Authorization", "Bearer x.y.z"}
		}
		if a := p.vraag(t, "GET", m.URL, nil, kop...); a.Status == http.StatusOK {
			t.Fatal("it was let in")
		}
		p.vraag(t, "POST", ggz.API+"/betrokkenen/query", map[string]string{"burgerservicenummer": kind.Leesbaar()}, p.als(t, ggz.OIN, l)...)
	}
	var g struct{ Status, Waarschuwing string }
	p.vraag(t, "GET", strings.TrimSuffix(ggz.API, "/v1")+"/ready", nil).wil(t, http.StatusOK).lees(t, &g)
	if g.Waarschuwing != toegang.VeelGeweigerd {
		t.Errorf("the node does not say it: %+v", g)
	}
	teun := n.binnen(t, "ggz", "ggz-teun")
	if err := teun.Open(t.Context(), "/signalen"); err != nil {
		t.Fatal(err)
	}
	for _, regel := range []string{"Klopt aan en wordt niet binnengelaten", "Wordt vaak geweigerd"} {
		if k := strings.Count(teun.HTML, regel+`</span> <b dir="auto">`+p.Naam); k != 1 {
			t.Errorf("%q stands there %d times", regel, k)
		}
	}
	if strings.Contains(teun.HTML, kind.Leesbaar()) || strings.Contains(teun.HTML, "Kim") {
		t.Error("a signal tells about whom")
	}
}

// Who may read one melding after the other reads a hundred people in an hour, and then
// waits; a colleague does not, the family and the own system never do.
func TestNiemandKijktEenUurLangDoor(t *testing.T) {
	n := deNetwerk(t)
	politie, zvh := n.lid(t, "politie"), n.lid(t, "zvh")
	als := func(wie string, m gemeld) []string {
		return zvh.als(t, politie.OIN, toegang.Lezer{Persoon: wie, Naam: wie, Rol: begrip.RolProcesregisseur, Doel: begrip.DoelBeoordelen, Grondslag: "WGS-ZVH", Zaak: m.Zaak})
	}
	var laatste gemeld
	var wie begrip.BSN
	for i := range 101 {
		wie = bsn()
		laatste = politie.meld(t, naarZVH, persoon(wie, "Kim", nil))
		a := zvh.vraag(t, "GET", laatste.URL, nil, als("bladeraar", laatste)...)
		if wil := map[bool]int{false: http.StatusOK, true: http.StatusTooManyRequests}[i == 100]; a.Status != wil {
			t.Fatalf("person %d: %d %s", i+1, a.Status, a.Body)
		}
		if i == 100 && (a.Kop.Get("Retry-After") == "" || strings.Contains(a.Body, wie.Leesbaar())) {
			t.Errorf("%v %s", a.Kop, a.Body)
		}
	}
	zvh.vraag(t, "GET", laatste.URL, nil, als("collega", laatste)...).wil(t, http.StatusOK)
	politie.vraag(t, "GET", laatste.URL, nil).wil(t, http.StatusOK)
	ada := n.binnen(t, "politie", "politie-ada")
	if err := ada.Open(t.Context(), "/signalen"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(ada.HTML, "Kijkt naar te veel personen") {
		t.Error("the privacy officer does not hear of it")
	}
}

// Many families come with the one certificate of the portal: that some of them may not look
// is no knocking, and no brake on the others.
func TestGeweigerdeGezinnenZijnGeenAankloppen(t *testing.T) {
	n := deNetwerk(t)
	ggz, portaal := n.lid(t, "ggz"), n.lid(t, "portaal")
	for range 55 {
		kind := bsn()
		l := toegang.Lezer{Persoon: "sub", Naam: "Iris Proef", Rol: begrip.RolOuder, Doel: begrip.DoelEigenInzage, Grondslag: begrip.GrondAvg15, Burger: bsn(), Namens: kind}
		portaal.vraag(t, "POST", ggz.API+"/betrokkenen/query", map[string]string{"burgerservicenummer": kind.Leesbaar()}, portaal.als(t, ggz.OIN, l)...).wil(t, http.StatusForbidden)
	}
	teun := n.binnen(t, "ggz", "ggz-teun")
	if err := teun.Open(t.Context(), "/signalen"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(teun.HTML, `Klopt aan en wordt niet binnengelaten</span> <b dir="auto">Portaal`) {
		t.Error("the portal is told to knock")
	}
}
