package cloudevent

import (
	"strings"
	"testing"
)

// What names something holds no text and no number of a person; every form of the
// published contracts is one.
func TestIdentifierIsGeenTekst(t *testing.T) {
	const id = "197ee085-d7e9-4331-a1f0-a3e7bea63156"
	for _, goed := range []string{
		id, "urn:uuid:" + id, "urn:soh:melding:" + id, "urn:activity:beschikbaarstellen:" + id, "urn:activity:beschikbaarstellen:12345", "urn:uitkomst-overleg-98765",
		"urn:organisatie:voorbeeld", "urn:organisatie:voorbeeld:systeem:uitkomstoverleg", "urn:betrokkene:67890", "urn:nld:oin:00000001823288444000:systeem:uitkomstoverleg",
		"urn:nld:kvknr:09220932:systeem:x", "event-query-12345", "uitkomst-overleg-98765", "voorbeeldonderwerp", "melding/" + id, "/uitkomsten-overleg",
		"https://inzage.voorbeeld.nl/uitkomst/98765", "https://127.0.0.1:45678/v1/meldingen/" + id, "https://00000001000000002000.example/v1/meldingen/" + id,
		"http://www.w3.org/ns/prov#", "http://www.w3.org/2001/XMLSchema#", "01ARZ3NDEKTSV4RRFFQ69G5FAV", strings.Repeat("0a", 32), "urn:soh:zaak:mdo-1",
	} {
		if !Identifier(goed) || !Identifier([]byte(goed)) {
			t.Errorf("%s is refused", goed)
		}
	}
	for _, fout := range []string{
		"", "Jan slaat Sanne", "Jan%20slaat", "jan-slaat-sanne-hard", "urn:soh:zaak:jan-slaat-sanne", "urn:x:JanSlaatSanne", "urn:x:" + strings.Repeat("x", 600),
		"urn:tel:0612345678", "urn:tel:06-12345678", "urn:tel:+31612345678", "urn:x:1234AB", "urn:x:1234ab12", "https://jan@x.example/", "https://x.example/?naam=jan",
		"https://x.example/0612345678", "https://0612345678.example/", "mailto:jan@x.example", "urn:x:NL91ABNA0417164300", "urn:x:é", "urn:x:Jan_Slaat_Sanne", "urn:nld:kvknr:jan-slaat-sanne",
		id + "-jan-slaat-sanne-hard", "urn:x:999999990",
	} {
		if Identifier(fout) {
			t.Errorf("%q is taken", fout)
		}
	}
	for _, goed := range []string{"soh:Melding", "prov:wasGeneratedBy", "@type", "bericht", "http://www.w3.org/ns/prov#Entity", "soh:x1"} {
		if !Woord(goed) {
			t.Errorf("%s is no word", goed)
		}
	}
	for _, fout := range []string{"", "soh:Jan slaat", "soh:0612345678", "jan@x.example", "soh:", "soh:Jan%20slaat", "Jan slaat:Sanne", "http://x.example/?q=1#a"} {
		if Woord(fout) {
			t.Errorf("%q is a word", fout)
		}
	}
}
