package prov

import "encoding/json"

func (l *lezing) uitgebreid(data json.RawMessage) error { return nil }
