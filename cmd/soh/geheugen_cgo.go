//go:build cgo && linux

package main

/*
#include <malloc.h>

// All threads take memory of C from one place. The store of the index keeps its
// cache there; with a place per thread, what is free in one is of no use to another,
// and the process held a third more than it used. It must be said before there are
// threads, so before the Go runtime starts.
__attribute__((constructor)) static void een_arena(void) {
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
}
*/
import "C"

// indexInHeap is what the store of the index keeps inside the Go heap, in bytes.
const indexInHeap = 0
