package cloudevent

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The two readers must agree on everything that was written: a read model that
// depends on which one ran could not be rebuilt the same.
func TestEigenLeestWatParseLeest(t *testing.T) {
	basis := Event{ID: "a", Source: "urn:nld:oin:00000001000000002000:systeem:x", Type: MeldingGeregistreerd,
		Time: time.Date(2026, 11, 23, 9, 0, 0, 123_000_000, time.UTC), Data: []byte(`{"a":{"b":"}"}}`)}
	for naam, anders := range map[string]func(*Event){
		"gewoon":       func(*Event) {},
		"alles":        func(e *Event) { e.Subject, e.DataContentType, e.DataSchema = "urn:x:1", TypeLD, SchemaProv },
		"uitbreiding":  func(e *Event) { e.Extensions = map[string]string{"traceparent": "00-1", "dataref": "\\\"data\":{"} },
		"escapes":      func(e *Event) { e.ID, e.Subject = `a"b\c`, "d,\"data\":{}" },
		"geen ascii":   func(e *Event) { e.Subject = "Zoë 😀" },
		"lege data":    func(e *Event) { e.Data = []byte(`{}`) },
		"nanoseconden": func(e *Event) { e.Time = e.Time.Add(456) },
	} {
		t.Run(naam, func(t *testing.T) {
			ev := basis
			anders(&ev)
			b := ev.Append(nil)
			snel, ok := eigen(b)
			if !ok {
				t.Fatalf("not read: %s", b)
			}
			want, err := Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, snel); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEigenLaatHetAndereAanParse(t *testing.T) {
	goed := string(Event{ID: "a", Source: "urn:x:y", Type: MeldingGeregistreerd, Time: time.Unix(1, 0), Data: []byte(`{}`)}.Append(nil))
	for _, b := range []string{"", "{}", goed[:len(goed)-1], goed + " ", strings.Replace(goed, `"id"`, ` "id"`, 1), strings.Replace(goed, `{}`, `[]`, 1),
		strings.Replace(goed, `"time":"1970`, `"time":"x970`, 1), strings.Replace(goed, `"data":{}`, `"data_base64":"e30="`, 1)} {
		if _, ok := eigen([]byte(b)); ok {
			t.Errorf("read as our own: %s", b)
		}
		_, want := Parse([]byte(b))
		if _, err := ParseEigen([]byte(b)); (err == nil) != (want == nil) {
			t.Errorf("%s: %v, Parse says %v", b, err, want)
		}
	}
}
