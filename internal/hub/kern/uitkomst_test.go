package kern_test

import (
	"reflect"
	"testing"

	"github.com/handbereik/soh/internal/hub/hubtest"
	"github.com/handbereik/soh/internal/hub/kern"
)

// What is written of an outcome, the short way or the long, is what is read. A
// new member needs a thought there.
func TestUitkomstKomtTerug(t *testing.T) {
	if n := reflect.TypeFor[kern.Uitkomst]().NumField(); n != 6 {
		t.Fatalf("an outcome has %d members; see uitkomst.bytes", n)
	}
	for _, u := range []kern.Uitkomst{
		{OIN: hubtest.OrgPolitie.OIN, Digest: []byte("0123456789abcdef")}, {OIN: hubtest.OrgPolitie.OIN}, {}, {OIN: "1", Digest: []byte("0123456789abcdef")},
		{OIN: hubtest.OrgPolitie.OIN, Digest: []byte{1}, Waarschuwingen: []string{"x"}}, {OIN: hubtest.OrgPolitie.OIN, Fout: "f", Technisch: true, Validatiefouten: []string{"y"}},
	} {
		b, err := u.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		terug, err := kern.LeesUitkomst(1, b)
		if err != nil || !reflect.DeepEqual(terug, u) {
			t.Errorf("got %+v, %v; want %+v", terug, err, u)
		}
	}
}
