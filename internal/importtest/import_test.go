package importtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/handbereik/soh/"

// laag is a set of folders that may import every layer below, and themselves,
// but not each other.
type laag struct {
	mappen []string
	reden  string // why a folder of this layer may not reach up or aside
}

// lagen stand from the bottom to the top. A folder includes what is below it,
// unless that has its own line.
var lagen = []laag{
	{[]string{"internal/jsontape", "internal/slot"}, "reading JSON and keeping a folder to one program are below all that means something: they know nobody and use the standard library only"},
	{[]string{"internal/begrip"}, "begrip is the shared language: it must be usable everywhere, so it knows nobody and uses the standard library only"},
	{[]string{"internal/cloudevent", "internal/meting", "internal/patroon/termijn", "internal/prov", "internal/rest"}, "the wire formats know the language, not who uses them; a change in one must not break another"},
	{[]string{"internal/toegang"}, "who calls and what he may is decided the same way for hub, node and portal, so it knows none of them"},
	{[]string{"internal/samenwerkingsverband"}, "a definition says who may see what, wherever it is asked: it knows the decision and nobody who carries it out"},
	{[]string{"internal/web", "internal/node/dossier", "internal/node/brp"}, "pages know no function of the field, the store knows no pages, and who asks the population register knows neither: all are used by what is above"},
	{[]string{"internal/node/gebeurtenis"}, "Gebeurtenis is the first pattern; Inzage and Opdracht use it, never the reverse"},
	{[]string{"internal/node/waarborg", "internal/node/signaal"}, "a safeguard opens or closes looks, whatever the record: it knows the facts, not who looks at what"},
	{[]string{"internal/node/inzage", "internal/node/opdracht"}, "a pattern is written once and works for every samenwerkfunctie, so it knows none, and the patterns do not lean on each other"},
	{[]string{"internal/werkplek"}, "the frame of the workspace is the same whatever functies a node has, so it knows none"},
	{[]string{"internal/functie"}, "a samenwerkfunctie declares and the patterns work: it must run on every node, without hub, portal or the node around it"},
	{[]string{"internal/functie/alle"}, "the list of functies is for who runs or tests them; a functie that knew the list would know all others"},
	{[]string{"internal/hub", "internal/node", "internal/portal"}, "hub, node and portal are run by different organisations and speak over HTTP only: code of one in another would be a back door around certificates and policy"},
	{[]string{"internal/ketenbord"}, "the board shows the hub, and the hub runs without it"},
	{[]string{"internal/demo"}, "the demo puts real parts together; no real part may depend on made-up people"},
	{[]string{"cmd/soh"}, "only the command wires; nothing imports it"},
}

// functies in the order of the process. A functie may use an earlier one.
var functies = []string{
	"melding", "relaties", "bekendheid", "preventie", "triage", "analyse", "burger", "overleg",
	"uitkomst", "plan", "actie", "nazorg", "diensten", "inrichting", "monitoring",
}

// hubKent is all the hub may use of the rest: it serves every functie and knows
// none.
var hubKent = []string{"internal/begrip", "internal/cloudevent", "internal/jsontape", "internal/meting", "internal/prov", "internal/rest", "internal/slot", "internal/toegang", "internal/hub"}

// kamers are the rooms of the hub, from the bottom to the top, and which rooms below
// it each may use. The other folders below internal/hub are its tools, which know no
// room; the hub itself, on top, puts all rooms together.
var kamers = []kamer{
	{"kern", nil},
	{"kijk", []string{"kern"}},
	{"feit", []string{"kern", "kijk"}},
	{"lezing", []string{"kern", "feit"}},
	{"inname", []string{"kern", "feit", "lezing"}},
	{"projectie", []string{"kern", "kijk", "feit", "lezing"}},
	{"antwoord", []string{"kern", "kijk", "feit"}},
	{"beheer", []string{"kern", "kijk", "feit", "inname"}},
	{"bezorging", []string{"kern", "kijk", "feit", "inname", "antwoord"}},
	{"vergeten", []string{"kern", "feit", "inname"}},
	{"bewijs", []string{"kern", "feit", "antwoord"}},
}

type kamer struct {
	naam string
	kent []string
}

// alleenTest tells a folder that helps tests of other packages, like net/http's
// httptest: it enters no program.
func alleenTest(map_ string) bool {
	return strings.HasPrefix(map_, "internal/") && strings.HasSuffix(map_, "test")
}

