package uitkomst

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/web"
)

// Conditie is whether an actie goes ahead in any case. The published contract has one
// text for it: MarshalText writes that, UnmarshalText reads what anybody wrote there.
type Conditie struct {
	Soort string `json:"-" vraag:"Gaat het zeker door?" naam:"soort" invoer:"rondjes" keuzes:"zeker=Ja|als=Alleen als er iets gebeurt"`
	Als   string `json:"-" vraag:"Waarvan hangt het af?" naam:"als" hint:"Alleen invullen als het ergens van afhangt." required:"false" maxLength:"2000" invoer:"lang"`
}

const (
	zonderConditie = "Onvoorwaardelijk."
	metConditie    = "Alleen als: "
)

// MarshalText gives the text of the contract.
func (c Conditie) MarshalText() ([]byte, error) {
	if c.Soort != "als" {
		return []byte(zonderConditie), nil
	}
	return []byte(metConditie + c.Als), nil
}

// UnmarshalText never fails: what it does not know is a condition in words.
func (c *Conditie) UnmarshalText(t []byte) error {
	s := strings.TrimSpace(string(t))
	switch strings.ToLower(strings.Trim(s, ". ")) {
	case "", "onvoorwaardelijk", "geen", "nee", "n.v.t", "nvt", "niet van toepassing", "zonder voorwaarde":
		*c = Conditie{Soort: "zeker"}
		return nil
	}
	*c = Conditie{Soort: "als", Als: zonderBegin(s, "alleen als:", "alleen als ", "voorwaarde:", "onder voorwaarde dat ", "indien ", "als ", "mits ")}
	return nil
}

// Informering is whether the people an actie is about know of it, and why not.
type Informering struct {
	Stand string `json:"-" vraag:"Weten zij het?" naam:"stand" invoer:"rondjes" keuzes:"ja=Ja|later=Nog niet, maar dat gebeurt wel|nee=Nee"`
	Op    string `json:"-" vraag:"Wanneer is het verteld?" naam:"op" required:"false" invoer:"datum"`
	Tekst string `json:"-" vraag:"Hoe, of waarom niet?" naam:"tekst" hint:"Bij ‘nee’ leest het gezin dit later als reden." required:"false" maxLength:"2000" invoer:"lang"`
}

const (
	isVerteld     = "Geïnformeerd"
	wordtVerteld  = "Wordt nog geïnformeerd"
	nietVerteld   = "Niet geïnformeerd"
	scheidInforme = ": "
)

// MarshalText gives the text of the contract.
func (i Informering) MarshalText() ([]byte, error) {
	s := map[string]string{"ja": isVerteld, "later": wordtVerteld, "nee": nietVerteld}[i.Stand]
	if s == "" {
		return []byte(i.Tekst), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, i.Op, web.Zone); err == nil && i.Stand == "ja" {
		s += " op " + web.Nederlands.Datum(t)
	}
	if i.Tekst == "" {
		return []byte(s + "."), nil
	}
	return []byte(s + scheidInforme + i.Tekst), nil
}

// UnmarshalText never fails: words that it does not know tell how people were informed;
// no words at all tell nothing.
func (i *Informering) UnmarshalText(t []byte) error {
	s := strings.TrimSpace(string(t))
	if *i = (Informering{}); s == "" {
		return nil
	}
	klein := strings.ToLower(s)
	begint := func(ws ...string) bool {
		for _, w := range ws {
			if strings.HasPrefix(klein, w) {
				return true
			}
		}
		return false
	}
	switch {
	case begint("wordt", "worden", "nog niet", "later", "moet nog"):
		i.Stand, i.Tekst = "later", zonderBegin(s, "wordt nog geïnformeerd:", "wordt nog geïnformeerd.", "wordt nog geïnformeerd", "nog niet geïnformeerd:", "later:")
	case begint("niet", "nee", "geen"):
		i.Stand, i.Tekst = "nee", zonderBegin(s, "niet geïnformeerd:", "niet geïnformeerd.", "niet geïnformeerd,", "niet geïnformeerd", "nee:", "nee,", "nee.", "nee")
	default:
		i.Stand = "ja"
		i.Op, i.Tekst = verteldOp(s)
	}
	return nil
}

// verteldOp takes the day out of "Geïnformeerd op 1 december 2026: mondeling", as far
// as it stands there in that form.
func verteldOp(s string) (op, tekst string) {
	rest := zonderBegin(s, isVerteld)
	if dag, na, _ := strings.Cut(strings.TrimPrefix(rest, "op "), ":"); rest != s && strings.HasPrefix(rest, "op ") {
		if t, ok := leesDag(strings.TrimRight(strings.TrimSpace(dag), ".")); ok {
			return begrip.Dag(t), strings.TrimSpace(na)
		}
	}
	if rest == s {
		return "", zonderBegin(s, "ja:", "ja,", "ja.", "ja")
	}
	return "", strings.TrimSpace(strings.TrimLeft(rest, ":., "))
}

// leesDag reads "1 december 2026".
func leesDag(s string) (time.Time, bool) {
	delen := strings.Fields(s)
	if len(delen) != 3 {
		return time.Time{}, false
	}
	m := slices.Index(begrip.Maanden[:], strings.ToLower(delen[1]))
	t, err := time.ParseInLocation("2006-1-2", fmt.Sprintf("%s-%d-%s", delen[2], m+1, delen[0]), web.Zone)
	return t, m >= 0 && err == nil
}

// zonderBegin takes the first of these beginnings away, whatever its capitals.
func zonderBegin(s string, begin ...string) string {
	for _, b := range begin {
		if len(s) >= len(b) && strings.EqualFold(s[:len(b)], b) {
			return strings.TrimSpace(s[len(b):])
		}
	}
	return s
}
