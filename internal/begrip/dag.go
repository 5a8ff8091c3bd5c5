package begrip

import (
	"time"
	_ "time/tzdata" // the machine may have no time zones of its own
)

// Zone is where a day begins: what is true of a date is true in the Netherlands,
// wherever the machine stands.
var Zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return time.UTC
	}
	return z
}()

// Dag gives the date of nu in the Netherlands, as 2026-11-23. Dates in this form
// compare as text.
func Dag(nu time.Time) string { return nu.In(Zone).Format(time.DateOnly) }
