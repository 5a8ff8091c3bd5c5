package brpsimulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// vraag is a request, checked.
type vraag struct {
	BSN      []string
	Fields   []string
	Gemeente string
}

// fout is an error as the API gives it: RFC 7807 with a code and, for a bad
// request, what is wrong with each parameter. It never quotes a value.
type fout struct {
	status       int
	title, code  string
	detail       string
	invalidParam []invalidParam
}

type invalidParam struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

var (
	nietAangemeld = &fout{http.StatusUnauthorized, "Niet correct geauthenticeerd.", "authentication", "", nil}
	nietVoorDeze  = &fout{http.StatusForbidden, "U bent niet geautoriseerd voor deze vraag.", "unauthorized", "", nil}
	onleesbaar    = &fout{http.StatusBadRequest, "Een of meerdere parameters zijn niet correct.", "paramsValidation", "De request body is geen geldige JSON.", nil}
)

// typen are the links of RFC 7231 and 7235 that the API puts in type.
var typen = map[int]string{
	http.StatusBadRequest:           "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.1",
	http.StatusUnauthorized:         "https://datatracker.ietf.org/doc/html/rfc7235#section-3.1",
	http.StatusForbidden:            "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.3",
	http.StatusNotFound:             "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.4",
	http.StatusMethodNotAllowed:     "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.5",
	http.StatusNotAcceptable:        "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.6",
	http.StatusUnsupportedMediaType: "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.13",
}

func (f fout) schrijf(w http.ResponseWriter) {
	uit := map[string]any{"type": typen[f.status], "title": f.title, "status": f.status, "code": f.code, "instance": padPersonen}
	if f.detail != "" {
		uit["detail"] = f.detail
	}
	if len(f.invalidParam) > 0 {
		uit["invalidParams"] = f.invalidParam
	}
	schrijfJSON(w, f.status, "application/problem+json", uit)
}

// mis is the error of these parameters, each with its own reason.
func mis(ps []invalidParam) *fout {
	f := &fout{status: http.StatusBadRequest, title: "Een of meerdere parameters zijn niet correct.", code: "paramsValidation", invalidParam: ps}
	if slices.ContainsFunc(ps, func(p invalidParam) bool { return p.Code == "required" }) {
		f.title, f.code = "Minimale combinatie van parameters moet worden opgegeven.", "paramsCombination"
	}
	var namen []string
	for _, p := range ps {
		namen = append(namen, p.Name)
	}
	f.detail = "De foutieve parameter(s) zijn: " + strings.Join(namen, ", ") + "."
	return f
}

var (
	bsnVorm      = regexp.MustCompile(`^[0-9]{9}$`)
	veldVorm     = regexp.MustCompile(`^[a-zA-Z0-9\._]{1,200}$`)
	gemeenteVorm = regexp.MustCompile(`^[0-9]{4}$`)
	naamVorm     = regexp.MustCompile(`^[a-zA-Z]{1,30}$`)
)

// leesVraag reads a request, with all its mistakes at once.
func leesVraag(lijf []byte) (vraag, *fout) {
	var m map[string]json.RawMessage
	if json.Unmarshal(lijf, &m) != nil || m == nil {
		return vraag{}, onleesbaar
	}
	if m["type"] == nil {
		return vraag{}, mis([]invalidParam{{"type", "required", "Parameter is verplicht."}})
	}
	var soort string
	if json.Unmarshal(m["type"], &soort) != nil || soort != typeVraag {
		return vraag{}, mis([]invalidParam{{"type", "value", "Waarde is geen geldig zoek type."}})
	}
	var v vraag
	var ps []invalidParam
	v.BSN, ps = lijst(m, "burgerservicenummer", 20, func(s string) (string, string) {
		if !bsnVorm.MatchString(s) {
			return "pattern", "Waarde voldoet niet aan patroon ^[0-9]{9}$."
		}
		return "", ""
	})
	fields, mf := lijst(m, "fields", 130, veldFout)
	v.Fields, ps = fields, append(ps, mf...)
	if g := m["gemeenteVanInschrijving"]; g != nil && (json.Unmarshal(g, &v.Gemeente) != nil || !gemeenteVorm.MatchString(v.Gemeente)) {
		ps = append(ps, invalidParam{"gemeenteVanInschrijving", "pattern", "Waarde voldoet niet aan patroon ^[0-9]{4}$."})
	}
	for _, naam := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains([]string{"type", "burgerservicenummer", "fields", "gemeenteVanInschrijving"}, naam) {
			if !naamVorm.MatchString(naam) {
				naam = "onbekend" // a name can hold anything, a number as well
			}
			ps = append(ps, invalidParam{naam, "unknownParam", "Parameter is niet verwacht."})
		}
	}
	if len(ps) > 0 {
		return vraag{}, mis(ps)
	}
	return v, nil
}

