package toegang

import "github.com/handbereik/soh/internal/begrip"

// Weigering names the record of which a look was refused: the cause of such an
// error, so that a page can lead on to noodtoegang.
type Weigering struct {
	Bron begrip.OIN
	Pad  string // "/v1/meldingen/<uuid>"
}

// Error says no more than that.
func (Weigering) Error() string { return "een inzage is geweigerd" }
