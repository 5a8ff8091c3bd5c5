//go:build !cgo || !linux

package main

// indexInHeap is what the store of the index keeps inside the Go heap, in bytes: its
// cache, and tables in memory that wait for the disk.
const indexInHeap = 240 << 20
