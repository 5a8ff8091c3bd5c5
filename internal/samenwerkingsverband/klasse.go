package samenwerkingsverband

import "errors"

var klassenamen = [AantalKlassen]string{
	"of iemand bekend is", "wie erbij betrokken is", "welke maatregelen of onderzoeken er zijn", "de hulp",
	"gegevens van politie en justitie", "gegevens over de gezondheid", "wie iets meldde of waar iemand verborgen woont",
}

// Naam gives the class in words that a family understands.
func (k Klasse) Naam() string {
	if k < Bekendheid || k > Bronbeschermd {
		return ""
	}
	return klassenamen[k]
}

// ErrKlasse tells what a class looks like.
var ErrKlasse = errors.New("een klasse is I0, I1, I2, I3, I4, I5 of I6")

// MarshalText gives I0 to I6; anything else is ErrKlasse.
func (k Klasse) MarshalText() ([]byte, error) {
	if k < Bekendheid || k > Bronbeschermd {
		return nil, ErrKlasse
	}
	return []byte(k.String()), nil
}

// UnmarshalText reads I0 to I6.
func (k *Klasse) UnmarshalText(t []byte) error {
	for x := Bekendheid; x <= Bronbeschermd; x++ {
		if string(t) == x.String() {
			*k = x
			return nil
		}
	}
	return ErrKlasse
}
