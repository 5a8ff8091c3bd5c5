package gebeurtenis

import (
	"time"

	"github.com/google/uuid"

	"github.com/handbereik/soh/internal/cloudevent"
	"github.com/handbereik/soh/internal/node/dossier"
	"github.com/handbereik/soh/internal/prov"
)

// Maak makes the event of a change in the records of this deelnemer. systeem is
// the source (urn:nld:oin:<oin>:systeem:<naam>), subject the urn of what the
// event is about. Its id is new; it is registered now.
func Maak(systeem, type_, subject string, g prov.Graph) cloudevent.Event {
	return cloudevent.Event{
		ID:              "urn:soh:gebeurtenis:" + uuid.Must(uuid.NewV7()).String(),
		Source:          systeem,
		Type:            type_,
		Time:            time.Now().UTC().Truncate(time.Microsecond),
		Subject:         subject,
		DataContentType: cloudevent.TypeLD,
		DataSchema:      cloudevent.SchemaProv,
		Data:            g.JSONLD(),
	}
}

// Bericht makes the message that carries an event to the hub; write it with
// dossier.Tx.Verstuur in the transaction of the change itself.
func Bericht(ev cloudevent.Event) dossier.Bericht {
	return dossier.Bericht{
		ID:          ev.ID,
		Bestemming:  Hub,
		Soort:       ev.Type,
		Pad:         "/v1/events",
		ContentType: cloudevent.TypeEvent,
		Body:        ev.Append(nil),
	}
}
