package node

import (
	"fmt"
	"testing"
	"time"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/node/opdracht"
	"github.com/handbereik/soh/internal/node/waarborg"
	verband "github.com/handbereik/soh/internal/samenwerkingsverband"
)

const bewijszaak = "urn:soh:zaak:brief"

// eigenBewijs gives, per proof that stands in our own safeguards, its record for a zaak
// and a party, and whether it names persons.
var eigenBewijs = map[opdracht.Bewijssoort]struct {
	soort waarborg.Soort
	maak  func(zaak string, partij begrip.OIN) waarborg.Gegeven
	wie   bool
	zelf  bool // holds for the zaak, whoever asks
}{
	opdracht.BewijsZaakverband: {waarborg.SoortZaakverband, func(zaak string, partij begrip.OIN) waarborg.Gegeven {
		return &waarborg.Zaakverband{Kop: waarborg.Kop{Bron: "proef", Zaak: zaak}, Samenwerkingsverband: "zorg-en-veiligheidshuis", Fase: 2,
			Deelnemers: []waarborg.Deelname{{Organisatie: partij, Rol: verband.RolDeelnemer}}, Betrokkenen: []begrip.InhoudBSN{inhoudBSN(kind)}}
	}, true, false},
	opdracht.BewijsBesluit: {waarborg.SoortVerstrekking, func(zaak string, partij begrip.OIN) waarborg.Gegeven {
		tot := time.Now().Add(time.Hour)
		return &waarborg.Verstrekkingsbesluit{Kop: waarborg.Kop{Bron: "proef", Zaak: zaak, Tot: &tot}, Grondslag: "WPG-19", Bevoegd: "Korpschef", Belang: "Het voorkomen van een strafbaar feit.",
			Doel: "hulpverlening", Gegevens: []verband.Klasse{verband.Strafrecht}, Voorwaarden: "Alleen hiervoor.", Ontvangers: []begrip.OIN{partij}}
	}, false, false},
	opdracht.BewijsMaatregel: {waarborg.SoortMaatregel, func(zaak string, _ begrip.OIN) waarborg.Gegeven {
		tot := time.Now().AddDate(0, 6, 0)
		return &waarborg.Maatregel{Kop: waarborg.Kop{Bron: "proef", Zaak: zaak, Tot: &tot}, Soort: "ots", Uitvoerder: vt.OIN,
			Over: waarborg.Persoon{Burgerservicenummer: inhoudBSN(kind), Geboortedatum: "2015-03-04", Roepnaam: "Lotte"}}
	}, true, true},
}

// metBewijs is a small functie whose kinds of Opdracht each take one of those proofs.
func metBewijs(begrip.Organisatie) []functie.Bouw {
	return []functie.Bouw{func(o *functie.Omgeving) functie.Functie {
		f := brieven(&gehoord{})(o)
		for wat := range eigenBewijs {
			r := briefRegel
			r.ZonderBewijs, r.Bewijs = "", []opdracht.Bewijs{{Wat: wat, Waar: opdracht.InEigenWerk}}
			f.Opdrachten = append(f.Opdrachten, opdracht.Soort{Naam: "met-" + string(wat), Titel: "Vraag met bewijs", Regel: r})
		}
		return f
	}}
}

