package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	stdnet "net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/logboek"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/toegang"
)

// The environment of the child process of the test below.
const (
	kindMap  = "SOH_TEST_NODE_MAP"
	kindHub  = "SOH_TEST_NODE_HUB"
	kindCert = "SOH_TEST_NODE_CERT"
	kindKey  = "SOH_TEST_NODE_KEY"
	kindCA   = "SOH_TEST_NODE_CA"
)

func TestMain(m *testing.M) {
	if os.Getenv(kindMap) != "" {
		fmt.Println("fout:", dienTotDeDood())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// dienTotDeDood runs the node of the police and tells its address.
func dienTotDeDood() error {
	id, err := toegang.LaadIdentiteit(os.Getenv(kindCert), os.Getenv(kindKey), os.Getenv(kindCA))
	if err != nil {
		return err
	}
	id.Organisatie = politie
	n, err := Open(Config{Organisatie: politie, Map: os.Getenv(kindMap), Identiteit: id, HubURL: os.Getenv(kindHub), HubOIN: keten.OIN, Functies: echteFuncties(politie), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	l, err := stdnet.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: n.API(), TLSConfig: id.ServerTLS(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go func() { _ = n.Run(context.Background()) }()
	fmt.Println("https://" + l.Addr().String())
	return srv.ServeTLS(l, "", "")
}

// A node that is killed while a case system hands in meldingen keeps each one
// it acknowledged, and after a restart offers and reports every one once.
func TestNodeGedoodTijdensMeldingen(t *testing.T) {
	n := nieuwNetMet(t, echteFuncties)
	n.stop[politie.OIN]() // its dossier and register are now the child's
	i := n.identiteit(politie)
	crt, key, err := n.ca.Geef(filepath.Join(n.dir, "certs"), politie)
	if err != nil {
		t.Fatal(err)
	}
	kindproces := exec.Command(os.Args[0])
	kindproces.Env = append(os.Environ(), kindMap+"="+filepath.Join(n.dir, string(politie.OIN)), kindHub+"="+n.hub.URL, kindCert+"="+crt, kindKey+"="+key, kindCA+"="+n.ca.Pad())
	uit, err := kindproces.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := kindproces.Start(); err != nil {
		t.Fatal(err)
	}
	regels := bufio.NewScanner(uit)
	if !regels.Scan() || len(regels.Text()) < 8 || regels.Text()[:5] != "https" {
		t.Fatal(regels.Text())
	}
	erkend := n.meldTotDood(regels.Text()+"/v1/meldingen", i, kindproces)
	if len(erkend) < 12 {
		t.Fatalf("only %d were acknowledged", len(erkend))
	}

	n.open(politie)
	n.start(politie)
	store := n.nodes[politie.OIN].store
	recs, err := store.Zoek(t.Context(), dossier.Filter{Soort: "melding", Limiet: 1000})
	if err != nil {
		t.Fatal(err)
	}
	bekend := map[string]bool{}
	for _, r := range recs {
		bekend[r.ID] = true
	}
	for _, id := range erkend {
		if !bekend[id] {
			t.Errorf("acknowledged melding %s is gone", id)
		}
	}
	if uitgaand, err := store.Zoek(t.Context(), dossier.Filter{Soort: "opdracht", Limiet: 1000}); err != nil || len(uitgaand) != len(recs) {
		t.Errorf("%d meldingen and %d opdrachten: half a melding (%v)", len(recs), len(uitgaand), err)
	}
	n.wacht("elke opdracht en gebeurtenis", func() bool { return len(n.postvak(vt)) >= len(recs) && len(n.gemeld()) >= len(recs) })
	time.Sleep(100 * time.Millisecond) // what comes twice would come now
	per := map[string]int{}
	for _, o := range n.postvak(vt) {
		per[o.Onderwerp.Pad[len("/v1/meldingen/"):]]++
	}
	events := n.gemeld()
	delete(events, logboek.Onderwerp(politie.OIN)) // the anchors of the police
	for id := range bekend {
		if per[id] != 1 || events["urn:soh:melding:"+id] != 1 {
			t.Errorf("melding %s: %d opdrachten at the receiver, %d events", id, per[id], events["urn:soh:melding:"+id])
		}
	}
	if len(per) != len(bekend) || len(events) != len(bekend) {
		t.Errorf("%d meldingen, %d offered, %d reported", len(bekend), len(per), len(events))
	}
	n.geenBSN()
}

// meldTotDood hands in meldingen with four clients, kills p after the twelfth
// acknowledgement, and gives the ids of all that were acknowledged.
func (n *net) meldTotDood(adres string, i toegang.Identiteit, p *exec.Cmd) (erkend []string) {
	n.t.Helper()
	body, _ := json.Marshal(meldingJSON(false))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			client := i.Client(10 * time.Second)
			for eind := time.Now().Add(20 * time.Second); time.Now().Before(eind); {
				req, _ := http.NewRequestWithContext(toegang.Naar(n.t.Context(), politie.OIN), http.MethodPost, adres, bytes.NewReader(body))
				req.Header.Set("Content-Type", "application/json")
				resp, err := client.Do(req)
				if err != nil {
					return // it was killed
				}
				var m struct{ ID string }
				b, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusCreated {
					n.t.Errorf("%d %s", resp.StatusCode, b)
					return
				}
				if err != nil || json.Unmarshal(b, &m) != nil {
					return
				}
				mu.Lock()
				if erkend = append(erkend, m.ID); len(erkend) == 12 {
					_ = p.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	_ = p.Process.Kill()
	_ = p.Wait() // killed, as meant
	return erkend
}

func (n *net) postvak(o begrip.Organisatie) []opdracht.Opdracht {
	os, err := n.nodes[o.OIN].opdracht.Postvak(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	return os
}

// gemeld counts the events at the hub by subject; an event that came more than
// once, with the same id, counts once.
func (n *net) gemeld() map[string]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	gezien, uit := map[string]bool{}, map[string]int{}
	for _, b := range n.events {
		var e struct{ ID, Source, Subject string }
		if json.Unmarshal(b, &e) == nil && !gezien[e.Source+e.ID] {
			gezien[e.Source+e.ID] = true
			uit[e.Subject]++
		}
	}
	return uit
}
