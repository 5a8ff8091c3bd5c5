package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/cloudevent"
)

// lijn is one connection to ask questions over, HTTP/1.1 in TLS 1.3. It does
// what the client of net/http does for one request after another, at a fraction
// of the processor time, which the hub on the same machine needs. It is for one
// goroutine.
type lijn struct {
	b   *bank
	adr *url.URL
	con *tls.Conn
	r   *bufio.Reader
	uit []byte // request under way
	in  []byte // body of the last answer
}

var errDruk = errors.New("de Ketenindex vraagt om te wachten (429)")

func (b *bank) lijnen(n int) ([]*lijn, func()) {
	uit := make([]*lijn, n)
	for i := range uit {
		uit[i] = &lijn{b: b}
	}
	return uit, func() {
		for _, l := range uit {
			l.sluit()
		}
	}
}

func (l *lijn) sluit() {
	if l.con != nil {
		_ = l.con.Close()
		l.con = nil
	}
}

func (l *lijn) open() (err error) {
	if l.adr, err = url.Parse(l.b.hub); err != nil {
		return err
	}
	host := l.adr.Host
	if l.adr.Port() == "" {
		host += ":443"
	}
	l.con, err = tls.Dial("tcp", host, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{l.b.id.Cert}, RootCAs: l.b.id.Roots})
	if err != nil {
		l.con = nil
		return err
	}
	l.r = bufio.NewReaderSize(l.con, 16<<10)
	return l.con.SetDeadline(time.Now().Add(10 * time.Minute)) // guards against hanging only
}

// doe asks, and gives the body until the next call; a result that is not there
// yet (409) is asked again.
func (l *lijn) doe(methode, pad, body string) ([]byte, error) {
	for {
		if l.con == nil {
			if err := l.open(); err != nil {
				return nil, err
			}
		}
		status, err := l.vraag(methode, pad, body)
		switch {
		case err != nil:
			l.sluit()
			return nil, err
		case status == 200, status == 202:
			return l.in, nil
		case status == 429:
			return nil, errDruk
		case status == 409:
			time.Sleep(5 * time.Millisecond)
		default:
			return nil, fmt.Errorf("antwoord %d tijdens de meting: %.200s", status, l.in)
		}
	}
}

func (l *lijn) vraag(methode, pad, body string) (status int, err error) {
	u := append(append(append(l.uit[:0], methode...), ' '), l.adr.Path...)
	u = append(append(append(u, pad...), " HTTP/1.1\r\nHost: "...), l.adr.Host...)
	u = append(append(u, "\r\nAccept: "...), cloudevent.TypeBatch...)
	if methode == "POST" {
		v, err := l.b.verklaring()
		if err != nil {
			return 0, err
		}
		if v != "" {
			u = append(append(u, "\r\nAuthorization: Bearer "...), v...)
		}
	}
	if body != "" {
		u = append(u, "\r\nContent-Type: application/json\r\nContent-Length: "...)
		u = strconv.AppendInt(u, int64(len(body)), 10)
	}
	l.uit = append(append(u, "\r\n\r\n"...), body...)
	if _, err := l.con.Write(l.uit); err != nil {
		return 0, err
	}
	return l.antwoord()
}

var errAntwoord = errors.New("de Ketenindex antwoordt niet in HTTP/1.1")

func (l *lijn) antwoord() (status int, err error) {
	r, err := l.r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(r) < 12 || !bytes.HasPrefix(r, []byte("HTTP/1.1 ")) {
		return 0, errAntwoord
	}
	if status, err = strconv.Atoi(string(r[9:12])); err != nil {
		return 0, errAntwoord
	}
	lengte := -1
	for {
		if r, err = l.r.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if r = bytes.TrimRight(r, "\r\n"); len(r) == 0 {
			break
		}
		if naam, w, _ := bytes.Cut(r, []byte(": ")); bytes.EqualFold(naam, []byte("content-length")) {
			if lengte, err = strconv.Atoi(string(w)); err != nil || lengte < 0 {
				return 0, errAntwoord
			}
		}
	}
	if lengte >= 0 {
		if cap(l.in) < lengte {
			l.in = make([]byte, lengte)
		}
		l.in = l.in[:lengte]
		_, err = io.ReadFull(l.r, l.in)
		return status, err
	}
	if l.in, err = io.ReadAll(httputil.NewChunkedReader(l.r)); err == nil {
		_, err = l.r.Discard(2) // the empty line behind the last chunk
	}
	return status, err
}
