package demo

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/toegang"
	"github.com/handbereik/soh/internal/web/browsertest"
)

// vlug is a demo whose hub looks at everyone many times a second.
func vlug(t *testing.T) *Demo {
	t.Helper()
	d, err := Start(context.Background(), Config{Addr: "127.0.0.1:0", Dir: t.TempDir(), Peilen: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Verhaal(); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestKetenbordWordtRood: the chain manager sees which system fails, that the
// hub fails, what was before, and what the registers hold; in a browser, with
// every promise of a page.
func TestKetenbordWordtRood(t *testing.T) {
	d := vlug(t)
	tab := browsertest.Start(t).Tab(t)
	m := mens{tab, t, d}
	zie := func(pad, tekst string) {
		t.Helper()
		m.totdat(tekst, func() bool { m.Open(d.KetenbordURL() + pad); return strings.Contains(m.Tekst("main"), tekst) })
	}
	zie("", "Alles werkt.")
	tab.WachtTekst("Nieuwe versie van ons systeem").Controleer("demo-ketenbord")
	if err := d.StopDeel("gemeente"); err != nil {
		t.Fatal(err)
	}
	zie("", "Eén systeem antwoordt niet.")
	tab.WachtTekst("geen verbinding").Controleer("demo-ketenbord-rood")
	if err := d.StartDeel("gemeente"); err != nil {
		t.Fatal(err)
	}
	zie("", "Alles werkt.")
	zie("geschiedenis", "geen verbinding")
	tab.WachtTekst("Nieuwe dienst").Controleer("demo-ketenbord-geschiedenis")
	zie("diensten", "Het gezin is nu veilig en wil zelf.")
	tab.WachtTekst("Wachttijd 56 dagen").Controleer("demo-ketenbord-diensten")
	if err := d.StopDeel("hub"); err != nil {
		t.Fatal(err)
	}
	zie("", "De Ketenindex werkt nu niet goed.")
	tab.WachtTekst("onbereikbaar").Controleer("demo-ketenbord-hub-rood")
	if err := d.StartDeel("hub"); err != nil {
		t.Fatal(err)
	}
	zie("", "Alles werkt.")
	zie("geschiedenis", "geen verbinding")
}

// TestWieVertrektIsMeteenBijIedereenUit: the hub tells every node by webhook
// that the list changed, so nobody waits for the next look at it.
func TestWieVertrektIsMeteenBijIedereenUit(t *testing.T) {
	d := vlug(t)
	hub := d.lid("hub")
	beheer := hub.identiteit.Client(10 * time.Second)
	doe := func(c *http.Client, methode, adres, lijf, typ string) (int, []byte) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), methode, adres, strings.NewReader(lijf))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", typ)
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, b
	}
	politie := d.lid("politie")
	err := totdat(t.Context(), func() error {
		status, b := doe(politie.identiteit.Client(10*time.Second), "GET", hub.apiURL+"/v1/abonnementen", "", "")
		var in struct {
			Abonnementen []struct{ Soort, Adres, Status string }
		}
		if err := json.Unmarshal(b, &in); err != nil || status != http.StatusOK {
			return fmtErr("%d %v", status, err)
		}
		if len(in.Abonnementen) != 1 || in.Abonnementen[0].Soort != "webhook" || in.Abonnementen[0].Status != "actief" {
			return fmtErr("the police has %+v", in.Abonnementen)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ggz := d.lid("ggz")
	vraag := url.Values{"grant_type": {"client_credentials"}, "scope": {"meldingen:read:minimaal"}}.Encode()
	toegelaten := func() int {
		t.Helper()
		status, _ := doe(ggz.identiteit.Client(10*time.Second), "POST", politie.apiURL+toegang.PadToken, vraag, "application/x-www-form-urlencoded")
		return status
	}
	if s := toegelaten(); s != http.StatusOK {
		t.Fatalf("a deelnemer is not let in: %d", s)
	}
	if s, b := doe(beheer, "DELETE", hub.apiURL+"/v1/deelnemers/"+string(ggz.OIN), "", ""); s != http.StatusNoContent {
		t.Fatalf("%d %s", s, b)
	}
	if err := totdat(t.Context(), func() error {
		if s := toegelaten(); s < 400 {
			return fmtErr("who left is still let in: %d", s)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
