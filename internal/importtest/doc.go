// Package importtest holds the test of the import direction: which folder may
// know which. It owns the layers of docs/architectuur.md as data, and has no
// code that runs in a program.
package importtest
