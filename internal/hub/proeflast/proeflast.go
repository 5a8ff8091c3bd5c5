// Package proeflast makes the events with which the hub is measured. It
// promises events that a node could have sent and that differ as real ones do
// (ids, persons, names, addresses, times, kinds), so that neither compression
// nor a cache flatters, and that making one costs little beside sending it.
// Everybody in them is made up.
package proeflast

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/prov"
)

// Gewoon is about the size in bytes of an ordinary event; none is smaller.
const Gewoon = 1400

// rest is about how many bytes come behind the explanation.
const rest = 680

// Maker makes events of one organisation. Each goroutine has its own.
type Maker struct {
	org      begrip.Organisatie
	personen int
	bytes    int
	r        *rand.Rand
}

// Nieuw gives a maker of events about that many persons (at least one, at most
// MaxPersonen), of that many bytes (0 is Gewoon). Makers with another zaad never
// make the same event.
func Nieuw(org begrip.Organisatie, personen, bytes int, zaad uint64) *Maker {
	return &Maker{org: org, personen: min(max(personen, 1), MaxPersonen), bytes: bytes, r: rand.New(rand.NewPCG(zaad, uint64(time.Now().UnixNano())))}
}

// MaxPersonen is how many test numbers there are.
const MaxPersonen = 900_000

// eersteNummer begins the numbers that are used: far above those in use.
const eersteNummer = 990_000_000

// BSN gives test number i: the only one in a series of eleven, or the one
// after it, that passes the eleven-test.
func BSN(i int) string {
	n := eersteNummer + 11*(i%MaxPersonen)
	for ; ; n++ {
		if s := strconv.Itoa(n); begrip.ElfProef(s) {
			return s
		}
	}
}

// soort is a kind of event with the nouns in its graph.
type soort struct{ typ, entiteit, klasse, handeling string }

var soorten = []soort{
	{cloudevent.MeldingGeregistreerd, "melding", "soh:Melding", "soh:RegistrerenMelding"},
	{cloudevent.BekendheidGeweigerd, "verrijkingsverzoek", "soh:Verrijkingsverzoek", "soh:WeigerenBekendheid"},
	{cloudevent.UitkomstBeschikbaar, "uitkomst-overleg", "soh:UitkomstOverleg", "soh:BeschikbaarStellenUitkomstOverleg"},
	{cloudevent.BekendheidVerstrekt, "verrijkingsverzoek", "soh:Verrijkingsverzoek", "soh:VerstrekkenBekendheid"},
}

var (
	voornamen    = []string{"Sanne", "Mohammed", "Fleur", "Daan", "Yara", "Bram", "Noor", "Sem", "Lotte", "Ilias", "Eva", "Thijs", "Zoë", "Jayden", "Merel", "Kees", "Aylin", "Ruben", "Femke", "Omar"}
	achternamen  = []string{"de Jong", "Yılmaz", "Bakker", "van den Berg", "El Amrani", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "Bos", "Vos", "Peters", "Hendriks", "Dekker", "Kaya", "Dijkstra", "Willems", "Postma", "Kuipers"}
	plaatsen     = []string{"Utrecht", "Zwolle", "Breda", "Almere", "Venlo", "Assen", "Gouda", "Hengelo", "Leiden", "Tilburg"}
	aanleidingen = []string{"ruzie thuis", "zorgen van school", "huisbezoek", "signaal van de huisarts", "terugkerende meldingen", "verzuim", "gesprek met het gezin", "verhuizing", "zorgen om geld", "bericht van de wijkagent"}
)

// Append appends one event behind dst and gives what to ask for to find it.
func (m *Maker) Append(dst []byte) (uit []byte, subject string, persoon string) {
	van, s, nu := len(dst), soorten[m.r.IntN(len(soorten))], time.Now().UTC()
	nummer := m.r.IntN(m.personen)
	bsn, id, activiteit := BSN(nummer), m.uuid(nu), m.uuid(nu)
	subject = "urn:soh:" + s.entiteit + ":" + id
	oin := m.org.OIN.URN()
	schrijf := func(delen ...string) {
		for _, d := range delen {
			dst = append(dst, d...)
		}
	}
	schrijf(`{"specversion":"1.0","id":"`, m.uuid(nu), `","source":"`, oin, `:systeem:meting","type":"`, s.typ,
		`","time":"`, nu.Format("2006-01-02T15:04:05.000Z"), `","subject":"`, subject,
		`","datacontenttype":"application/ld+json","dataschema":"`, cloudevent.SchemaProv,
		`","data":{"@context":{"prov":"`, prov.NSProv, `","soh":"`, prov.NSSoh, `"},"@graph":[`)
	schrijf(`{"@id":"`, subject, `","@type":["prov:Entity","`, s.klasse, `"],"soh:identifier":"`, id,
		`","soh:zaak":{"@id":"urn:soh:zaak:`, m.uuid(nu), `"},"soh:inzageUrl":"https://knooppunt-`, strconv.Itoa(m.r.IntN(900)+100), `.example/v1/`, s.entiteit, `/`, id,
		`","soh:heeftBetrokkene":{"@id":"urn:soh:betrokkene:`, id, `"},"prov:wasGeneratedBy":{"@id":"urn:soh:activiteit:`, activiteit, `"}`)
	if kop := len(dst) - van; kop < m.bytes-rest {
		schrijf(`,"soh:toelichting":"`)
		for len(dst)-van < m.bytes-rest {
			schrijf(m.kies(aanleidingen), " in ", m.kies(plaatsen), " (", strconv.FormatUint(m.r.Uint64(), 36), "), ")
		}
		schrijf(`"`)
	}
	schrijf(`},{"@id":"urn:soh:activiteit:`, activiteit, `","@type":["prov:Activity","`, s.handeling, `"],"soh:tijdstip":"`,
		nu.Add(-time.Duration(m.r.IntN(3_600_000))*time.Millisecond).Format("2006-01-02T15:04:05.000Z"), `","prov:wasAssociatedWith":{"@id":"`, oin, `"}},`)
	schrijf(`{"@id":"`, oin, `","@type":["prov:Agent","soh:Organisatie"],"soh:naam":"`, m.org.Naam, `"},`)
	schrijf(`{"@id":"urn:soh:betrokkene:`, id, `","@type":"soh:Betrokkene","soh:burgerservicenummer":"`, bsn,
		`","soh:naam":"`, m.kies(voornamen), " ", m.kies(achternamen), `"}]}}`)
	return dst, subject, bsn
}

// Persoon is one of the persons the events are about.
func (m *Maker) Persoon() string { return BSN(m.r.IntN(m.personen)) }

// Lijst appends a batch of n events behind dst.
func (m *Maker) Lijst(dst []byte, n int) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst, _, _ = m.Append(dst)
	}
	return append(dst, ']')
}

func (m *Maker) kies(uit []string) string { return uit[m.r.IntN(len(uit))] }

// uuid gives a version 7 without asking the kernel for each one.
func (m *Maker) uuid(nu time.Time) string {
	const hex = "0123456789abcdef"
	hoog, laag := uint64(nu.UnixMilli())<<16|0x7000|m.r.Uint64()&0xfff, 1<<63|m.r.Uint64()>>2
	var b [36]byte
	for i, k := 0, 0; i < 36; i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			b[i] = '-'
			continue
		}
		w := hoog
		if k >= 16 {
			w = laag
		}
		b[i] = hex[w>>(60-4*(k%16))&15]
		k++
	}
	return string(b[:])
}
