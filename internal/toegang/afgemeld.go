package toegang

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// afgemeld are the sessions that ended before their time: their cookie opens
// nothing any more, wherever a copy of it lies. At most MaxSessie of them are
// kept. It names nobody: only a hash of the cookie stands in it.
type afgemeld struct {
	mu  sync.Mutex
	tot map[[32]byte]time.Time // hash of the cookie's value → when it would have ended by itself
	pad string                 // also kept here, so that a restart opens nothing; empty keeps it in memory only
}

func leesAfgemeld(pad string, nu time.Time) (*afgemeld, error) {
	a := &afgemeld{tot: map[[32]byte]time.Time{}, pad: pad}
	if pad == "" {
		return a, nil
	}
	b, err := os.ReadFile(pad)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var blijft strings.Builder
	for r := bufio.NewScanner(strings.NewReader(string(b))); r.Scan(); {
		hash, eind, _ := strings.Cut(r.Text(), " ")
		h, err := hex.DecodeString(hash)
		tot, err2 := time.Parse(time.RFC3339, eind)
		if err != nil || err2 != nil || len(h) != sha256.Size { // half a line: the power went, and that session's answer never left
			continue
		}
		if nu.Before(tot) {
			a.tot[[32]byte(h)] = tot
			fmt.Fprintln(&blijft, r.Text())
		}
	}
	return a, os.WriteFile(pad, []byte(blijft.String()), 0o600)
}

// voeg ends the session of this cookie value here. An error means that it is
// ended until this program restarts, and no longer.
func (a *afgemeld) voeg(waarde string, tot, nu time.Time) error {
	h := sha256.Sum256([]byte(waarde))
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, al := a.tot[h]; al {
		return nil
	}
	for k, t := range a.tot {
		if !nu.Before(t) {
			delete(a.tot, k)
		}
	}
	a.tot[h] = tot
	if a.pad == "" {
		return nil
	}
	f, err := os.OpenFile(a.pad, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintf(f, "%x %s\n", h, tot.UTC().Add(time.Second).Format(time.RFC3339)); err == nil {
		err = f.Sync()
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	return err
}

func (a *afgemeld) heeft(waarde string) bool {
	h := sha256.Sum256([]byte(waarde))
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.tot[h]
	return ok
}

// Beeindig ends the session of this browser, if it has one: here, so that a copy
// of the cookie opens nothing, and in the browser, with every cookie of a sign-in
// that was under way. It never fails: whoever wants to leave, leaves.
func (a *Aanmelding) Beeindig(w http.ResponseWriter, r *http.Request) {
	if s, err := a.Sessie(r); err == nil {
		if err := a.einde.voeg(r.CookiesNamed(a.sessieNaam)[0].Value, s.Tot, a.cfg.Nu()); err != nil {
			a.cfg.Log.LogAttrs(r.Context(), slog.LevelError, "het einde van een sessie is niet bewaard: na een herstart zou een kopie van het cookie weer werken", slog.String("fout", schoon(err).Error()))
		}
	}
	http.SetCookie(w, a.cookie(a.sessieNaam, "", "/", 0))
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, a.pogingNaam+"-") {
			http.SetCookie(w, a.cookie(c.Name, "", "/", 0))
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Clear-Site-Data", `"cache"`)
}
