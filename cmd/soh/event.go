package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/toegang"
)

// HubToegang is how a command reaches the hub, and as whom.
type HubToegang struct {
	Hub  string `help:"Adres van de Ketenindex, bijvoorbeeld https://127.0.0.1:8443." required:""`
	OIN  string `name:"hub-oin" env:"SOH_HUB_OIN" help:"OIN van de ketenbeheerder. Alleen wie dat OIN bewijst, telt als de Ketenindex."`
	Cert string `help:"Certificaat van uw organisatie (PEM)." required:"" type:"existingfile"`
	Key  string `help:"Sleutel bij het certificaat (PEM)." required:"" type:"existingfile"`
	CA   string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM)." required:"" type:"existingfile"`
	// als is who looks and why, for what is about people; set by the command.
	als Kijker
}

// Kijker says who looks in the Ketenindex and why. Without, only what is open to
// all of the chain is shown.
type Kijker struct {
	Wie       string `help:"Wie er kijkt: de eigen naam van uw organisatie voor deze medewerker (geen burgerservicenummer)."`
	Rol       string `help:"In welke rol die medewerker kijkt."`
	Doel      string `help:"Waarvoor: een code uit de lijst van doelen."`
	Grondslag string `help:"Op welke grondslag: een code uit de lijst van grondslagen."`
	VoorZaak  string `help:"Voor welke zaak."`
}

// verklaring states to the hub who looks; empty when nothing was filled in.
func (k Kijker) verklaring(id toegang.Identiteit, hub begrip.OIN) (string, error) {
	if k == (Kijker{}) {
		return "", nil
	}
	return id.Verklaring(toegang.Lezer{Organisatie: id.Organisatie, Persoon: k.Wie, Rol: begrip.Rol(k.Rol), Doel: begrip.Doel(k.Doel),
		Grondslag: begrip.Grondslag(k.Grondslag), Zaak: k.VoorZaak}, hub, time.Now())
}

// EventCmd pushes events to the hub and finds them again.
type EventCmd struct {
	Push  EventPushCmd  `cmd:"" help:"Stuur gebeurtenissen naar de Ketenindex."`
	Query EventQueryCmd `cmd:"" help:"Zoek gebeurtenissen in de Ketenindex."`
	Volg  EventVolgCmd  `cmd:"" help:"Neem een abonnement en druk af wat komt."`
}

// EventPushCmd sends a file with one CloudEvent, or an array of them.
type EventPushCmd struct {
	HubToegang `embed:""`
	Bestand    string `arg:"" optional:"" default:"-" help:"JSON van één CloudEvent of een lijst; - is standaardinvoer."`
}

// Run sends and prints the hub's answer.
func (c *EventPushCmd) Run() error {
	b, err := leesBestand(c.Bestand, cloudevent.MaxRequest+1)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return errors.New("er is niets om te sturen: de invoer is leeg")
	}
	typ := cloudevent.TypeEvent
	if t := bytes.TrimSpace(b); len(t) > 0 && t[0] == '[' {
		typ = cloudevent.TypeBatch
	}
	a, _, err := c.vraag("POST", "/v1/events", typ, "", b)
	if err == nil {
		_, err = fmt.Println(strings.TrimSpace(string(a)))
	}
	return err
}

// EventQueryCmd asks and prints what was found. A burgerservicenummer comes
// from standard input or a file only: arguments show in the process list.
type EventQueryCmd struct {
	HubToegang  `embed:""`
	Kijker      `embed:""`
	BSN         string `name:"bsn-bestand" help:"Bestand met alleen het burgerservicenummer; - is standaardinvoer."`
	Zaak        string `help:"Zaak."`
	Subject     string `help:"Subject van de gebeurtenis."`
	Organisatie string `help:"OIN van een betrokken organisatie."`
	Type        string `help:"Type van de gebeurtenis."`
	Vanaf       string `help:"Geregistreerd op of na dit moment (RFC 3339)."`
	Tot         string `help:"Geregistreerd vóór dit moment (RFC 3339)."`
	Graaf       bool   `help:"Geef het resultaat als één CloudEvent met de PROV-graaf."`
}

// Run asks, waits and prints every page.
func (c *EventQueryCmd) Run() error {
	c.als = c.Kijker
	vraag := map[string]string{}
	for k, v := range map[string]string{"zaak": c.Zaak, "subject": c.Subject, "organisatie": c.Organisatie, "type": c.Type, "vanaf": c.Vanaf, "tot": c.Tot} {
		if v != "" {
			vraag[k] = v
		}
	}
	if c.BSN != "" {
		b, err := leesBestand(c.BSN, 64)
		if err != nil {
			return err
		}
		n, err := begrip.ParseBSN(string(b))
		if err != nil {
			return err
		}
		vraag["burgerservicenummer"] = n.Leesbaar()
	}
	b, err := json.Marshal(vraag)
	if err != nil {
		return err
	}
	id, err := c.interactie("/v1/gebeurtenissen/query", b)
	if err != nil {
		return err
	}
	accept := cloudevent.TypeBatch
	if c.Graaf {
		accept = cloudevent.TypeEvent
	}
	return c.bladzijden(id, accept, func(b []byte) error {
		fmt.Println(strings.TrimSpace(string(b)))
		return nil
	})
}

