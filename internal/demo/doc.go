// Package demo runs the whole network on one machine: hub, nodes, portal, a
// sign-in simulator and a start page, each with its own store and certificate,
// joined by the same mutual TLS as real ones. It owns the fictional
// organisations, people and families, and the ports.
//
// It promises that everybody and everything in it is made up, that a second
// start on the same folder goes on where the first stopped, and that what
// stands in it at the start got there the way a user would have put it there.
package demo
