package dossier

import (
	"strings"
	"testing"
)

// TestVragenGebruikenEenIndex: a read must not slow down as the dossier grows.
func TestVragenGebruikenEenIndex(t *testing.T) {
	s, _ := nieuw(t)
	for q, index := range map[string]string{
		`SELECT 1 FROM record r WHERE r.soort = $1 AND r.id = $1 AND r.rec_to = ` + open:                                    "record_open",
		`SELECT 1 FROM record r WHERE r.rec_to = ` + open + ` AND r.zaak = $1`:                                              "record_zaak",
		`SELECT 1 FROM record r WHERE r.rec_to = ` + open + ` AND r.soort = $1 ORDER BY r.rec_from DESC, r.id DESC LIMIT 9`: "record_nieuwste",
		`SELECT 1 FROM record r JOIN record_persoon p ON p.soort = r.soort AND p.id = r.id AND p.versie = r.versie
			WHERE r.rec_to = ` + open + ` AND p.bsn = $1`: "record_persoon_bsn",
		`SELECT 1 FROM outbox WHERE staat = 'wacht' AND bestemming = $1 ORDER BY nr LIMIT 1`: "outbox_staat",
		`SELECT DISTINCT bestemming FROM outbox WHERE staat = 'wacht' ORDER BY bestemming`:   "outbox_staat",
	} {
		stappen, err := rijen(t.Context(), s.lees, func(scan func(...any) error) (string, error) {
			var a, b, c int
			var stap string
			err := scan(&a, &b, &c, &stap)
			return stap, err
		}, "EXPLAIN QUERY PLAN "+q, "x")
		plan := strings.Join(stappen, "; ")
		if err != nil || !strings.Contains(plan, index) || strings.Contains(plan, "SCAN r") {
			t.Errorf("%s\n\t%s %v", q, plan, err)
		}
	}
}
