package begrip

import (
	"encoding/json"
	"errors"
)

// Geheim tells whether an address must stay hidden (geheimhouding, Wet BRP 2.59).
// The zero value is that nobody knows yet, and what is not known is hidden.
type Geheim uint8

// The three values.
const (
	GeheimOnbekend Geheim = iota
	GeheimNee
	GeheimJa
)

// GeheimVan gives the value of a known answer.
func GeheimVan(ja bool) Geheim {
	if ja {
		return GeheimJa
	}
	return GeheimNee
}

// Verborgen tells that the address is shown to nobody but who must act on it:
// it is hidden, or nobody knows.
func (g Geheim) Verborgen() bool { return g != GeheimNee }

// MarshalJSON writes true, false, or null for what is not known.
func (g Geheim) MarshalJSON() ([]byte, error) {
	switch g {
	case GeheimJa:
		return []byte("true"), nil
	case GeheimNee:
		return []byte("false"), nil
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (g *Geheim) UnmarshalJSON(b []byte) error {
	var ja *bool
	if json.Unmarshal(b, &ja) != nil {
		return errors.New("adresGeheim is true, false of null")
	}
	*g = GeheimOnbekend
	if ja != nil {
		*g = GeheimVan(*ja)
	}
	return nil
}
