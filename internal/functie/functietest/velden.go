package functietest

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Velden gives what a browser would send of the forms on a page, without the buttons.
func Velden(pagina string) (url.Values, error) {
	doc, err := html.Parse(strings.NewReader(pagina))
	if err != nil {
		return nil, err
	}
	uit := url.Values{}
	for n := range doc.Descendants() {
		naam, soort := attr(n, "name"), attr(n, "type")
		if n.Type != html.ElementNode || naam == "" {
			continue
		}
		switch n.Data {
		case "input":
			if (soort == "checkbox" || soort == "radio") && !heeft(n, "checked") {
				continue
			}
			uit.Add(naam, attr(n, "value"))
		case "textarea":
			uit.Add(naam, tekst(n))
		case "select":
			for k := range n.Descendants() {
				if k.Data == "option" && heeft(k, "selected") {
					uit.Add(naam, attr(k, "value"))
				}
			}
		}
	}
	return uit, nil
}

func heeft(n *html.Node, naam string) bool {
	for _, a := range n.Attr {
		if a.Key == naam {
			return true
		}
	}
	return false
}

func attr(n *html.Node, naam string) string {
	for _, a := range n.Attr {
		if a.Key == naam {
			return a.Val
		}
	}
	return ""
}

func tekst(n *html.Node) string {
	var s strings.Builder
	for k := range n.Descendants() {
		if k.Type == html.TextNode {
			s.WriteString(k.Data)
		}
	}
	return s.String()
}
