package resttest

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// VrijeAdressen gives n addresses on this machine where nothing listens now,
// for servers that are told where to listen. Their ports are below those that
// the system hands out to whoever asks for any (from 32768 on Linux): until the
// server is there, and while a killed one is away, no other test gets them.
func VrijeAdressen(n int) (uit []string, err error) {
	for poging := 0; len(uit) < n; poging++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000)))
		if err != nil {
			if poging > 1000 {
				return nil, err
			}
			continue
		}
		defer func() { _ = l.Close() }() // all at the end, so that each is another
		uit = append(uit, l.Addr().String())
	}
	return uit, nil
}
