package logboek

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
)

// Attributes of the Logboek Dataverwerkingen standard, chapter on the log record.
const (
	attrActiviteit = "dpl.core.processing_activity_id"
	attrPersoon    = "dpl.core.data_subject_id"
	attrSoort      = "dpl.core.data_subject_id_type"
	attrVerwerker  = "dpl.core.foreign_operation.processor"
)

// Uitvoer sends the lines of the verwerkingenlog to a collector.
type Uitvoer struct {
	// Adres takes POST of OTLP spans (protobuf): https, or http on loopback;
	// usually it ends in /v1/traces.
	Adres string
	// Register is the base URL of the organisation's register of processing
	// activities; the purpose is put behind it.
	Register string
	// Sleutel (32 bytes) encrypts who a span is about. The same person is the
	// same text under one key, so that the key's owner can search.
	Sleutel     []byte
	Organisatie begrip.Organisatie
	Dossier     *dossier.Store
	Client      *http.Client // default with a timeout of 30 s, without redirects
	Log         *slog.Logger
}

// NieuweUitvoer checks the configuration.
func NieuweUitvoer(adres, register string, sleutel []byte, org begrip.Organisatie, d *dossier.Store, log *slog.Logger) (*Uitvoer, error) {
	a, err := url.Parse(adres)
	ip := net.ParseIP(hostVan(a))
	switch {
	case err != nil || a.Host == "" || a.User != nil || a.RawQuery != "":
		return nil, errors.New("het adres van de collector is geen gewoon webadres")
	case a.Scheme != "https" && !(a.Scheme == "http" && (a.Hostname() == "localhost" || ip != nil && ip.IsLoopback())):
		return nil, errors.New("gebruik voor de collector https; http mag alleen op het eigen apparaat")
	case register == "":
		return nil, errors.New("geef bij een collector ook het adres van uw register van verwerkingsactiviteiten")
	}
	return &Uitvoer{Adres: adres, Register: register, Sleutel: sleutel, Organisatie: org, Dossier: d, Log: log}, nil
}

func hostVan(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Hostname()
}

const (
	uitvoerBlok   = 200
	uitvoerTik    = 2 * time.Second
	langsteWacht  = time.Minute
	uitvoerWaarde = "logboek/uitvoer" // number of the last line the collector took
)

// Run exports until ctx ends. What the collector does not take is offered
// again, later and later, and never skipped.
func (u *Uitvoer) Run(ctx context.Context) error {
	if u == nil {
		return nil // no collector
	}
	wacht := uitvoerTik
	for {
		n, err := u.Stuur(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			wacht = min(2*wacht, langsteWacht)
			u.Log.Error("logboek dataverwerkingen niet bezorgd; nieuwe poging", "fout", err, "over", wacht)
		case n == uitvoerBlok:
			continue
		default:
			wacht = uitvoerTik
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wacht):
		}
	}
}

// Stuur exports the next lines, at most a block, and gives how many.
func (u *Uitvoer) Stuur(ctx context.Context) (int, error) {
	b, ok, err := u.Dossier.Waarde(ctx, uitvoerWaarde)
	if err != nil {
		return 0, err
	}
	var na int64
	if ok {
		if na, err = strconv.ParseInt(string(b), 10, 64); err != nil {
			return 0, errors.New("logboek: the cursor is damaged")
		}
	}
	regels, err := u.Dossier.LogNa(ctx, na, uitvoerBlok)
	if err != nil || len(regels) == 0 {
		return 0, err
	}
	spans, err := u.spans(regels)
	if err != nil {
		return 0, err
	}
	if len(spans) > 0 {
		if err := u.post(ctx, spans); err != nil {
			return 0, err
		}
	}
	return len(regels), u.Dossier.ZetWaarde(ctx, uitvoerWaarde, []byte(strconv.FormatInt(regels[len(regels)-1].Nr, 10)))
}

// spans makes one span of every line and person; a line about nobody known
// (a look that found nothing) is a span without a person.
func (u *Uitvoer) spans(regels []dossier.GenummerdeRegel) ([]*trace.Span, error) {
	var uit []*trace.Span
	for _, r := range regels {
		if r.Richting == dossier.Besluit {
			continue // nobody's data was processed: the question names no person
		}
		personen := r.Betrokkenen
		if len(personen) == 0 {
			personen = []begrip.BSN{{}}
		}
		for i, b := range personen {
			s, err := u.span(r.Logregel, i, b)
			if err != nil {
				return nil, err
			}
			uit = append(uit, s)
		}
	}
	return uit, nil
}

