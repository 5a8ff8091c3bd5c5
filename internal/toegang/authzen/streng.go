package authzen

import (
	"bytes"
	"encoding/json"
	"strings"
)

// leden are the members that mean something in a request, by the object they
// stand in ("" is the request). What stands in properties and context is the
// caller's own.
var leden = map[string][]string{
	"":            {"subject", "action", "resource", "context", "evaluations", "options", "page"},
	"evaluations": {"subject", "action", "resource", "context"},
	"subject":     {"type", "id", "properties"}, "resource": {"type", "id", "properties"}, "action": {"name", "properties"},
	"options": {"evaluations_semantic"}, "page": {"token", "limit"},
}

const eigen = "*" // inside properties or context: any name, but once

// maxDiep is how deep a request may nest.
const maxDiep = 32

// ontleed reads a request into uit. A member that stands there twice, or is
// spelled with other capitals than the standard, is refused: two readers would
// see two questions. (encoding/json takes both, and the last one.)
func ontleed(body []byte, uit any, bericht string) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if fout := waarde(d, "", 0); fout != "" {
		return ongeldig("%s", fout)
	}
	if json.Unmarshal(body, uit) != nil { // also: no JSON, something after it
		return ongeldig("%s", bericht)
	}
	return nil
}

// waarde walks one value; it tells what is wrong with the names in it, never
// the names themselves. What is no JSON is not its concern.
func waarde(d *json.Decoder, in string, diep int) string {
	t, err := d.Token()
	haak, is := t.(json.Delim)
	if err != nil || !is {
		return ""
	}
	if diep > maxDiep {
		return "Dit verzoek is dieper genest dan wij lezen."
	}
	gezien := map[string]bool{}
	for d.More() {
		onder := in
		if haak == '{' {
			t, err := d.Token()
			naam, ok := t.(string)
			if err != nil || !ok {
				return ""
			}
			if gezien[naam] {
				return "In dit verzoek staat een naam twee keer. Wij weten niet welke van de twee u bedoelt."
			}
			gezien[naam] = true
			if onder = volgt(in, naam); onder == "" {
				return "Schrijf de namen in dit verzoek zoals de standaard: in kleine letters."
			}
		}
		if fout := waarde(d, onder, diep+1); fout != "" {
			return fout
		}
	}
	_, _ = d.Token() // the closing bracket; without it Unmarshal refuses
	return ""
}

// volgt gives where the value of member naam stands; empty when the name is
// another spelling of a known one.
func volgt(in, naam string) string {
	for _, l := range leden[in] {
		switch {
		case naam == l && leden[l] != nil:
			return l
		case naam != l && strings.EqualFold(naam, l):
			return ""
		}
	}
	return eigen
}
