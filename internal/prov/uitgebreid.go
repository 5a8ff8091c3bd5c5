package prov

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/piprate/json-gold/ld"

	"github.com/handbereik/soh/internal/begrip"
)

// uitgebreid reads any JSON-LD by flattening it. Only built-in contexts exist.
func (l *lezing) uitgebreid(data json.RawMessage) (err error) {
	if !jsontext.Value(data).IsValid() {
		return errJSON()
	}
	if diepte(data) > 64 {
		return begrip.NieuweFout(begrip.Ongeldig, "De inhoud is te diep genest.")
	}
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return errJSON()
	}
	top, ok := doc.(map[string]any)
	if !ok || top["@context"] == nil {
		return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "De inhoud is geen PROV-graaf in JSON-LD.",
			Velden: []begrip.Veldfout{{Veld: "/data/@context", Bericht: "de inhoud moet een JSON-object zijn met een @context en een @graph"}}}
	}
	platteNodes, err := vlak(doc)
	if err != nil {
		return err
	}
	for _, n := range platteNodes {
		if l.teVeel != nil {
			break
		}
		if m, ok := n.(map[string]any); ok {
			l.platteNode(m)
		}
	}
	return nil
}

// vlak runs the flattening algorithm. The library panics on some contexts that
// make no sense; for the sender that is an error like any other.
func vlak(doc any) (nodes []any, err error) {
	defer func() {
		if p := recover(); p != nil {
			nodes, err = nil, geenLD(fmt.Errorf("json-ld: %v", p))
		}
	}()
	opties := ld.NewJsonLdOptions("")
	opties.ProcessingMode = ld.JsonLd_1_1
	opties.DocumentLoader = ingebouwd{}
	opties.ExpandContext = map[string]any{"@context": eigenTermen()}
	uit, err := ld.NewJsonLdProcessor().Flatten(doc, nil, opties)
	if err != nil {
		return nil, geenLD(err)
	}
	nodes, _ = uit.([]any)
	return nodes, nil
}

func geenLD(oorzaak error) error {
	bericht := "de inhoud is niet te lezen als JSON-LD"
	if e, ok := oorzaak.(*ld.JsonLdError); ok && (e.Code == ld.LoadingRemoteContextFailed || e.Code == ld.LoadingDocumentFailed) {
		bericht = "deze @context kennen wij niet; alleen de ingebouwde contexten worden gelezen"
	}
	return &begrip.Fout{Code: begrip.Ongeldig, Bericht: "De inhoud is geen PROV-graaf in JSON-LD.",
		Velden: []begrip.Veldfout{{Veld: "/data/@context", Bericht: bericht}}, Oorzaak: oorzaak}
}

// platteNode takes one node of the flattened form.
func (l *lezing) platteNode(m map[string]any) {
	id, _ := m["@id"].(string)
	if id == "" {
		return
	}
	if _, bundel := m["@graph"]; bundel {
		l.waarschuw("Een bundel is weggelaten: een bundel hoort in een eigen gebeurtenis.")
		return
	}
	n := l.node(compact(id))
	if types, ok := m["@type"].([]any); ok {
		for _, t := range types {
			if s, ok := t.(string); ok {
				l.typeer(n, s)
			}
		}
	}
	for _, naam := range ld.GetOrderedKeys(m) {
		waarden, ok := m[naam].([]any)
		if naam[:min(1, len(naam))] == "@" || !ok {
			continue
		}
		term := l.nieuwste(compact(naam))
		for _, w := range waarden {
			if o, ok := w.(map[string]any); ok {
				if soort, ok := o["@id"].(string); ok && naam == nsRDF+"type" {
					l.typeer(n, soort)
					continue
				}
				l.platteWaarde(n, term, o)
			}
		}
	}
}

func (l *lezing) platteWaarde(n *Node, term string, o map[string]any) {
	if lijst, ok := o["@list"].([]any); ok {
		for _, w := range lijst {
			if o, ok := w.(map[string]any); ok {
				l.platteWaarde(n, term, o)
			}
		}
		return
	}
	if id, ok := o["@id"].(string); ok {
		if id != "" {
			l.voeg(n, term, Value{Ref: compact(id), Kind: Verwijzing})
		}
		return
	}
	w := Value{}
	switch v := o["@value"].(type) {
	case string:
		w.Literal = v
		w.Taal, _ = o["@language"].(string)
	case bool:
		w.Literal, w.Kind = strconv.FormatBool(v), Waarheid
	case float64:
		b, err := json.Marshal(v)
		if err != nil {
			return
		}
		w.Literal, w.Kind = string(b), Getal
	default: // @json
		b, err := json.Marshal(v)
		if err != nil || v == nil {
			return
		}
		w.Literal = string(b)
	}
	if soort, ok := o["@type"].(string); ok && soort != "" && soort[0] != '@' {
		w.Kind, w.Datatype, w.Taal = Getypeerd, compact(soort), ""
	}
	l.voeg(n, term, w.ontypeer())
}

// diepte gives how deep the arrays and objects of valid JSON are nested.
func diepte(b []byte) int {
	diep, diepst, tekst := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case tekst && c == '\\':
			i++
		case c == '"':
			tekst = !tekst
		case tekst:
		case c == '{' || c == '[':
			diep++
			diepst = max(diepst, diep)
		case c == '}' || c == ']':
			diep--
		}
	}
	return diepst
}
