package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/handbereik/soh/internal/begrip"
)

// Info describes an API.
type Info struct {
	Titel, Omschrijving, Versie string
	Server                      string // public base URL without /v1; the document's server is Server + "/v1"
}

// NewAPI mounts a described API on mux under /v1. Operations are declared
// without that prefix (Path "/meldingen"); the OpenAPI 3.1 document is served
// at /v1/openapi.json, readable from any origin.
func NewAPI(mux *http.ServeMux, info Info) huma.API {
	cfg := huma.DefaultConfig(info.Titel, info.Versie)
	cfg.Info.Description = info.Omschrijving
	cfg.Info.Contact = &huma.Contact{Name: "Samen Onder Handbereik", URL: "https://github.com/handbereik/soh", Email: "beheer@handbereik.example"}
	cfg.Info.License = &huma.License{Name: "EUPL-1.2", URL: "https://eupl.eu/1.2/nl/"}
	cfg.Servers = []*huma.Server{{URL: info.Server + "/v1", Description: "Deze dienst"}}
	cfg.CreateHooks, cfg.DocsPath, cfg.SchemasPath, cfg.OpenAPIPath = nil, "", "", ""
	cfg.RejectUnknownQueryParameters = true
	cfg.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	cfg.OnAddOperation = append(cfg.OnAddOperation, documenteer)
	api := humago.NewWithPrefix(mux, "/v1", cfg)
	mux.HandleFunc("GET /v1/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(api.OpenAPI())
	})
	return api
}

var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
	Unmarshal: func(b []byte, v any) error {
		if begrip.HeeftNUL(b) {
			return fmt.Errorf("%s", begrip.NULBericht) // for the caller, in plain Dutch
		}
		if err := jsonv2.Unmarshal(b, v); err != nil {
			f := jsonFout(b, err)
			if len(f.Velden) == 0 {
				return errors.New(f.Bericht)
			}
			return errors.New(f.Velden[0].Bericht + " (" + f.Velden[0].Veld + ")")
		}
		return nil
	},
}

// versieKop documents the header that every answer carries.
var versieKop = &huma.Param{Description: "Volledige versie van deze API", Schema: &huma.Schema{Type: "string", Examples: []any{"1.0.0"}}}

// documenteer gives every answer its API-Version header and lets every
// operation that takes input answer 400 (there is no 422 in this API).
func documenteer(_ *huma.OpenAPI, op *huma.Operation) {
	if fout := op.Responses["422"]; fout != nil {
		delete(op.Responses, "422")
		if op.Responses["400"] == nil {
			fout.Description = "Bad Request"
			op.Responses["400"] = fout
		}
	}
	for _, r := range op.Responses {
		if r.Headers == nil {
			r.Headers = map[string]*huma.Param{}
		}
		r.Headers["API-Version"] = versieKop
	}
}

// Register adds an operation whose handler returns *begrip.Fout errors. The
// operation documents 400, 401, 403, 404, 409 and 503 unless it names its own,
// and always what any operation can answer: 500, and 413 and 415 to a body.
func Register[I, O any](api huma.API, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	if op.Errors == nil {
		op.Errors = []int{400, 401, 403, 404, 409, 503}
	}
	op.Errors = append(slices.Clone(op.Errors), http.StatusInternalServerError)
	if op.Method == http.MethodPost || op.Method == http.MethodPut || op.Method == http.MethodPatch {
		op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	vormen(api.OpenAPI().Components.Schemas, map[reflect.Type]bool{}, reflect.TypeFor[I](), reflect.TypeFor[O]())
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			p := naarProbleem(ctx, err)
			if p.wacht > 0 {
				return nil, huma.ErrorWithHeaders(p, p.GetHeaders())
			}
			return nil, p
		}
		return out, nil
	})
}

// vormen describes a protected value as what it holds: on the wire it is that,
// or it is left out.
func vormen(r huma.Registry, gezien map[reflect.Type]bool, ts ...reflect.Type) {
	for _, t := range ts {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if gezien[t] || t.Kind() != reflect.Struct {
			continue
		}
		gezien[t] = true
		if v, ok := begrip.Vorm(t); ok {
			r.RegisterTypeAlias(t, v)
			vormen(r, gezien, v)
			continue
		}
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				vormen(r, gezien, f.Type)
			}
		}
	}
}

// Fouten gives a Controle's mistakes as errors for a huma Resolver, so that
// mistakes of form and of meaning reach the caller in one answer.
func Fouten(err error) []error {
	f, ok := errors.AsType[*begrip.Fout](err)
	if !ok {
		return nil
	}
	uit := make([]error, len(f.Velden))
	for i, v := range f.Velden {
		uit[i] = &huma.ErrorDetail{Location: "body." + v.Veld, Message: v.Bericht}
	}
	return uit
}