func (u *Uitvoer) span(l dossier.Logregel, i int, b begrip.BSN) (*trace.Span, error) {
	id := sha256.Sum256([]byte(l.ID + "/" + strconv.Itoa(i))) // the same line again is the same span
	spoor, err := hex.DecodeString(l.TraceID)
	if err != nil || len(spoor) != 16 {
		h := sha256.Sum256([]byte(l.ID))
		spoor = h[:16]
	}
	tijd := uint64(l.Tijdstip.UnixMilli()) * 1e6 // the standard counts in ms
	s := &trace.Span{
		TraceId: spoor, SpanId: id[:8], Name: "inzage " + l.Soort, Kind: trace.Span_SPAN_KIND_SERVER, StartTimeUnixNano: tijd, EndTimeUnixNano: tijd,
		// A refusal is an outcome like any other, not a failure.
		Status: &trace.Status{Code: trace.Status_STATUS_CODE_OK},
	}
	if l.Richting == dossier.Bekeken {
		s.Kind = trace.Span_SPAN_KIND_CLIENT
	}
	attr := func(k, v string) {
		s.Attributes = append(s.Attributes, &common.KeyValue{Key: k, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: v}}})
	}
	attr(attrActiviteit, u.Register+string(l.Doel))
	if !b.IsZero() {
		v, err := versleutel(u.Sleutel, b)
		if err != nil {
			return nil, err
		}
		attr(attrPersoon, v)
		attr(attrSoort, "BSN")
	}
	switch {
	case l.Richting == dossier.Gegeven && l.LezerOIN != u.Organisatie.OIN:
		attr(attrVerwerker, l.LezerOIN.URN()) // another asked
	case l.Richting == dossier.Bekeken && !l.BronAfgeschermd:
		attr(attrVerwerker, l.Bron.URN())
	}
	attr("soh.toegestaan", strconv.FormatBool(l.Toegestaan))
	attr("soh.grondslag", string(l.Grondslag))
	return s, nil
}

// versleutel encrypts a BSN so that the same one under the same key gives the
// same text: AES-256-GCM with a nonce that follows from key and content, so no
// nonce serves two contents.
func versleutel(sleutel []byte, b begrip.BSN) (string, error) {
	kMac, err := hkdf.Key(sha256.New, sleutel, nil, "soh logboek nonce", 32)
	if err != nil {
		return "", err
	}
	kEnc, err := hkdf.Key(sha256.New, sleutel, nil, "soh logboek", 32)
	if err != nil {
		return "", err
	}
	blok, err := aes.NewCipher(kEnc)
	if err != nil {
		return "", err
	}
	aead, err := cipher.NewGCM(blok)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, kMac)
	m.Write([]byte(b.Leesbaar()))
	nonce := m.Sum(nil)[:aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(b.Leesbaar()), nil)), nil
}

// Ontsleutel gives the BSN that versleutel hid, for the key's owner.
func Ontsleutel(sleutel []byte, tekst string) (begrip.BSN, error) {
	kEnc, err := hkdf.Key(sha256.New, sleutel, nil, "soh logboek", 32)
	if err != nil {
		return begrip.BSN{}, err
	}
	blok, err := aes.NewCipher(kEnc)
	if err != nil {
		return begrip.BSN{}, err
	}
	aead, err := cipher.NewGCM(blok)
	if err != nil {
		return begrip.BSN{}, err
	}
	ruw, err := base64.RawURLEncoding.DecodeString(tekst)
	if err != nil || len(ruw) < aead.NonceSize() {
		return begrip.BSN{}, errors.New("logboek: not a text of ours")
	}
	open, err := aead.Open(nil, ruw[:aead.NonceSize()], ruw[aead.NonceSize():], nil)
	if err != nil {
		return begrip.BSN{}, errors.New("logboek: another key")
	}
	return begrip.ParseBSN(string(open))
}

func (u *Uitvoer) post(ctx context.Context, spans []*trace.Span) error {
	tekst := func(k, v string) *common.KeyValue {
		return &common.KeyValue{Key: k, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: v}}}
	}
	b, err := proto.Marshal(&trace.TracesData{ // on the wire an ExportTraceServiceRequest
		ResourceSpans: []*trace.ResourceSpans{{
			Resource:   &resource.Resource{Attributes: []*common.KeyValue{tekst("service.name", "soh-knooppunt"), tekst("service.namespace", u.Organisatie.OIN.URN())}},
			ScopeSpans: []*trace.ScopeSpans{{Scope: &common.InstrumentationScope{Name: "soh/logboek"}, Spans: spans}},
		}}})
	if err != nil {
		return fmt.Errorf("logboek: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.Adres, bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("logboek: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	c := u.Client
	if c == nil {
		c = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	resp, err := c.Do(r)
	if err != nil {
		return fmt.Errorf("logboek: de collector is niet bereikbaar: %w", err)
	}
	defer resp.Body.Close()
	antwoord, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("logboek: de collector antwoordt %d", resp.StatusCode)
	}
	if n := geweigerd(antwoord); n > 0 {
		return fmt.Errorf("logboek: de collector nam %d regels niet aan", n)
	}
	return nil
}

// geweigerd reads how many spans a collector refused in a 200
// (ExportTraceServiceResponse.partial_success.rejected_spans).
func geweigerd(b []byte) uint64 {
	deel := veld(b, 1, protowire.BytesType)
	n, _ := protowire.ConsumeVarint(veld(deel, 1, protowire.VarintType))
	return n
}

// veld gives the raw value of a field; nil when it is not there.
func veld(b []byte, nummer protowire.Number, typ protowire.Type) []byte {
	for len(b) > 0 {
		num, t, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil
		}
		b = b[n:]
		m := protowire.ConsumeFieldValue(num, t, b)
		if m < 0 {
			return nil
		}
		if num == nummer && t == typ {
			if t == protowire.BytesType {
				v, _ := protowire.ConsumeBytes(b)
				return v
			}
			return b[:m]
		}
		b = b[m:]
	}
	return nil
}
