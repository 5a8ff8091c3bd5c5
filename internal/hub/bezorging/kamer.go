// Package bezorging brings events to who subscribed to them: by webhook, or held ready
// to be fetched.
//
// It promises: at least once and in the order of the log, also when the process dies
// under it; what a subscriber gets is decided at delivery, by the rights of that moment,
// as for who asks; a receiver that is slow or fails holds up nobody else; nothing about a
// person goes out without its line in the log of looks.
package bezorging

import (
	"github.com/handbereik/soh/internal/hub/antwoord"
	"github.com/handbereik/soh/internal/hub/feit"
	"github.com/handbereik/soh/internal/hub/inname"
	"github.com/handbereik/soh/internal/hub/kern"
	"github.com/handbereik/soh/internal/hub/kijk"
	"github.com/handbereik/soh/internal/hub/webhook"
)

// Hub is the hub as far as this room knows it.
type Hub struct {
	*kern.Kern
	Kijk     *kijk.Hub
	Feit     *feit.Hub
	Inname   *inname.Hub
	Antwoord *antwoord.Hub

	Bezorgen  Regels
	Verzender *webhook.Verzender // nil without Identiteit
}

// Nieuw gives the room over those below it.
func Nieuw(k *kern.Kern, kijken *kijk.Hub, f *feit.Hub, i *inname.Hub, a *antwoord.Hub) *Hub {
	h := &Hub{Kern: k, Kijk: kijken, Feit: f, Inname: i, Antwoord: a, Bezorgen: gewoonBezorgen}
	if k.Cfg.Identiteit != nil {
		h.Verzender = webhook.Nieuw(*k.Cfg.Identiteit)
	}
	return h
}