func TestImportsPointDownwards(t *testing.T) {
	for _, i := range imports(t, func(naam string) bool { return !strings.HasSuffix(naam, "_test.go") }) {
		if alleenTest(i.map_) {
			continue
		}
		if reden := verboden(i.map_, i.pad); reden != "" {
			t.Errorf("%s imports %s: %s.\nThe layers stand in docs/architectuur.md, section Imports.", i.bestand, i.pad, reden)
		}
	}
}

// unicode is the one thing begrip takes from elsewhere: names are compared without their
// accents, and the tables for that are not in the standard library.
const unicode = "golang.org/x/text/unicode/norm"

// A test may reach up to see its package at work, but the language stays alone.
func TestBegripIsOnItsOwn(t *testing.T) {
	for _, i := range imports(t, func(string) bool { return true }) {
		eigen := strings.TrimPrefix(i.pad, module)
		if i.map_ == "internal/begrip" && eigen != i.map_ && i.pad != unicode && strings.Contains(strings.Split(i.pad, "/")[0], ".") {
			t.Errorf("%s imports %s: %s", i.bestand, i.pad, lagen[0].reden)
		}
	}
}

// A room uses what stands below it, uses all that the list says it may, and the list
// names every room there is.
func TestKamersVanDeHubKennenAlleenWatEronderLigt(t *testing.T) {
	gebruikt := map[string]bool{}
	for _, i := range imports(t, func(naam string) bool { return !strings.HasSuffix(naam, "_test.go") }) {
		if van, naar := kamerVan(i.map_), kamerVan(strings.TrimPrefix(i.pad, module)); van != "" && naar != "" {
			gebruikt[van+" → "+naar] = true
		}
	}
	for n, k := range kamers {
		for _, onder := range k.kent {
			if j := slices.IndexFunc(kamers, func(x kamer) bool { return x.naam == onder }); j < 0 || j >= n {
				t.Errorf("%s may use %s, which does not stand below it", k.naam, onder)
			}
			if !gebruikt[k.naam+" → "+onder] {
				t.Errorf("%s may use %s and does not: take the arrow out", k.naam, onder)
			}
		}
	}
}

func TestRulesRefuse(t *testing.T) {
	for _, g := range []struct {
		van, naar string
		mag       bool
	}{
		{"internal/functie/melding", "internal/hub", false},
		{"internal/functie/melding", "internal/hub/graph", false},
		{"internal/functie/melding", "internal/portal", false},
		{"internal/functie/melding", "internal/functie/bekendheid", false},
		{"internal/functie/bekendheid", "internal/functie/melding", true},
		{"internal/functie/melding", "internal/node", false},
		{"internal/functie/melding", "internal/node/dossier", true},
		{"internal/functie", "internal/functie/melding", false},
		{"internal/node/inzage", "internal/functie", false},
		{"internal/node/inzage", "internal/node/opdracht", false},
		{"internal/hub", "internal/node", false},
		{"internal/hub", "internal/web", false},
		{"internal/hub", "internal/ketenbord", false},
		{"internal/ketenbord", "internal/hub", true},
		{"internal/portal", "internal/hub", false},
		{"internal/node", "internal/demo", false},
		{"internal/begrip", "internal/rest", false},
		{"internal/prov", "internal/cloudevent", false},
		{"internal/node", "internal/functie/melding", true},
		{"internal/hub/graph", "internal/hub/ledger", true},
		{"internal/hub/graph", "internal/hub/kern", false},
		{"internal/hub/inname", "internal/hub/projectie", false},
		{"internal/hub/antwoord", "internal/hub", false},
		{"internal/hub/bezorging", "internal/hub/antwoord", true},
		{"internal/hub", "internal/hub/bewijs", true},
		{"cmd/soh", "internal/demo", true},
		{"internal/nieuw", "internal/begrip", false},
		{"internal/web", "internal/web/browsertest", false},
	} {
		reden := verboden(g.van, module+g.naar)
		if (reden == "") != g.mag {
			t.Errorf("%s → %s: allowed %v, want %v (%s)", g.van, g.naar, reden == "", g.mag, reden)
		}
	}
}

