package bekendheid

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/functie/melding"
	"github.com/handbereik/soh/internal/node/opdracht"
)

// maxGevraagd is about how many persons one question is at most: a family.
const maxGevraagd = melding.MaxPersonen

// vraagregel says who may ask whether somebody is known: Veilig Thuis, for a
// melding that exists (Wmo 2015, 5.1.6). That it does, others than the asker say
// at the Ketenindex; who is asked never takes the asker's word for it.
var vraagregel = opdracht.Regel{
	Onderwerp: soortVerzoek, MaxPersonen: maxGevraagd,
	Bewijs: []opdracht.Bewijs{{Wat: opdracht.BewijsMelding, Waar: opdracht.BijKetenindex}},
	Wegen: []opdracht.Weg{{
		Soorten: []begrip.OrganisatieSoort{begrip.VeiligThuis}, Rollen: []begrip.Rol{begrip.RolMedewerkerVT},
		Doelen: []begrip.Doel{begrip.DoelVTMelding}, Gronden: []begrip.Grondslag{begrip.GrondWmo516}, Aan: bevraagden,
	}},
}

// bevraagden are the kinds of organisation that can be asked: all that can know a
// family from their own work.
var bevraagden = slices.DeleteFunc(slices.Clone(begrip.OrganisatieSoorten), func(s begrip.OrganisatieSoort) bool {
	return slices.Contains([]begrip.OrganisatieSoort{begrip.Burgerportaal, begrip.Ketenbeheerder, begrip.Vertrouwenspersoon}, s)
})

// hoortBij tells whether the question that was read is the one that was offered
// and decided about: of the same asker, to us, in the same zaak, for the same
// purpose, about no more persons.
func (v *Verrijking) hoortBij(o opdracht.Opdracht) bool {
	return v.Vrager == o.Van && v.bevraagde() == o.Aan && v.Zaak == o.Zaak && v.RedenVerzoek == o.Vrager.Doel && len(v.Personen()) <= o.Personen
}
