package functie

import (
	"reflect"
	"sync"

	"github.com/handbereik/soh/internal/begrip"
)

// opNiveau gives v, a struct, as a value that has the members of niveau n only: what is
// left out is not there at all, not empty.
func opNiveau(v any, n begrip.Niveau) any {
	if n >= begrip.NiveauInhoud {
		return v
	}
	vorm := vormVan(reflect.TypeOf(v), n)
	uit := reflect.New(vorm.type_).Elem()
	rv := reflect.ValueOf(v)
	for i, van := range vorm.velden {
		uit.Field(i).Set(rv.FieldByIndex(van))
	}
	return uit.Interface()
}

// vorm is a type with the members of a level, and where each comes from.
type vorm struct {
	type_  reflect.Type
	velden [][]int
}

type vormSleutel struct {
	t reflect.Type
	n begrip.Niveau
}

var vormen sync.Map // vormSleutel → vorm

func vormVan(t reflect.Type, n begrip.Niveau) vorm {
	if v, ok := vormen.Load(vormSleutel{t, n}); ok {
		return v.(vorm)
	}
	var v vorm
	var velden []reflect.StructField
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() || niveauVan(f) > n {
			continue
		}
		velden = append(velden, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
		v.velden = append(v.velden, f.Index)
	}
	v.type_ = reflect.StructOf(velden)
	vormen.Store(vormSleutel{t, n}, v)
	return v
}

// niveauVan is from which level on a member is given.
func niveauVan(f reflect.StructField) begrip.Niveau {
	switch f.Tag.Get("niveau") {
	case "0":
		return begrip.NiveauBestaan
	case "1":
		return begrip.NiveauProces
	}
	return begrip.NiveauInhoud
}
