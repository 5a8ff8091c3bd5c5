package web

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
)

// bestanden gives every file below internal/ with this ending, testdata left out.
func bestanden(t *testing.T, eind string) []string {
	t.Helper()
	var uit []string
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "dist") {
			return fs.SkipDir
		}
		if strings.HasSuffix(p, eind) && !strings.HasSuffix(p, "_test.go") {
			uit = append(uit, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return uit
}

// tekstArgs tells which arguments of a template function are source texts.
var tekstArgs = map[string][]int{"t": {1}, "tx": {1}, "tn": {1}, "veld": {3}, "leeg": {2, 3}, "alert": {2, 3}, "label": {2}}

// sjabloonTeksten adds the source texts of one template file to uit.
func sjabloonTeksten(t *testing.T, pad string, uit map[string]string) {
	t.Helper()
	b, err := os.ReadFile(pad)
	if err != nil {
		t.Fatal(err)
	}
	boom := parse.New(pad)
	boom.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := boom.Parse(string(b), "", "", set); err != nil {
		t.Fatal(err)
	}
	for _, b := range set {
		if b.Root != nil {
			loop(b.Root, func(n parse.Node) { teksten(n, pad, uit) })
		}
	}
}

func teksten(n parse.Node, pad string, uit map[string]string) {
	switch n := n.(type) {
	case *parse.CommandNode:
		id, ok := n.Args[0].(*parse.IdentifierNode)
		if !ok {
			return
		}
		for _, i := range tekstArgs[id.Ident] {
			if i < len(n.Args) {
				noteer(n.Args[i], pad, uit)
			}
		}
		for i, a := range n.Args[:len(n.Args)-1] {
			if s, ok := a.(*parse.StringNode); ok && id.Ident == "veld" && i > 3 && s.Text == "hint" {
				noteer(n.Args[i+1], pad, uit)
			}
		}
	case *parse.TemplateNode:
		if n.Name == "verstuur" && n.Pipe != nil {
			noteer(n.Pipe.Cmds[0].Args[0], pad, uit)
		}
	}
}

func noteer(n parse.Node, pad string, uit map[string]string) {
	if s, ok := n.(*parse.StringNode); ok && s.Text != "" {
		uit[s.Text] = pad
	}
}

// loop visits every node below n.
func loop(n parse.Node, f func(parse.Node)) {
	f(n)
	switch n := n.(type) {
	case *parse.ListNode:
		for _, k := range n.Nodes {
			loop(k, f)
		}
	case *parse.ActionNode:
		loop(n.Pipe, f)
	case *parse.IfNode:
		loopTak(&n.BranchNode, f)
	case *parse.RangeNode:
		loopTak(&n.BranchNode, f)
	case *parse.WithNode:
		loopTak(&n.BranchNode, f)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			loop(n.Pipe, f)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			loop(c, f)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			loop(a, f)
		}
	}
}

func loopTak(n *parse.BranchNode, f func(parse.Node)) {
	loop(n.Pipe, f)
	loop(n.List, f)
	if n.ElseList != nil {
		loop(n.ElseList, f)
	}
}

// goTeksten adds what Go code marks with Vertaalbaar, and what the members of a form ask.
func goTeksten(t *testing.T, pad string, uit map[string]string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), pad, nil, 0)
	if err != nil {
		return // another package in the making is not this test's business
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.Field); ok && v.Tag != nil {
			vraagTeksten(v.Tag.Value, pad, uit)
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) == 0 {
			return true
		}
		naam := ""
		switch x := c.Fun.(type) {
		case *ast.Ident:
			naam = x.Name
		case *ast.SelectorExpr:
			naam = x.Sel.Name
		}
		if l, ok := c.Args[0].(*ast.BasicLit); ok && naam == "Vertaalbaar" {
			if s, err := strconv.Unquote(l.Value); err == nil {
				uit[s] = pad
			}
		}
		return true
	})
}

