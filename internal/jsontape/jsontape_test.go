package jsontape

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

var texts = []string{
	`{}`, `[]`, ` { "a" : [ 1 , -0.5e+3, true,false , null, "x\u00e9\n\"" ] , "b":{"c":{}} } `, `""`, `0`, `-0`, `1E5`, `"\ud83d\ude00"`,
	``, ` `, `{`, `[`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[1 2]`, `{a:1}`, `01`, `-`, `1.`, `.5`, `1e`, `+1`, `nul`, `truex`, `"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\ud83d"`,
	`"\ude00\ud83d"`, "\"\x01\"", `{} {}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `[{"b":{"a":1,"a":2}}]`, "\"\xff\"", `"\\"`, `"\\\\\""`, `"12345678\"12345678"`, `NaN`, `[[[[1]]]]`,
	`{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"10":1,"11":1,"12":1,"13":1,"14":1,"15":1,"16":1,"17":1,"18":1,"19":1,"20":1,"21":1,"22":1,"23":1,"24":1,"25":1,"26":1,"25":1}`,
	strings.Repeat("[", 600) + strings.Repeat("]", 600),
}

// judge holds the tape against a strict parser: it takes the same texts, and what
// it says of each value is so.
func judge(t *testing.T, b []byte) {
	var tape Tape
	ours := tape.Read(b)
	theirs := jsontext.Value(b).IsValid()
	if !ours {
		if theirs && depth(b) <= MaxDepth {
			t.Fatalf("refused %q", b)
		}
		return
	}
	if strict := utf8.Valid(b) && !tape.DuplicateName(); strict != theirs {
		t.Fatalf("%q: tape says %v, the parser %v", b, strict, theirs)
	}
	if !theirs {
		return
	}
	var walk func(k int32, v any)
	walk = func(k int32, v any) {
		it := &tape.Items[k]
		var own any
		if err := json.Unmarshal(tape.Raw(it), &own); err != nil {
			t.Fatalf("%q at %d: %v", b, k, err)
		}
		n := 0
		switch v := v.(type) {
		case map[string]any:
			for m := k + 1; m < it.Next; m = tape.Items[m].Next {
				w, in := v[string(tape.Name(&tape.Items[m]))]
				if !in || tape.Member(k, string(tape.Name(&tape.Items[m]))) != m {
					t.Fatalf("%q: member %d", b, m)
				}
				walk(m, w)
				n++
			}
			if it.Kind != Object || n != len(v) || tape.Len(k) != n {
				t.Fatalf("%q: object %d has %d members", b, k, n)
			}
		case []any:
			for m := k + 1; m < it.Next; m = tape.Items[m].Next {
				walk(m, v[n])
				n++
			}
			if it.Kind != Array || n != len(v) {
				t.Fatalf("%q: array %d has %d values", b, k, n)
			}
		case string:
			if it.Kind != String || string(tape.Text(it)) != v {
				t.Fatalf("%q: text %q, want %q", b, tape.Text(it), v)
			}
		case nil, bool, float64:
			if it.Next != k+1 {
				t.Fatalf("%q: item %d ends at %d", b, k, it.Next)
			}
		}
	}
	var whole any
	if err := json.Unmarshal(b, &whole); err != nil {
		return // a number that does not fit
	}
	walk(0, whole)
	var sub Tape
	for k := range tape.Items {
		raw := tape.Raw(&tape.Items[k])
		tape.Sub(&sub, int32(k), append([]byte("12"), raw...), 2-tape.Items[k].From)
		if string(sub.Raw(&sub.Items[0])) != string(raw) || int(sub.Items[0].Next) != len(sub.Items) {
			t.Fatalf("%q: the tape of value %d alone is wrong", b, k)
		}
	}
}

// A text of many small values is refused before it takes many times its own size.
func TestTapeIsBounded(t *testing.T) {
	var tape Tape
	if many := []byte("[" + strings.Repeat("1,", MaxItems-2) + "1]"); !tape.Read(many) || len(tape.Items) != MaxItems {
		t.Errorf("as many as may be are refused: %d", len(tape.Items))
	}
	if more := []byte("[" + strings.Repeat("1,", MaxItems+10) + "1]"); tape.Read(more) || len(tape.Items) > MaxItems {
		t.Errorf("taken: %d items", len(tape.Items))
	}
}

func depth(b []byte) int { return strings.Count(string(b), "[") + strings.Count(string(b), "{") }

func TestTapeTakesWhatAParserTakes(t *testing.T) {
	for _, s := range texts {
		judge(t, []byte(s))
	}
}

func FuzzTape(f *testing.F) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
	f.Fuzz(judge)
}