func init() {
	nieuw := func(status int, _ string, errs ...error) huma.StatusError { return vanHuma(status, "", errs) }
	huma.NewError = nieuw
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		u := ctx.URL()
		return vanHuma(status, u.Path, errs)
	}
	huma.ValidateStrictCasing = true // as the decoder does; else a member in capitals is lost without a word
	nederlands()
}

// vanHuma translates what the framework found into a Probleem. Only places and
// our own messages pass; values never do.
func vanHuma(status int, pad string, errs []error) *Probleem {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	if i := slices.IndexFunc(errs, onleesbaar); i >= 0 { // of a body that cannot be read nothing else is known
		errs = errs[i : i+1]
	}
	c := begrip.Controle{}
	gezien := map[string]bool{}
	for _, err := range errs {
		veld, bericht := "", "Dit klopt niet."
		if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			veld, bericht = plaats(d.Location), d.Message
		} else if f, ok := errors.AsType[*begrip.Fout](err); ok {
			bericht = f.Bericht
		}
		if m := verplicht.FindStringSubmatch(bericht); m != nil {
			veld, bericht = strings.TrimPrefix(veld+"."+m[1], "."), "Dit veld is verplicht."
		}
		c.Eis(gezien[veld], veld, "%s", bericht)
		gezien[veld] = true
	}
	f := begrip.NieuweFout(begrip.CodeVan(status), "")
	if err := c.Fout(); err != nil {
		code := f.Code
		f = begrip.FoutVan(err)
		f.Code = code
	}
	p := probleem(f, pad)
	p.Status = status
	return p
}

// onleesbaar tells that err is about a body that is no JSON that we take.
func onleesbaar(err error) bool {
	d, ok := errors.AsType[*huma.ErrorDetail](err)
	return ok && d.Location == "body" && (strings.HasPrefix(d.Message, geenJSON) || strings.HasPrefix(d.Message, tweeKeer) || d.Message == begrip.NULBericht)
}

var verplicht = regexp.MustCompile(`^verplicht:(.*)$`)

func plaats(l string) string {
	l = strings.TrimPrefix(strings.TrimPrefix(l, "body"), ".")
	return strings.TrimPrefix(strings.TrimPrefix(l, "query."), "path.")
}

// nederlands sets the framework's messages in plain Dutch; none repeats a value.
func nederlands() {
	huma.ErrorFormatter = func(format string, a ...any) string {
		if !strings.Contains(format, "%") {
			return format
		}
		return fmt.Sprintf(format, a...)
	}
	validation.MsgUnexpectedProperty = "Dit veld kennen wij niet."
	validation.MsgExpectedRFC3339DateTime = "Vul een datum en tijd in. Bijvoorbeeld 2026-11-23T09:30:00Z."
	validation.MsgExpectedRFC3339Date = "Vul een datum in. Bijvoorbeeld 2026-11-23."
	validation.MsgExpectedRFC5322Email = "Vul een e-mailadres in. Bijvoorbeeld naam@voorbeeld.nl."
	validation.MsgExpectedRFC3986URI = "Vul een webadres in."
	validation.MsgExpectedRFC4122UUID = "Dit is geen geldig nummer (UUID)."
	validation.MsgExpectedBoolean = "Vul true of false in."
	validation.MsgExpectedNumber = "Vul een getal in."
	validation.MsgExpectedInteger = "Vul een heel getal in."
	validation.MsgExpectedString = "Vul tekst in."
	validation.MsgExpectedArray = "Vul een lijst in."
	validation.MsgExpectedObject = "Vul een object in."
	validation.MsgExpectedOneOf = "Kies een van deze: %s."
	validation.MsgExpectedConst = "Dit moet %v zijn."
	validation.MsgExpectedMinimumNumber = "Dit getal is minimaal %v."
	validation.MsgExpectedMaximumNumber = "Dit getal is maximaal %v."
	validation.MsgExpectedMinLength = "Vul minimaal %d teken(s) in."
	validation.MsgExpectedMaxLength = "Vul maximaal %d tekens in."
	validation.MsgExpectedBePattern = "Deze vorm klopt niet."
	validation.MsgExpectedMatchPattern = "Deze vorm klopt niet."
	validation.MsgExpectedMinItems = "Geef er minimaal %d."
	validation.MsgExpectedMaxItems = "Geef er maximaal %d."
	validation.MsgExpectedRequiredProperty = "verplicht:%s"
}