func vraagTeksten(letterlijk, pad string, uit map[string]string) {
	s, err := strconv.Unquote(letterlijk)
	tag := reflect.StructTag(s)
	if err != nil || tag.Get("vraag") == "" {
		return
	}
	for _, naam := range []string{"vraag", "hint", "erbij", "een"} {
		if tekst := tag.Get(naam); tekst != "" {
			uit[tekst] = pad
		}
	}
	for k := range strings.SplitSeq(tag.Get("keuzes"), "|") {
		if _, tekst, ok := strings.Cut(k, "="); ok {
			k = tekst
		}
		if k != "" {
			uit[k] = pad
		}
	}
}

var plek = regexp.MustCompile(`%[-+# 0]*(\[\d+\])?[0-9.]*[a-zA-Z]`)

// TestElkeTekstIsVertaald holds the Dutch texts of all templates and code
// against the English catalogues: none is missing, and the placeholders agree.
func TestElkeTekstIsVertaald(t *testing.T) {
	nl := map[string]string{}
	for _, p := range bestanden(t, ".html") {
		sjabloonTeksten(t, p, nl)
	}
	for _, p := range bestanden(t, ".go") {
		goTeksten(t, p, nl)
	}
	if len(nl) < 30 {
		t.Fatalf("maar %d teksten gevonden: leest de test de sjablonen nog?", len(nl))
	}
	en := map[string]Vertaling{}
	for _, p := range bestanden(t, "/en.json") {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &en); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	for _, tekst := range slices.Sorted(maps.Keys(nl)) {
		v, ok := en[tekst]
		if !ok {
			t.Errorf("%s: niet in en.json: %q", nl[tekst], tekst)
			continue
		}
		wil := plek.FindAllString(tekst, -1)
		vormen := v.Meervoud
		if vormen == nil {
			vormen = map[string]string{"": v.Tekst}
		}
		for _, vorm := range vormen {
			if heeft := plek.FindAllString(vorm, -1); !slices.Equal(gesorteerd(wil), gesorteerd(heeft)) {
				t.Errorf("%s: %q heeft andere plaatsen dan %q", nl[tekst], vorm, tekst)
			}
			if strings.TrimSpace(vorm) == "" {
				t.Errorf("%s: lege vertaling van %q", nl[tekst], tekst)
			}
		}
	}
}

func gesorteerd(s []string) []string { return slices.Sorted(slices.Values(s)) }

// TestMeervoudEnTerugval: plural forms follow the language, unknown text stays
// Dutch and says so.
func TestMeervoudEnTerugval(t *testing.T) {
	w := nieuwWoordenboek()
	if err := w.voeg(Engels, map[string]Vertaling{"%d ding": {Meervoud: map[string]string{"one": "%d thing", "other": "%d things"}}, "Dag %s": {Tekst: "Hello %s"}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ is, wil string }{
		{w.tn(Nederlands, "%d ding", "%d dingen", 1), "1 ding"},
		{w.tn(Nederlands, "%d ding", "%d dingen", 2), "2 dingen"},
		{w.tn(Engels, "%d ding", "%d dingen", 1), "1 thing"},
		{w.tn(Engels, "%d ding", "%d dingen", 0), "0 things"},
		{w.t(Engels, "Dag %s", "Sam"), "Hello Sam"},
		{w.t(Nederlands, "Dag %s", "Sam"), "Dag Sam"},
		{string(w.tx(Engels, "Onbekend <b>")), `<span lang="nl" dir="ltr">Onbekend &lt;b&gt;</span>`},
		{w.t(Engels, "100% zeker"), "100% zeker"},
	} {
		if c.is != c.wil {
			t.Errorf("%q, niet %q", c.is, c.wil)
		}
	}
}

// A part of a page has one definition: a second one would replace the first wherever it
// is used.
func TestElkDeelHeeftEenNaam(t *testing.T) {
	namen := map[string]string{}
	for _, p := range bestanden(t, ".html") {
		if filepath.Base(filepath.Dir(p)) != "sjablonen" {
			continue
		}
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\{\{define "([^"]+)"`).FindAllStringSubmatch(string(b), -1) {
			if namen[m[1]] != "" {
				t.Errorf("%q in %s and in %s", m[1], namen[m[1]], p)
			}
			namen[m[1]] = p
		}
	}
}
