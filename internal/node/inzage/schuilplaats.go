package inzage

import (
	"slices"

	"github.com/handbereik/soh/internal/begrip"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/samenwerkingsverband"
)

// schuilt tells whether one of these records is about somebody who lives in
// hiding, or of whom that is not known, and for whom l does not act by mandate or
// in that person's place. Gezag is no such thing: the other parent has it too. To
// l then nothing may tell where that person is found: no organisation by name, no
// contact, no words of a professional.
func (b *blik) schuilt(recs []dossier.Record) bool {
	for _, rec := range recs {
		s, ok := b.soorten[rec.Soort]
		if ok && s.Betrokkenen != nil && slices.ContainsFunc(s.Betrokkenen(rec), func(x begrip.Betrokkene) bool {
			return x.Verborgen() && !b.treedtOp(x.Burgerservicenummer.BSN)
		}) {
			return true
		}
	}
	return false
}

// treedtOp tells that the reader is wie, or acts for it by its mandate or in its place.
func (b *blik) treedtOp(wie begrip.BSN) bool {
	if wie.IsZero() {
		return false
	}
	switch b.f.Relatie(b.l.Burger, wie) {
	case samenwerkingsverband.RelatieAnder, samenwerkingsverband.RelatieOuder, samenwerkingsverband.RelatieVoogd:
		return false
	}
	return true
}

// verhul leaves of a part what tells no place: what it is, when, and the term.
func (d *Deel) verhul(s Soort) {
	d.Titel, d.Tekst, d.Regels, d.Contact, d.Gevraagd = s.Titel, "", nil, nil, nil
}

// verhul names a look by kind of organisation.
func (i *Inkijk) verhul(soort begrip.OrganisatieSoort, rol begrip.Rol) {
	i.Organisatie, i.Rol = hoofdletter(soort.Verhuld()), ""
	if rol != begrip.RolSysteem {
		i.Wie = "Een medewerker"
	}
}

// soortVan is the kind of an organisation in the register.
func (z *Inzage) soortVan(oin begrip.OIN) begrip.OrganisatieSoort {
	if oin == z.cfg.Organisatie.OIN {
		return z.cfg.Organisatie.Soort
	}
	o, _, _ := z.cfg.Deelnemer(oin)
	return o.Soort
}
