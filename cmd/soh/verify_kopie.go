package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/hub/bewijs"
	"github.com/handbereik/soh/internal/hub/ledger"
	"github.com/handbereik/soh/internal/toegang"
)

// A copy is a folder with the files of /tlog under their own names, so that
// public tools read it too, and beside them:
//
//	standen/<size>         each checkpoint that was fetched
//	regels/<bundle>.jsonl  stored entries, 256 to a file, as /v1/grootboekregels gives them
const (
	mapStanden = "standen"
	mapRegels  = "regels"
	perBundel  = 256
)

// Keuze is what both commands let the checker choose.
type Keuze struct {
	Map      string   `arg:"" help:"Map met de kopie." type:"path"`
	Sleutel  string   `help:"Publieke sleutel van het grootboek, zoals de ketenbeheerder die bekendmaakt." required:""`
	Vanaf    int64    `help:"Nummer van de eerste regel."`
	Tot      int64    `help:"Nummer na de laatste regel; 0 is alles onder de stand."`
	Getuige  []string `help:"Publieke sleutel van een getuige; mag vaker." sep:"none"`
	Getuigen int      `help:"Hoeveel getuigen ten minste moeten hebben meegetekend; anders allemaal." default:"-1"`
}

func (k Keuze) keuring() ledger.Keuring {
	n := k.Getuigen
	if n < 0 {
		n = len(k.Getuige)
	}
	return ledger.Keuring{Sleutel: k.Sleutel, Vanaf: k.Vanaf, Tot: k.Tot, Getuigen: k.Getuige, MinstensG: n}
}

// VerifyKopieCmd checks a copy without network.
type VerifyKopieCmd struct {
	Keuze    `embed:""`
	Sinds    string `help:"Bestand met een oudere stand (checkpoint), waar deze een voortzetting van moet zijn." type:"existingfile"`
	Volledig bool   `help:"Eis dat van elke plek ook de vastgelegde regel in de map staat."`
}

// Run checks and tells; an error when something does not hold.
func (c *VerifyKopieCmd) Run() error {
	k := c.keuring()
	r := regelmap{map_: c.Map}
	k.Regel = r.geef
	u, err := keurMetStanden(c.Map, k, c.Sinds)
	if err != nil {
		return fmt.Errorf("de kopie klopt niet: %w", err)
	}
	if n := u.Tot - u.Vanaf; c.Volledig && u.Regels < n {
		return fmt.Errorf("van %d plekken staat de vastgelegde regel niet in de map", n-u.Regels)
	}
	vertel("De kopie klopt.", u)
	return nil
}

// keurMetStanden checks a folder against its newest checkpoint, and that every
// older one in it, and the one in sinds, is a beginning of that.
func keurMetStanden(map_ string, k ledger.Keuring, sinds string) (u ledger.Uitslag, err error) {
	standen, err := filepath.Glob(filepath.Join(map_, mapStanden, "*"))
	if err != nil {
		return u, err
	}
	if sinds != "" {
		standen = append(standen, sinds)
	}
	if u, err = ledger.Keur(uitMap(map_), k); err != nil {
		return u, err
	}
	los := k
	los.Regel, los.Tot, los.Vanaf = nil, u.Stand.Grootte, u.Stand.Grootte // nothing but the growth
	for _, s := range standen {
		if los.Sinds, err = os.ReadFile(s); err != nil {
			return u, err
		}
		v, err := ledger.Keur(uitMap(map_), los)
		if err != nil {
			return u, fmt.Errorf("%s: %w", filepath.Base(s), err)
		}
		u.Sinds = max(u.Sinds, v.Sinds)
	}
	return u, nil
}

func vertel(kop string, u ledger.Uitslag) {
	fmt.Printf("%s\n  grootboek    %s\n  stand        %d regels\n  nagekeken    %d tot %d\n  regels       %d tegen hun vastlegging gehouden\n  getuigen     %d\n",
		kop, u.Stand.Oorsprong, u.Stand.Grootte, u.Vanaf, u.Tot, u.Regels, u.Medegetekend)
	if u.Sinds > 0 {
		fmt.Printf("  voortzetting van de stand met %d regels\n", u.Sinds)
	}
}

// uitMap reads a copy.
func uitMap(map_ string) ledger.Bron {
	return func(pad string) ([]byte, error) { return os.ReadFile(filepath.Join(map_, filepath.FromSlash(pad))) }
}

// regelmap reads stored entries, a bundle at a time.
type regelmap struct {
	map_   string
	bundel int64
	regels map[int64][]byte
}

func regelbestand(map_ string, bundel int64) string {
	return filepath.Join(map_, mapRegels, fmt.Sprintf("%09d.jsonl", bundel))
}

func (r *regelmap) geef(i int64) ([]byte, error) {
	if r.regels == nil || r.bundel != i/perBundel {
		r.bundel, r.regels = i/perBundel, map[int64][]byte{}
		b, err := os.ReadFile(regelbestand(r.map_, r.bundel))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		s := bufio.NewScanner(bytes.NewReader(b))
		s.Buffer(nil, 4<<20)
		for s.Scan() {
			var g bewijs.Grootboekregel
			err := json.Unmarshal(s.Bytes(), &g)
			regel, err2 := base64.StdEncoding.DecodeString(g.Regel)
			if err = errors.Join(err, err2); err != nil {
				return nil, fmt.Errorf("%s is beschadigd: %w", filepath.Base(regelbestand(r.map_, r.bundel)), err)
			}
			r.regels[g.BladIndex] = regel
		}
		if err := s.Err(); err != nil {
			return nil, err
		}
	}
	return r.regels[i], nil
}

