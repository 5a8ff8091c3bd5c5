package toegang

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/handbereik/soh/internal/begrip"
)

// Medewerker is a member of an organisation's staff behind a personal
// certificate: the OIN of the organisation as serialNumber, the person as
// commonName.
type Medewerker struct {
	Naam    string `json:"naam"`
	Sleutel string `json:"sleutel"` // SHA-256 of the public key, hex
}

// Zelfde tells whether two of them may be one person: the same name or the same
// key is enough.
func (m Medewerker) Zelfde(n Medewerker) bool {
	return strings.EqualFold(strings.Join(strings.Fields(m.Naam), " "), strings.Join(strings.Fields(n.Naam), " ")) || m.Sleutel == n.Sleutel
}

// MedewerkerVan gives who calls; Verboden when the certificate is that of the
// organisation as a whole.
func MedewerkerVan(r *http.Request) (Medewerker, error) {
	cert, err := certificaat(r)
	if err != nil {
		return Medewerker{}, err
	}
	naam := strings.TrimSpace(cert.Subject.CommonName)
	if naam == "" || len(cert.Subject.Organization) == 0 || slices.Contains(cert.Subject.Organization, naam) {
		return Medewerker{}, begrip.NieuweFout(begrip.Verboden, "Hiervoor is een persoonlijk certificaat nodig: uw eigen naam of personeelsnummer als commonName, de organisatie als organization.")
	}
	som := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return Medewerker{naam, hex.EncodeToString(som[:])}, nil
}
