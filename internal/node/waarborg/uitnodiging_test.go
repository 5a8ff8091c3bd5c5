package waarborg

import (
	"testing"
	"time"
)

// TestUitnodigingVerloopt: after fourteen days it waits no longer and opens
// nothing; what the family gave without a code never does.
func TestUitnodigingVerloopt(t *testing.T) {
	nu := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	tot := nu.AddDate(0, 3, 0)
	v := &Vertegenwoordiging{Kop: Kop{Vanaf: nu, Tot: &tot, Door: doorBetrokkene}, Uitnodiging: nieuweUitnodiging(schoneCode(NieuweCode()), nu)}
	if !v.wacht(nu.AddDate(0, 0, 14).Add(-time.Second)) || v.wacht(nu.AddDate(0, 0, 14)) || v.aanvaard() {
		t.Error("it does not end after fourteen days")
	}
	if v.Uitnodiging = nil; v.aanvaard() {
		t.Error("given without a code, it opens")
	}
	if schoneCode(" abcd-2345 ") != "ABCD2345" || schoneCode("ABCD-2340") != "" {
		t.Error("a code as a person types it")
	}
}