// bladzijden gives every page of a result to f.
func (t HubToegang) bladzijden(id, accept string, f func(b []byte) error) error {
	for pad := "/v1/resultaten/" + id; pad != ""; {
		a, kop, err := t.vraag("GET", pad, "", accept, nil)
		if err == nil {
			err = f(a)
		}
		if err != nil {
			return err
		}
		pad = ""
		if volgende, _, ok := strings.Cut(strings.TrimPrefix(kop.Get("Link"), "<"), ">"); ok {
			pad = volgende
		}
	}
	return nil
}

// interactie sends a request that is answered with an interactieId and waits,
// longer each time, until it is processed.
func (t HubToegang) interactie(pad string, body []byte) (string, error) {
	a, _, err := t.vraag("POST", pad, cloudevent.TypeJSON, "", body)
	if err != nil {
		return "", err
	}
	var in struct{ InteractieID, Status string }
	if err := json.Unmarshal(a, &in); err != nil {
		return "", fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
	}
	for wacht := 20 * time.Millisecond; wacht < 20*time.Second; wacht *= 2 {
		s, _, err := t.vraag("GET", "/v1/status/"+in.InteractieID, "", "", nil)
		if err != nil {
			return "", err
		}
		if err := json.Unmarshal(s, &in); err != nil {
			return "", fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
		}
		switch in.Status {
		case "OK":
			return in.InteractieID, nil
		case "ERROR":
			return "", errors.New("de Ketenindex kon de vraag niet verwerken")
		}
		time.Sleep(wacht)
	}
	return "", errors.New("de Ketenindex is nog niet klaar; probeer het later nog eens")
}

// vraag does one request; an error answer becomes an error with its reasons.
func (t HubToegang) vraag(methode, pad, typ, accept string, body []byte) ([]byte, http.Header, error) {
	id, err := toegang.LaadIdentiteit(t.Cert, t.Key, t.CA)
	if err != nil {
		return nil, nil, err
	}
	if err := toegang.VereisHub(t.Hub, begrip.OIN(t.OIN)); err != nil {
		return nil, nil, err
	}
	r, err := http.NewRequestWithContext(toegang.Naar(context.Background(), begrip.OIN(t.OIN)), methode, strings.TrimSuffix(t.Hub, "/")+pad, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if typ != "" {
		r.Header.Set("Content-Type", typ)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	verklaring, err := t.als.verklaring(id, begrip.OIN(t.OIN))
	if err != nil {
		return nil, nil, err
	}
	if verklaring != "" {
		r.Header.Set("Authorization", "Bearer "+verklaring)
	}
	client := id.Client(30 * time.Second)
	defer client.CloseIdleConnections()
	resp, err := client.Do(r)
	if err != nil {
		return nil, nil, t.geenAntwoord(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<30))
	if err != nil {
		return nil, nil, fmt.Errorf("het antwoord kwam niet heel aan: %w", err)
	}
	if resp.StatusCode >= 300 {
		var p struct {
			Detail string
			Fouten []begrip.Veldfout
		}
		_ = json.Unmarshal(b, &p)
		tekst := fmt.Sprintf("de Ketenindex antwoordt %d: %s", resp.StatusCode, p.Detail)
		for _, f := range p.Fouten {
			tekst += "\n  " + f.Veld + ": " + f.Bericht
		}
		return nil, nil, errors.New(tekst)
	}
	return b, resp.Header, nil
}

// geenAntwoord says why no answer came, and what the user can do about it.
func (t HubToegang) geenAntwoord(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	_, vreemd := errors.AsType[*tls.CertificateVerificationError](err)
	var alarm tls.AlertError
	op, ok := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, toegang.ErrAndereOrganisatie):
		return fmt.Errorf("op %s antwoordt een andere organisatie dan --hub-oin zegt: %w", t.Hub, err)
	case vreemd:
		return fmt.Errorf("het certificaat van de Ketenindex is niet van een uitgever in %s, of niet voor dit adres: %w", t.CA, err)
	case errors.As(err, &alarm) || ok && op.Op == "remote error":
		return fmt.Errorf("de Ketenindex weigert uw certificaat %s: %w", t.Cert, err)
	}
	return fmt.Errorf("de Ketenindex antwoordt niet op %s: %w", t.Hub, err)
}

// leesBestand reads a file, or standard input for "-", of at most max bytes.
func leesBestand(pad string, max int64) ([]byte, error) {
	f := os.Stdin
	if pad != "-" {
		var err error
		if f, err = os.Open(pad); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("het bestand %s is er niet", pad)
		} else if err != nil {
			return nil, err
		}
		defer f.Close()
	}
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err == nil && int64(len(b)) > max {
		err = errors.New("het bestand is te groot")
	}
	return b, err
}