// VerifyHaalCmd fetches what is needed to check elsewhere, and checks it on the
// way: nothing that does not hold is kept.
type VerifyHaalCmd struct {
	Keuze  `embed:""`
	Hub    string `help:"Adres van de Ketenindex, of van wie /tlog openbaar maakt." required:""`
	Regels bool   `help:"Haal ook de vastgelegde regels die u mag hebben; daarvoor is een certificaat nodig."`
	Cert   string `help:"Certificaat van uw organisatie (PEM)."`
	Key    string `help:"Sleutel bij het certificaat (PEM)."`
	CA     string `name:"ca" help:"Certificaten van vertrouwde uitgevers (PEM)."`
}

// Run fetches into the folder.
func (c *VerifyHaalCmd) Run() error {
	client := &http.Client{Timeout: time.Minute}
	if c.Cert != "" {
		id, err := toegang.LaadIdentiteit(c.Cert, c.Key, c.CA)
		if err != nil {
			return err
		}
		client = id.Client(time.Minute)
	} else if c.Regels {
		return errors.New("geef --cert, --key en --ca: de vastgelegde regels zijn niet openbaar")
	}
	k := c.keuring()
	if oud, err := os.ReadFile(filepath.Join(c.Map, "checkpoint")); err == nil {
		k.Sinds = oud // what was fetched before must be the beginning of what is there now
	}
	var noot []byte
	k.Tegel = func(pad string, data []byte) error {
		if pad == "checkpoint" {
			noot = data // last, when all of it holds
			return nil
		}
		return bewaar(filepath.Join(c.Map, filepath.FromSlash(pad)), data)
	}
	haal := c.bron(client)
	u, err := ledger.Keur(haal, k)
	if err != nil {
		return fmt.Errorf("het grootboek klopt niet: %w", err)
	}
	if c.Regels {
		for n := u.Vanaf / perBundel; n*perBundel < u.Tot; n++ {
			if err := c.regelsVan(client, n, min((n+1)*perBundel, u.Stand.Grootte)); err != nil {
				return err
			}
		}
	}
	if err := bewaar(filepath.Join(c.Map, mapStanden, strconv.FormatInt(u.Stand.Grootte, 10)), noot); err != nil {
		return err
	}
	if err := bewaar(filepath.Join(c.Map, "checkpoint"), noot); err != nil {
		return err
	}
	if c.Regels { // held against their commitments as well
		na := c.keuring()
		r := regelmap{map_: c.Map}
		na.Regel = r.geef
		sinds := u.Sinds
		if u, err = ledger.Keur(uitMap(c.Map), na); err != nil {
			return fmt.Errorf("de regels kloppen niet: %w", err)
		}
		u.Sinds = sinds
	}
	vertel("Gehaald en nagekeken.", u)
	return nil
}

// bron reads full tiles that are in the folder there, the rest over HTTP.
func (c *VerifyHaalCmd) bron(client *http.Client) ledger.Bron {
	return func(pad string) ([]byte, error) {
		if pad != "checkpoint" && !strings.Contains(pad, ".p/") {
			if b, err := os.ReadFile(filepath.Join(c.Map, filepath.FromSlash(pad))); err == nil {
				return b, nil
			}
		}
		return c.get(client, "/tlog/"+pad)
	}
}

// get asks the hub; fs.ErrNotExist for what is not there.
func (c *VerifyHaalCmd) get(client *http.Client, pad string) ([]byte, error) {
	resp, err := client.Get(strings.TrimSuffix(c.Hub, "/") + pad)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	case http.StatusNotFound:
		return nil, fmt.Errorf("%s: %w", pad, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("de Ketenindex antwoordt %d op %s", resp.StatusCode, pad)
}

// regelsVan fetches the stored entries of one bundle.
func (c *VerifyHaalCmd) regelsVan(client *http.Client, bundel, tot int64) error {
	var uit bytes.Buffer
	for vanaf := bundel * perBundel; vanaf < tot; {
		b, err := c.get(client, fmt.Sprintf("/v1/grootboekregels?vanaf=%d&tot=%d", vanaf, tot))
		if err != nil {
			return err
		}
		var a bewijs.Grootboekregels
		if err := json.Unmarshal(b, &a); err != nil {
			return fmt.Errorf("het antwoord van de Ketenindex is onleesbaar: %w", err)
		}
		for _, r := range a.Regels {
			regel, err := json.Marshal(r)
			if err != nil {
				return err
			}
			uit.Write(append(regel, '\n'))
		}
		if a.Tot <= vanaf {
			return errors.New("de Ketenindex gaat niet verder met de regels")
		}
		vanaf = a.Tot
	}
	return bewaar(regelbestand(c.Map, bundel), uit.Bytes())
}

// bewaar writes a file under another name first, so that it is there whole or
// not at all.
func bewaar(pad string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(pad), 0o700); err != nil {
		return err
	}
	tmp := pad + ".nieuw"
	if err := os.WriteFile(tmp, b, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, pad)
}
