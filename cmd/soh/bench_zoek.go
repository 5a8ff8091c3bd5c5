package main

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// proefPersonen are asked first, for the subjects of their events: these stand
// all over the log.
const (
	proefPersonen = 1500
	maxProef      = 20_000 // results that are fetched in turn
)

func (c *BenchCmd) meetZoek(b *bank, u *benchUitkomst) error {
	m, cpu, err := b.kost(func() (meting, error) { return b.vraag(c.Duur, c.Verbindingen) })
	if err != nil {
		return err
	}
	u.Query, u.QueryCPU = m.perSeconde(0), cpu
	personen, subjecten, err := b.proef()
	if err != nil {
		return err
	}
	u.PerPersoon = float64(len(subjecten)) / float64(len(personen))
	if m, u.PullCPU, err = b.haal(c.Duur, c.Verbindingen, overSubjecten(subjecten)); err != nil {
		return err
	}
	u.Pull, u.PullP99 = m.perSeconde(0), m.binnen(99)
	if m, u.PersCPU, err = b.haal(c.Duur, c.Verbindingen, personen); err != nil {
		return err
	}
	u.PullPers = m.perSeconde(0)
	if m, err = b.persoon(c.Duur, runtime.NumCPU()); err != nil {
		return err
	}
	u.PersoonP50, u.PersoonP99 = m.binnen(50), m.binnen(99)
	if m, err = b.persoon(c.Duur, 8); err != nil {
		return err
	}
	u.Persoon8 = m.binnen(99)
	return nil
}

// kost is f, and how many µs of a processor a request in it cost our own hub.
func (b *bank) kost(f func() (meting, error)) (m meting, cpu float64, err error) {
	if b.eigen == nil {
		m, err = f()
		return m, 0, err
	}
	voor := b.eigen.processortijd()
	if m, err = f(); err != nil || m.alle == 0 {
		return m, 0, err
	}
	return m, float64((b.eigen.processortijd() - voor).Microseconds()) / float64(m.alle), nil
}

// zoek asks and gives the first page of what was found.
func (l *lijn) zoek(vraag string) ([]byte, error) {
	id, err := l.stel(vraag)
	if err != nil {
		return nil, err
	}
	return l.resultaat(id)
}

// stel is step 1: it gives the interactieId.
func (l *lijn) stel(vraag string) (string, error) {
	a, err := l.doe("POST", "/v1/gebeurtenissen/query", vraag)
	if err != nil {
		return "", err
	}
	a, een := bytes.CutPrefix(bytes.TrimSpace(a), []byte(`{"interactieId":"`))
	a, twee := bytes.CutSuffix(a, []byte(`"}`))
	if !een || !twee || len(a) == 0 {
		return "", errors.New("antwoord zonder interactieId")
	}
	return string(a), nil
}

// resultaat is step 2.
func (l *lijn) resultaat(id string) ([]byte, error) { return l.doe("GET", "/v1/resultaten/"+id, "") }

func overPersoon(bsn string) string { return `{"burgerservicenummer":"` + bsn + `"}` }

func overSubjecten(subjecten []string) []string {
	uit := make([]string, len(subjecten))
	for i, s := range subjecten {
		uit[i] = `{"subject":"` + s + `"}`
	}
	return uit
}

// proef asks persons, and gives these questions and the subjects in the answers.
func (b *bank) proef() (personen, subjecten []string, err error) {
	l := &lijn{b: b}
	defer l.sluit()
	m := b.maker(0)
	for range proefPersonen {
		v := overPersoon(m.Persoon())
		a, err := l.zoek(v)
		if err != nil {
			return nil, nil, err
		}
		if bytes.Contains(a, []byte(`,"subject":"`)) {
			personen = append(personen, v)
		}
		for {
			_, rest, meer := bytes.Cut(a, []byte(`,"subject":"`))
			if !meer {
				break
			}
			s, rest, _ := bytes.Cut(rest, []byte{'"'})
			subjecten, a = append(subjecten, string(s)), rest
		}
		if len(subjecten) >= maxProef {
			break
		}
	}
	if len(subjecten) == 0 {
		return nil, nil, errors.New("over de gevraagde personen staat niets in de Ketenindex: vul hem eerst, met --index")
	}
	return personen, subjecten, nil
}

// vraag measures step 1, about a person each.
func (b *bank) vraag(duur time.Duration, n int) (meting, error) {
	lijnen, sluit := b.lijnen(n)
	defer sluit()
	makers := b.makers(n)
	return herhaal(duur, n, func(i int) error {
		_, err := lijnen[i].stel(overPersoon(makers[i].Persoon()))
		return err
	})
}

// haal measures step 2 with the results of these questions, in turn.
func (b *bank) haal(duur time.Duration, n int, vragen []string) (m meting, cpu float64, err error) {
	lijnen, sluit := b.lijnen(n)
	defer sluit()
	ids, err := lijnen[0].stelAlle(vragen)
	if err != nil {
		return m, 0, err
	}
	var teller atomic.Int64
	return b.kost(func() (meting, error) {
		return herhaal(duur, n, func(i int) error {
			a, err := lijnen[i].resultaat(ids[int(teller.Add(1))%len(ids)])
			if err == nil && len(a) < 10 {
				err = fmt.Errorf("een resultaat is leeg: %s", a)
			}
			return err
		})
	})
}

func (l *lijn) stelAlle(vragen []string) (ids []string, err error) {
	for _, v := range vragen {
		id, err := l.stel(v)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	slices.Sort(ids) // in no order: they are sealed
	return ids, nil
}

// persoon measures both steps, as one reader waits for them.
func (b *bank) persoon(duur time.Duration, n int) (meting, error) {
	lijnen, sluit := b.lijnen(n)
	defer sluit()
	makers := b.makers(n)
	return herhaal(duur, n, func(i int) error {
		_, err := lijnen[i].zoek(overPersoon(makers[i].Persoon()))
		return err
	})
}
