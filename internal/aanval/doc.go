// Package aanval attacks a running network: a real hub, real nodes, a real portal and
// the simulators, as deelnemers that lie, professionals that pry, and people with a
// browser. It owns no program code. Each test is named after the promise it holds to
// and says in its variants who tries to break it; docs/dreigingen.md points here.
//
// The network is that of the demo, shared by all tests, so a test makes its own people
// (bsn) and, when it needs a deelnemer that misbehaves, its own deelnemer (nieuw). A test
// that stops parts or puts files back starts a network of its own.
package aanval
