package prov

func (l *lezing) herstel() {}