// lijst reads a parameter that is a list of at most max texts.
func lijst(m map[string]json.RawMessage, naam string, max int, controle func(string) (code, reden string)) ([]string, []invalidParam) {
	var uit []string
	var los []json.RawMessage
	switch {
	case m[naam] == nil:
		return nil, []invalidParam{{naam, "required", "Parameter is verplicht."}}
	case json.Unmarshal(m[naam], &los) != nil || los == nil:
		return nil, []invalidParam{{naam, "array", "Parameter is geen array."}}
	case len(los) == 0:
		return nil, []invalidParam{{naam, "minItems", "Array bevat minder dan 1 items."}}
	case len(los) > max:
		return nil, []invalidParam{{naam, "maxItems", fmt.Sprintf("Array bevat meer dan %d items.", max)}}
	}
	var ps []invalidParam
	for i, x := range los {
		var s string
		_ = json.Unmarshal(x, &s) // what is no text is refused as an empty one
		if code, reden := controle(s); code != "" {
			ps = append(ps, invalidParam{fmt.Sprintf("%s[%d]", naam, i), code, reden})
		}
		uit = append(uit, s)
	}
	return uit, ps
}

// veldFout gives what is wrong with one of fields.
func veldFout(s string) (code, reden string) {
	hoofd, _, _ := strings.Cut(s, ".")
	switch {
	case !veldVorm.MatchString(s):
		return "pattern", `Waarde voldoet niet aan patroon ^[a-zA-Z0-9\._]{1,200}$.`
	case slices.Contains(vanzelf, hoofd):
		return "fields", "Parameter bevat een niet toegestane veldnaam."
	case !bekend[s] && !slices.Contains(leeg, hoofd):
		return "fields", "Parameter bevat een niet bestaande veldnaam."
	}
	return "", ""
}

// vanzelf always comes, asked or not; leeg are fields of a person that the
// simulator knows nothing of.
var (
	vanzelf = []string{"geheimhoudingPersoonsgegevens", "opschortingBijhouding", "inOnderzoek", "rni", "verificatie"}
	leeg    = []string{
		"aNummer", "datumEersteInschrijvingGBA", "geslacht", "uitsluitingKiesrecht", "europeesKiesrecht", "nationaliteiten", "verblijfplaats", "immigratie",
		"gemeenteVanInschrijving", "datumInschrijvingInGemeente", "indicatieCurateleRegister", "indicatieGezagMinderjarige", "verblijfstitel", "kinderen", "ouders", "partners", "leeftijd",
	}
)

// bekend are the paths that the simulator answers, with those above and below.
var bekend = func() map[string]bool {
	uit := map[string]bool{}
	for _, s := range []string{"burgerservicenummer", "naam.voornamen", "naam.voorvoegsel", "naam.geslachtsnaam", "naam.volledigeNaam", "adressering.adresregel1", "adressering.adresregel2", "gezag.type", "gezag.toelichting"} {
		hoofd, _, _ := strings.Cut(s, ".")
		uit[s], uit[hoofd] = true, true
	}
	for _, wie := range []string{"minderjarige", "ouders", "ouder", "derde", "derden"} {
		uit["gezag."+wie], uit["gezag."+wie+".burgerservicenummer"] = true, true
	}
	for _, wat := range []string{"geboorte", "overlijden"} {
		uit[wat], uit[wat+".datum"] = true, true
		for _, deel := range []string{"type", "datum", "langFormaat", "jaar", "maand", "onbekend"} {
			uit[wat+".datum."+deel] = true
		}
	}
	return uit
}()
