package hub

import (
	"encoding/json"
	"reflect"
	"testing"
)

// The short way to write an outcome must write what the long way does. A new
// member needs a thought there.
func TestKorteUitkomstIsDezelfde(t *testing.T) {
	if n := reflect.TypeFor[uitkomst]().NumField(); n != 6 {
		t.Fatalf("an outcome has %d members; see uitkomst.bytes", n)
	}
	for _, u := range []uitkomst{
		{OIN: orgPolitie.OIN, Digest: []byte("0123456789abcdef")}, {OIN: orgPolitie.OIN}, {},
		{OIN: orgPolitie.OIN, Digest: []byte{1}, Waarschuwingen: []string{"x"}}, {OIN: orgPolitie.OIN, Fout: "f", Technisch: true, Validatiefouten: []string{"y"}},
	} {
		want, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		got, err := u.bytes()
		if err != nil {
			t.Fatal(err)
		}
		var terug uitkomst
		if len(u.Digest) > 0 && string(got) != string(want) || json.Unmarshal(got, &terug) != nil || terug.OIN != u.OIN {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