// A proof in our own safeguards counts when it is there now, in this zaak, for who asks,
// about the persons that it names.
func TestEigenBewijsTeltAlsHetErIsVoorWieVraagt(t *testing.T) {
	n := nieuwNetMet(t, metBewijs)
	vraag := func(wat opdracht.Bewijssoort) (bool, string) {
		t.Helper()
		b, err := n.nodes[vt.OIN].inEigenWerk(t.Context(), opdracht.Bewijsvraag{Wat: wat, Zaak: bewijszaak, Partij: politie.OIN, Personen: []begrip.BSN{kind, moeder}})
		if err != nil {
			t.Fatal(err)
		}
		return b.Ja, fmt.Sprint(b.Personen)
	}
	leg := func(s waarborg.Soort, g waarborg.Gegeven) string {
		t.Helper()
		n.leg(vt, s, g)
		recs, err := n.nodes[vt.OIN].store.Zoek(t.Context(), dossier.Filter{Soort: s.Naam, Staat: waarborg.StaatActief})
		if err != nil || len(recs) != 1 {
			t.Fatal(recs, err)
		}
		return recs[0].ID
	}
	stop := func(s waarborg.Soort, id string) {
		t.Helper()
		if _, err := n.nodes[vt.OIN].waarborgen.Beeindig(t.Context(), s, id, "Dit geldt niet meer.", "Ada"); err != nil {
			t.Fatal(err)
		}
	}
	for wat, x := range eigenBewijs {
		nee := func(waarom string) {
			t.Helper()
			if ja, wie := vraag(wat); ja || wie != "[false false]" {
				t.Errorf("%s, %s: %v %s", wat, waarom, ja, wie)
			}
		}
		nee("er is niets")
		id := leg(x.soort, x.maak("urn:soh:zaak:ander", politie.OIN))
		nee("van een andere zaak")
		stop(x.soort, id)
		id = leg(x.soort, x.maak(bewijszaak, vt.OIN))
		if ja, _ := vraag(wat); ja != x.zelf {
			t.Errorf("%s van een ander: %v", wat, ja)
		}
		stop(x.soort, id)
		straks := x.maak(bewijszaak, politie.OIN)
		switch g := straks.(type) {
		case *waarborg.Zaakverband:
			g.Deelnemers[0].Vanaf = time.Now().Add(time.Hour)
		case *waarborg.Maatregel:
			g.Vanaf = time.Now().Add(time.Hour)
		case *waarborg.Verstrekkingsbesluit:
			g.Vanaf = time.Now().Add(time.Minute)
		}
		id = leg(x.soort, straks)
		nee("geldt nog niet")
		stop(x.soort, id)
		id = leg(x.soort, x.maak(bewijszaak, politie.OIN))
		wil := "[false false]"
		if x.wie {
			wil = "[true false]"
		}
		if ja, wie := vraag(wat); !ja || wie != wil {
			t.Errorf("%s dat er is: %v %s", wat, ja, wie)
		}
		stop(x.soort, id)
		nee("is gestopt")
	}
}

// The question becomes an Opdracht when the proof is on record at the one who is asked.
func TestZonderEigenBewijsGeenOpdracht(t *testing.T) {
	n := nieuwNetMet(t, metBewijs)
	ids := map[opdracht.Bewijssoort]string{}
	for wat := range eigenBewijs {
		brief := n.brief(politie, false)
		if err := n.nodes[politie.OIN].store.Tx(t.Context(), func(tx *dossier.Tx) error {
			o, err := n.nodes[politie.OIN].opdracht.Bied(t.Context(), tx, opdracht.Opdracht{Soort: "met-" + string(wat), Aan: vt.OIN, Zaak: bewijszaak, Personen: 1, Vrager: briefVrager,
				Onderwerp: opdracht.Verwijzing{Bron: politie.OIN, Soort: "brief", Pad: "/v1/brieven/" + brief}})
			ids[wat] = o.ID
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	n.nodes[politie.OIN].Omgeving().Wek()
	post := func() int {
		os, err := n.nodes[vt.OIN].opdracht.Postvak(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(os)
	}
	n.wacht("de vragen zijn er", func() bool {
		recs, _ := n.nodes[vt.OIN].store.Zoek(t.Context(), dossier.Filter{Zaak: bewijszaak})
		return len(recs) == len(ids)
	})
	if post() > 0 {
		t.Error("er is een opdracht zonder bewijs")
	}
	n.leg(vt, waarborg.SoortMaatregel, eigenBewijs[opdracht.BewijsMaatregel].maak(bewijszaak, politie.OIN))
	n.wacht("de opdracht met bewijs", func() bool { return n.staat(vt, ids[opdracht.BewijsMaatregel]) == opdracht.Aangeboden && post() == 1 })
}
