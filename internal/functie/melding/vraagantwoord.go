package melding

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// VraagAntwoorden is one or many: the draft names a single object, practice
// asks a list. One is written as an object, as the draft has it.
type VraagAntwoorden []VraagAntwoord

// UnmarshalJSON reads an object or a list.
func (v *VraagAntwoorden) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		*v = make(VraagAntwoorden, 1)
		return json.Unmarshal(b, &(*v)[0])
	}
	return json.Unmarshal(b, (*[]VraagAntwoord)(v))
}

// MarshalJSON writes a single one as an object.
func (v VraagAntwoorden) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return json.Marshal(v[0])
	}
	return json.Marshal([]VraagAntwoord(v))
}

// Schema documents both forms.
func (VraagAntwoorden) Schema(r huma.Registry) *huma.Schema {
	een := r.Schema(reflect.TypeFor[VraagAntwoord](), true, "VraagAntwoord")
	return &huma.Schema{OneOf: []*huma.Schema{een, {Type: huma.TypeArray, Items: een}}, Description: "Eén vraag met antwoord, of een lijst"}
}

func nummer(naam string, i int) string { return naam + strconv.Itoa(i+1) }
