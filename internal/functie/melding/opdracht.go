package melding

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/opdracht"
)

// meldgronden give the ground on which a melding is made, by who receives it:
// anyone may give Veilig Thuis what is needed to examine abuse (Wmo 2015, 5.2.6).
var meldgronden = map[Soort]begrip.Grondslag{SoortVT: begrip.GrondWmo526, SoortZVH: "WGS-ZVH"}

// melders are the roles that make a melding: whoever carries cases (meldcode,
// step 5), and the case system in which such a person made it. The same as in
// beleid.rego; a test holds that.
var melders = append(slices.DeleteFunc(begrip.Rollen(), func(r begrip.Rol) bool { return !r.DraagtZaken() }), begrip.RolSysteem)

func magMelden(r begrip.Rol) bool { return slices.Contains(melders, r) }

// zonderZaken are the kinds of organisation that have no cases of their own.
var zonderZaken = []begrip.OrganisatieSoort{begrip.Burgerportaal, begrip.Ketenbeheerder, begrip.Vertrouwenspersoon}

// metZaken are the others.
var metZaken = slices.DeleteFunc(slices.Clone(begrip.OrganisatieSoorten), func(s begrip.OrganisatieSoort) bool { return slices.Contains(zonderZaken, s) })

// MaxPersonen is about how many persons one melding is at most.
const MaxPersonen = 30

// meldregel says who may offer a melding. A melding is where a case begins: it
// gives, and asks nothing about anybody, so nothing has to exist before it.
var meldregel = opdracht.Regel{
	Onderwerp: soortMelding, MaxPersonen: MaxPersonen,
	ZonderBewijs: "een melding geeft en vraagt niets; zij is het begin van een zaak",
	Wegen: []opdracht.Weg{
		{Soorten: metZaken, Rollen: melders, Doelen: []begrip.Doel{begrip.DoelEigenMelding}, Gronden: []begrip.Grondslag{begrip.GrondWmo526}, Aan: []begrip.OrganisatieSoort{begrip.VeiligThuis}},
		{ // who takes part in a zorg- en veiligheidshuis (its definition)
			Soorten: []begrip.OrganisatieSoort{begrip.Gemeente, begrip.GGZ, begrip.Politie, begrip.OM, begrip.Reclassering, begrip.RvdK, begrip.GI, begrip.VeiligThuis, begrip.JJI},
			Rollen:  melders, Doelen: []begrip.Doel{begrip.DoelEigenMelding}, Gronden: []begrip.Grondslag{"WGS-ZVH"}, Aan: []begrip.OrganisatieSoort{begrip.ZVH},
		},
	},
}
