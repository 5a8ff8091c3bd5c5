package demo

import (
	"testing"
)

func TestPoortenBlijven(t *testing.T) {
	dir := t.TempDir()
	p, err := leesPoorten("127.0.0.1", dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.luister("hub")
	if err != nil {
		t.Fatal(err)
	}
	was := poortVan(a)
	if err := p.bewaar(); err != nil {
		t.Fatal(err)
	}
	if p, err = leesPoorten("127.0.0.1", dir); err != nil {
		t.Fatal(err)
	}
	b, err := p.luister("hub") // still taken
	if err != nil || poortVan(b) == was {
		t.Fatalf("a taken port was given out: %v", err)
	}
	_ = b.Close()
	_ = a.Close()
	if p, err = leesPoorten("127.0.0.1", dir); err != nil {
		t.Fatal(err)
	}
	c, err := p.luister("hub")
	if err != nil || poortVan(c) != was {
		t.Fatalf("port %d became %d: %v", was, poortVan(c), err)
	}
	_ = c.Close()
}

func TestEenDemoPerMap(t *testing.T) {
	dir := t.TempDir()
	f, err := sluit(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sluit(dir); err == nil {
		t.Fatal("two demos in one folder")
	}
	_ = f.Close()
	g, err := sluit(dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = g.Close()
}