// verboden gives why van may not import pad; empty when it may.
func verboden(van, pad string) string {
	naar, eigen := strings.CutPrefix(pad, module)
	l, map_ := laagVan(van)
	if l < 0 {
		if strings.HasPrefix(van, "tools/") {
			return ""
		}
		return "this folder has no place in the layers yet; give it one in internal/importtest and tell it in docs/architectuur.md"
	}
	if !eigen {
		if l == 0 && strings.Contains(strings.Split(pad, "/")[0], ".") {
			return lagen[0].reden
		}
		return ""
	}
	if alleenTest(naar) {
		return "that folder is for tests only and must not enter a program"
	}
	if map_ == "internal/hub" && !onderEen(naar, hubKent) {
		return "the hub serves every samenwerkfunctie and knows none, has no pages and no records"
	}
	onder, doel := laagVan(naar)
	switch {
	case onder < 0:
		return naar + " has no place in the layers yet; give it one in internal/importtest and tell it in docs/architectuur.md"
	case map_ == doel && map_ == "internal/functie":
		return tussenFuncties(van, naar)
	case map_ == doel && map_ == "internal/hub":
		return tussenKamers(van, naar)
	case map_ == doel, onder < l:
		return ""
	}
	return lagen[l].reden
}

// tussenFuncties is the rule inside internal/functie.
func tussenFuncties(van, naar string) string {
	eerst, dan := functieVan(naar), functieVan(van)
	if eerst == "" || eerst == dan {
		return "" // what a functie is, or a folder inside itself
	}
	if dan == "" {
		return "functie says what a samenwerkfunctie is and knows none of them; wiring lists them"
	}
	i, j := slices.Index(functies, eerst), slices.Index(functies, dan)
	if i < 0 || j < 0 {
		return "one of these is not a samenwerkfunctie of the process; see the table in docs/architectuur.md"
	}
	if i > j {
		return "a later samenwerkfunctie may build on an earlier one of the process, never the reverse, or a deelnemer could not enable the first without the second"
	}
	return ""
}

// tussenKamers is the rule inside internal/hub.
func tussenKamers(van, naar string) string {
	k, onder := kamerVan(van), kamerVan(naar)
	i := slices.IndexFunc(kamers, func(x kamer) bool { return x.naam == k })
	switch {
	case naar == "internal/hub" && van != naar:
		return "the hub puts its rooms together; a room or a tool that knew it would know all others"
	case van == "internal/hub" || onder == "":
		return ""
	case k == "":
		return "a tool of the hub knows no room of it"
	case k == onder || slices.Contains(kamers[i].kent, onder):
		return ""
	}
	return "this arrow between rooms of the hub is not in the list of internal/importtest; a room knows what it stands on and nothing else, so that each can be read alone"
}

// kamerVan gives the room of the hub that a folder is or lies in; empty for none.
func kamerVan(map_ string) string {
	naam, ok := strings.CutPrefix(map_, "internal/hub/")
	naam, _, _ = strings.Cut(naam, "/")
	if !ok || !slices.ContainsFunc(kamers, func(k kamer) bool { return k.naam == naam }) {
		return ""
	}
	return naam
}

func functieVan(map_ string) string {
	naam, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(map_, "internal/functie"), "/"), "/")
	return naam
}

// laagVan finds the layer of a folder by its longest listed prefix.
func laagVan(map_ string) (laag int, lijst string) {
	laag = -1
	for i, l := range lagen {
		for _, m := range l.mappen {
			if (map_ == m || strings.HasPrefix(map_, m+"/")) && len(m) > len(lijst) {
				laag, lijst = i, m
			}
		}
	}
	return laag, lijst
}

func onderEen(map_ string, mappen []string) bool {
	return slices.ContainsFunc(mappen, func(m string) bool { return map_ == m || strings.HasPrefix(map_, m+"/") })
}

type invoer struct{ bestand, map_, pad string }

// imports reads the imports of every Go file of this module that kies wants.
func imports(t *testing.T, kies func(naam string) bool) []invoer {
	t.Helper()
	wortel := filepath.Join("..", "..")
	var uit []invoer
	err := fs.WalkDir(os.DirFS(wortel), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		naam := d.Name()
		if d.IsDir() && (naam == "node_modules" || naam == "testdata" || naam == "vendor" || p != "." && strings.HasPrefix(naam, ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(naam, ".go") || !kies(naam) || path.Dir(p) == "." {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(wortel, p), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			pad, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			uit = append(uit, invoer{p, path.Dir(p), pad})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(uit) < 50 {
		t.Fatalf("only %d imports found: the test looks in the wrong folder", len(uit))
	}
	return uit
}
