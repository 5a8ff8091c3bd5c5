// Package samenwerkingsverband owns the forms of cooperation around a family:
// what each is for, who takes part, and who may see which kind of information,
// for which purpose, on which legal ground and under which guards. A form is a
// YAML file; nothing about a single form stands in Go. Files are checked
// strictly, all mistakes at once with file and line, and compiled to tables.
//
// It promises that Toets refuses what no line of the definition names, that a
// ground opens nothing while one of its guards is not on record, and that the
// answer depends on its input alone: no I/O, no clock.
package samenwerkingsverband
