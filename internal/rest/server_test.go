package rest

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// lees is a handler that reads its body, says so, and waits.
func lees(t *testing.T, gelezen chan<- int, door <-chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			WriteFout(w, r, NietHeel(err))
			return
		}
		gelezen <- len(b)
		<-door
	})
}

// TestLichamenTegelijkHebbenEenGrens: what does not fit is told to come back, is read
// by nobody, and fits again once the others are done.
func TestLichamenTegelijkHebbenEenGrens(t *testing.T) {
	gelezen, door := make(chan int, 8), make(chan struct{})
	srv := httptest.NewServer(Begrens(lees(t, gelezen, door), 400<<10))
	defer srv.Close()
	stuur := func(n int, bekend bool) (int, string) {
		var lijf io.Reader = strings.NewReader(strings.Repeat("x", n))
		if !bekend {
			lijf = io.MultiReader(lijf)
		}
		resp, err := http.Post(srv.URL, "text/plain", lijf)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	eerste := make(chan int, 1)
	go func() { s, _ := stuur(180<<10, true); eerste <- s }()
	if n := <-gelezen; n != 180<<10 {
		t.Fatalf("read %d", n)
	}
	for _, bekend := range []bool{true, false} {
		if s, wacht := stuur(100<<10, bekend); s != http.StatusTooManyRequests || wacht == "" {
			t.Errorf("length known %v: got %d, Retry-After %q", bekend, s, wacht)
		}
	}
	klein := make(chan int, 1)
	go func() { s, _ := stuur(kleinLijf, true); klein <- s }()
	if n := <-gelezen; n != kleinLijf {
		t.Errorf("a small body does not wait for the large ones: read %d", n)
	}
	close(door)
	if s := <-eerste; s != http.StatusOK || <-klein != http.StatusOK {
		t.Errorf("the first got %d", s)
	}
	for range 3 { // what was taken is given back, of refused ones too
		if s, _ := stuur(100<<10, false); s != http.StatusOK {
			t.Errorf("after the others were done: %d", s)
		}
		<-gelezen
	}
}

func TestEenBellerNeemtNietAlleRuimte(t *testing.T) {
	r := &ruimte{max: 100, per: map[string]int64{}}
	if !r.neem("a", 40) || r.neem("a", 20) || !r.neem("b", 50) || r.neem("c", 20) {
		t.Errorf("got %+v", r)
	}
	r.geef("a", 40)
	r.geef("b", 50)
	if r.bezet != 0 || len(r.per) != 0 {
		t.Errorf("not given back: %+v", r)
	}
}

// TestKoppenEnTijdHebbenEenGrens on the server that every listener of ours is.
func TestKoppenEnTijdHebbenEenGrens(t *testing.T) {
	s := Server(http.NotFoundHandler(), nil, slog.New(slog.DiscardHandler), slog.LevelDebug)
	for naam, d := range map[string]time.Duration{"header": s.ReadHeaderTimeout, "read": s.ReadTimeout, "write": s.WriteTimeout, "idle": s.IdleTimeout} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("%s: %v", naam, d)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Veel: %s\r\n\r\n", strings.Repeat("a", 2*MaxKoppen))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("large headers: %v %v", resp, err)
	}
}
