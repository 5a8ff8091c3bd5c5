package regotest

import "testing"

func TestRegelsLopenAlsGoTests(t *testing.T) {
	TestRego(t, map[string]string{
		"a.rego":      "package a\nja if input.x == 1",
		"a_test.rego": "package a_test\nimport data.a\ntest_ja if a.ja with input.x as 1\ntest_nee if not a.ja with input.x as 2",
	})
}
