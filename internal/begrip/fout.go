package begrip

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Code says what kind of thing went wrong, independent of HTTP.
type Code string

// The codes; problemen maps each to its HTTP answer.
const (
	Ongeldig          Code = "ongeldig"
	NietAangemeld     Code = "niet-aangemeld"
	Verboden          Code = "verboden"
	NietGevonden      Code = "niet-gevonden"
	MethodeOnbekend   Code = "methode-niet-toegestaan"
	Conflict          Code = "conflict"
	Verlopen          Code = "verlopen"
	TeGroot           Code = "te-groot"
	VerkeerdType      Code = "verkeerd-mediatype"
	NietAcceptabel    Code = "niet-acceptabel"
	TeDruk            Code = "te-druk"
	Intern            Code = "interne-fout"
	BronAntwoordtNiet Code = "bron-antwoordt-niet"
	NietBeschikbaar   Code = "niet-beschikbaar"
)

var problemen = map[Code]struct {
	status int
	titel  string
}{
	Ongeldig:          {http.StatusBadRequest, "De gegevens kloppen niet"},
	NietAangemeld:     {http.StatusUnauthorized, "U bent niet ingelogd"},
	Verboden:          {http.StatusForbidden, "Dit mag niet"},
	NietGevonden:      {http.StatusNotFound, "Niet gevonden"},
	MethodeOnbekend:   {http.StatusMethodNotAllowed, "Deze methode kan hier niet"},
	Conflict:          {http.StatusConflict, "Dit past niet bij de huidige toestand"},
	Verlopen:          {http.StatusGone, "Dit is er niet meer"},
	TeGroot:           {http.StatusRequestEntityTooLarge, "Het bericht is te groot"},
	VerkeerdType:      {http.StatusUnsupportedMediaType, "Dit mediatype kan hier niet"},
	NietAcceptabel:    {http.StatusNotAcceptable, "Dit antwoordtype bestaat niet"},
	TeDruk:            {http.StatusTooManyRequests, "Het is te druk"},
	Intern:            {http.StatusInternalServerError, "Er ging iets mis"},
	BronAntwoordtNiet: {http.StatusBadGateway, "De bron antwoordt niet"},
	NietBeschikbaar:   {http.StatusServiceUnavailable, "Nu niet beschikbaar"},
}

// Status is the HTTP status of the code.
func (c Code) Status() int {
	if p, ok := problemen[c]; ok {
		return p.status
	}
	return http.StatusInternalServerError
}

// Titel is the short, constant description of the code.
func (c Code) Titel() string { return problemen[c].titel }

// CodeVan gives the code that belongs to an HTTP status; Intern when none does.
func CodeVan(status int) Code {
	for c, p := range problemen {
		if p.status == status {
			return c
		}
	}
	if status >= 400 && status < 500 {
		return Ongeldig
	}
	return Intern
}

// Veldfout is one mistake in the input: where, and what to do about it.
type Veldfout struct {
	Veld    string `json:"veld"`    // JSON pointer or form field, never with a value in it
	Bericht string `json:"bericht"` // plain Dutch, never with the refused value in it
}

// Fout is an error for the caller: a code, a message in plain Dutch and all
// mistakes at once. The cause goes to the log only.
type Fout struct {
	Code    Code
	Bericht string
	Velden  []Veldfout
	Oorzaak error
	Wacht   time.Duration // of TeDruk and NietBeschikbaar: when it may be tried again; 0 is soon
}

// NieuweFout makes a Fout with a formatted message.
func NieuweFout(c Code, bericht string, args ...any) *Fout {
	return &Fout{Code: c, Bericht: fmt.Sprintf(bericht, args...)}
}

// Door sets the cause, for the log.
func (f *Fout) Door(err error) *Fout { f.Oorzaak = err; return f }

// Error is what a log may show: code, message, cause and fields, no values.
func (f *Fout) Error() string {
	var b strings.Builder
	b.WriteString(string(f.Code))
	if f.Bericht != "" {
		b.WriteString(": " + f.Bericht)
	}
	for _, v := range f.Velden {
		b.WriteString("; " + v.Veld + ": " + v.Bericht)
	}
	if f.Oorzaak != nil {
		b.WriteString(": " + f.Oorzaak.Error())
	}
	return b.String()
}

func (f *Fout) Unwrap() error { return f.Oorzaak }

// FoutVan gives err as a Fout; anything else becomes Intern with err as cause,
// so that no internal detail reaches a caller.
func FoutVan(err error) *Fout {
	if f, ok := errors.AsType[*Fout](err); ok {
		return f
	}
	return &Fout{Code: Intern, Bericht: "Er ging iets mis. Probeer het later nog eens.", Oorzaak: err}
}

// Is tells whether err carries code c.
func Is(err error, c Code) bool {
	f, ok := errors.AsType[*Fout](err)
	return ok && f.Code == c
}

// Controle collects all mistakes in one input.
type Controle struct{ Velden []Veldfout }

// Eis records a mistake at veld unless goed.
func (c *Controle) Eis(goed bool, veld, bericht string, args ...any) {
	if !goed {
		c.Velden = append(c.Velden, Veldfout{veld, fmt.Sprintf(bericht, args...)})
	}
}

// Fout gives nil when nothing was wrong, else one Ongeldig with every mistake.
func (c *Controle) Fout() error {
	switch len(c.Velden) {
	case 0:
		return nil
	case 1:
		return &Fout{Code: Ongeldig, Bericht: "Er is 1 fout.", Velden: c.Velden}
	}
	return &Fout{Code: Ongeldig, Bericht: fmt.Sprintf("Er zijn %d fouten.", len(c.Velden)), Velden: c.Velden}
}
