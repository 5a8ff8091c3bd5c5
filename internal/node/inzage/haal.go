package inzage

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// How an answer tells, beside the record itself, what was decided.
const (
	kopNiveau     = "Informatieniveau"
	kopGemaskeerd = "Gemaskeerde-Velden"
	kopRedenen    = "Besluit-Redenen" // query-escaped JSON
	kopPlichten   = "Besluit-Plichten"
	kopDicht      = "Bron-Afgeschermd" // "ja": the family may not learn of the source
)

const (
	wachttijd  = 5 * time.Second // how long a source may take
	maxInhoud  = 4 << 20         // bytes of one record
	maxUitlegs = 600             // characters of a source's own words that we pass on
)

var padVorm = regexp.MustCompile(`^/v1/[a-z][a-z-]*/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// Haal reads a record at its source for l. It first logs here that it asks (about
// betrokkenen, when known), then asks the source at the address that the
// register has for bron, and logs what came of it; pad is "/v1/<soort>/<uuid>". Our own OIN is answered
// by Geef. Errors: Verboden and NietGevonden with the source's own reason;
// BronAntwoordtNiet when it is slow, down or makes no sense; NietBeschikbaar
// when the look cannot be logged.
func (z *Inzage) Haal(ctx context.Context, bron begrip.OIN, pad string, l toegang.Lezer, betrokkenen []begrip.BSN, niveau *begrip.Niveau) (Antwoord, error) {
	if !padVorm.MatchString(pad) {
		return Antwoord{}, begrip.NieuweFout(begrip.Ongeldig, "Deze verwijzing klopt niet.")
	}
	i := strings.LastIndexByte(pad, '/')
	collectie, id, gevraagd := pad[:i], pad[i+1:], toegang.Weigering{Bron: bron, Pad: pad}
	soort, bekend := z.soort(func(s Soort) bool { return s.Pad == collectie })
	if bron == z.cfg.Organisatie.OIN {
		if !bekend {
			return Antwoord{}, begrip.NieuweFout(begrip.NietGevonden, "Dit bestaat hier niet.")
		}
		return z.Geef(ctx, soort, id, l, niveau, time.Time{})
	}
	org, api, ok := z.cfg.Deelnemer(bron)
	if !ok || api == "" {
		return Antwoord{}, begrip.NieuweFout(begrip.BronAntwoordtNiet, "Deze bron staat niet in het register.")
	}
	_, ctx = Spoor(ctx) // for both lines of the log
	regel := z.regel(ctx, dossier.Bekeken, l)
	regel.Bron, regel.RecordID, regel.Betrokkenen, regel.Redenen = bron, id, betrokkenen, []dossier.Reden{{Tekst: nogGeenUitkomst}}
	regel.Soort = strings.TrimPrefix(collectie, "/v1/")
	if bekend {
		regel.Soort = soort.Naam
	}
	if niveau != nil {
		pad += "/niveau" + strconv.Itoa(int(*niveau))
	}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return Antwoord{}, begrip.NieuweFout(begrip.NietBeschikbaar, "Wij kunnen nu niet vastleggen dat u kijkt. Daarom vragen wij de gegevens niet op.").Door(err)
	}
	uit, err := z.vraag(ctx, org, Basis(api)+pad, l)
	if err := z.vervolg(context.WithoutCancel(ctx), soort, regel, uit, err); err != nil {
		return Antwoord{}, err
	}
	if begrip.Is(err, begrip.Verboden) || begrip.Is(err, begrip.NietGevonden) {
		err = begrip.FoutVan(err).Door(gevraagd)
	}
	if err != nil {
		return uit, err
	}
	if uit.Herkomst, uit.aanhang = leesGegeven(uit.gegeven, verwijst(bron, regel.Soort, pad)); uit.Herkomst.Soort != "" {
		if err := z.neem(ctx, uit.Herkomst, uit.aanhang); err != nil && !begrip.Is(err, begrip.BronAntwoordtNiet) && !begrip.Is(err, begrip.NietGevonden) {
			return Antwoord{}, err
		}
		dossier.Las(ctx, uit.Herkomst)
	}
	return uit, nil
}

// What the reader's side writes of a look at another source: before it asks, and
// when the source gave no decision.
const (
	nogGeenUitkomst = "Wij vroegen dit aan de bron. Wat die antwoordde, staat in een regel die hierop volgt."
	geenAntwoord    = "De bron gaf geen bruikbaar antwoord. Of zij ons liet kijken, weten wij niet."
)

// vervolg adds to the line of a look what came of it, as the source told: its
// decision, level and reasons, and with content whom it is about; or that it
// refused, or was silent. So both sides keep the same. Without that line there is
// no answer. A source that is shielded does not tell the family of this look, so
// this line does, without naming the source.
func (z *Inzage) vervolg(ctx context.Context, soort Soort, regel dossier.Logregel, uit Antwoord, fout error) error {
	regel.Vervolg, regel.ID, regel.Tijdstip = regel.ID, "", time.Now().UTC()
	regel.Toegestaan, regel.Niveau, regel.BronAfgeschermd, regel.Plichten = fout == nil, uit.Niveau, uit.Afgeschermd, uit.Plichten
	regel.Redenen, regel.Velden = logRedenen(uit.Redenen), velden(uit.Inhoud)
	switch {
	case begrip.Is(fout, begrip.Verboden) || begrip.Is(fout, begrip.NietGevonden) || begrip.Is(fout, begrip.TeDruk):
		if len(regel.Redenen) == 0 { // of a refusal a source tells its reasons in one text
			regel.Redenen = []dossier.Reden{{Tekst: begrip.FoutVan(fout).Bericht}}
		}
	case fout != nil:
		regel.Redenen = []dossier.Reden{{Tekst: geenAntwoord}}
	}
	if soort.Personen != nil && fout == nil {
		regel.Betrokkenen = append(regel.Betrokkenen, soort.Personen(uit.Inhoud)...)
	}
	if err := z.cfg.Dossier.Log(ctx, regel); err != nil {
		return geenLog(err)
	}
	return nil
}

// Basis gives the address of a node without a trailing /v1 or slash, so that a
// path such as /v1/meldingen can follow.
func Basis(api string) string {
	return strings.TrimSuffix(strings.TrimRight(api, "/"), "/v1")
}

func (z *Inzage) vraag(ctx context.Context, bron begrip.Organisatie, adres string, l toegang.Lezer) (Antwoord, error) {
	stil := func(err error) (Antwoord, error) {
		return Antwoord{}, begrip.NieuweFout(begrip.BronAntwoordtNiet, "%s antwoordt nu niet. Probeer het later nog eens.", bron.Naam).Door(err)
	}
	ctx, klaar := context.WithTimeout(toegang.Naar(ctx, bron.OIN), wachttijd)
	defer klaar()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, adres, nil)
	if err != nil {
		return stil(err)
	}
	verklaring, err := z.cfg.Identiteit.Verklaring(l, bron.OIN, time.Now())
	if err != nil {
		return Antwoord{}, begrip.FoutVan(err)
	}
	r.Header.Set("Authorization", "Bearer "+verklaring)
	r.Header.Set("Accept", "application/json")
	resp, err := z.client.Do(r)
	if err != nil {
		return stil(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxInhoud+1))
	if err != nil {
		return stil(err)
	}
	if resp.StatusCode != http.StatusOK {
		return weigering(bron, resp, b)
	}
	uit := Antwoord{Inhoud: b, Afgeschermd: resp.Header.Get(kopDicht) != "", gegeven: resp.Header.Get(kopGegeven)}
	n, err := begrip.ParseNiveau(resp.Header.Get(kopNiveau))
	if err != nil || len(b) > maxInhoud || !json.Valid(b) {
		return stil(begrip.NieuweFout(begrip.Ongeldig, "het antwoord van de bron is niet te lezen").Door(err))
	}
	uit.Niveau, uit.Recht = n, rechtElders(l)
	if g := resp.Header.Get(kopGemaskeerd); g != "" {
		uit.Gemaskeerd = strings.Split(g, ",")
	}
	if p := resp.Header.Get(kopPlichten); p != "" {
		uit.Plichten = strings.Split(p, ",")
	}
	uit.Redenen = leesRedenen(resp.Header)
	return uit, nil
}

// weigering passes on what the source says about its refusal.
func weigering(bron begrip.Organisatie, resp *http.Response, b []byte) (Antwoord, error) {
	var p struct {
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(b, &p)
	uitleg := []rune(string(begrip.MaskeerBSN([]byte(p.Detail))))
	if len(uitleg) > maxUitlegs {
		uitleg = uitleg[:maxUitlegs]
	}
	switch resp.StatusCode {
	case http.StatusForbidden:
		if len(uitleg) == 0 {
			uitleg = []rune(bron.Naam + " geeft geen reden.")
		}
		return Antwoord{Geweigerd: true, Redenen: leesRedenen(resp.Header)}, begrip.NieuweFout(begrip.Verboden, "%s", string(uitleg))
	case http.StatusTooManyRequests: // a brake of the source, in its own words: it was decided, and logged there
		f := begrip.NieuweFout(begrip.TeDruk, "%s", cmp.Or(string(uitleg), bron.Naam+" laat u nu niets meer zien. Probeer het later nog eens."))
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 && s <= 3600 {
			f.Wacht = time.Duration(s) * time.Second
		}
		return Antwoord{Geweigerd: true}, f
	case http.StatusNotFound:
		return Antwoord{}, begrip.NieuweFout(begrip.NietGevonden, "%s heeft dit niet.", bron.Naam)
	}
	return Antwoord{}, begrip.NieuweFout(begrip.BronAntwoordtNiet, "%s kan nu geen antwoord geven. Probeer het later nog eens.", bron.Naam).
		Door(begrip.NieuweFout(begrip.CodeVan(resp.StatusCode), "%s", string(uitleg)))
}

func leesRedenen(h http.Header) []toegang.Reden {
	s, err := url.QueryUnescape(h.Get(kopRedenen))
	if err != nil {
		return nil
	}
	var rs []toegang.Reden
	_ = json.Unmarshal([]byte(s), &rs)
	return rs
}

func schrijfRedenen(rs []toegang.Reden) string {
	if len(rs) == 0 {
		return ""
	}
	b, _ := json.Marshal(rs)
	return url.QueryEscape(string(b))
}
