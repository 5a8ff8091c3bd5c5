package inzage

import (
	"context"
	"slices"
	"time"

	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/toegang"
)

// meldUitstel is how long a look that may not be told at once stays untold: the
// term of Veilig Thuis for who does not know yet (Wmo 2015 5.3.4).
const meldUitstel = 28 * 24 * time.Hour

// plichten carries out, in the transaction of the log line, what the decision
// obliges to. gemeld tells that something went to the outbox.
//
// alarm and nakijken both put the look before the privacy officer: at once, and
// until somebody judged it. They come with noodtoegang, and nakijken alone with
// a look in acute danger that a rule allows (AVG 6 lid 1 onder d). meld-gezin shows the look to
// the family with emphasis, geen-melding-gezin holds it back for a while (see
// gezin.go). niet-doorgeven travels to the reader in the answer.
func (z *Inzage) plichten(ctx context.Context, tx *dossier.Tx, regel dossier.Logregel, rec dossier.Record, l toegang.Lezer, dicht bool) (gemeld bool, err error) {
	if !regel.Toegestaan {
		return false, nil
	}
	heeft := func(p string) bool { return slices.Contains(regel.Plichten, p) }
	if heeft(toegang.PlichtEenmalig) {
		if err := z.cfg.Waarborgen.Verbruik(ctx, tx, rec.Zaak, l.Organisatie.OIN); err != nil {
			return false, err
		}
	}
	if !heeft(toegang.PlichtAlarm) && !heeft(toegang.PlichtNakijken) {
		return false, nil
	}
	if !heeft(toegang.PlichtAlarm) { // no call on noodtoegang was needed
		l.Nood = toegang.Nood{Reden: redenNakijken, Tot: regel.Tijdstip.Add(toegang.NoodDuur)}
	}
	// An event goes to all of the family: not about what is withheld from one of it.
	meld := heeft(toegang.PlichtMeldGezin) && !regel.BronAfgeschermd && !dicht
	s, _ := z.VanSoort(rec.Soort)
	return meld, z.cfg.Waarborgen.Nood(ctx, tx, rec, l, regel, meld, rec.Verwijzing(z.cfg.Organisatie.OIN, s.Pad))
}

// redenNakijken is why a look without noodtoegang is reviewed.
const redenNakijken = "Inzage omdat er direct gevaar is vastgelegd, zonder noodtoegang."

// verteld tells whether the family may learn of this look by now.
func verteld(r dossier.Logregel, nu time.Time) bool {
	return !slices.Contains(r.Plichten, toegang.PlichtGeenMeldGezin) || nu.Sub(r.Tijdstip) >= meldUitstel
}

// noodgebruikt tells that the look was only allowed by noodtoegang.
func noodgebruikt(r dossier.Logregel) bool {
	return r.Nood != "" && r.Toegestaan && slices.Contains(r.Plichten, toegang.PlichtNakijken)
}
