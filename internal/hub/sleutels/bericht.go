package sleutels

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A message of the key stream is a version byte and records, each: kind, ref
// (16), generation (4), then a wrapped key (nonce 12, key 32, tag 16) or the
// moment of destruction (8). The first message holds no records but a value
// sealed by the master key, to recognise it.
const (
	berichtVersie   = 1
	berichtControle = 'M'
	soortSleutel    = 'K'
	soortGraf       = 'T'
	gepakt          = 12 + 32 + 16
)

var errBericht = errors.New("bericht met sleutels is beschadigd")

type record struct {
	soort byte
	ref   [16]byte
	gen   uint32
	pak   []byte // soortSleutel
	tijd  int64  // soortGraf, Unix seconds
}

func (r record) aad() []byte {
	b := append([]byte("soh sleutel"), r.ref[:]...)
	return binary.BigEndian.AppendUint32(b, r.gen)
}

func sluit(omhulsel cipher.AEAD, ref [16]byte, gen uint32, key []byte) record {
	r := record{soort: soortSleutel, ref: ref, gen: gen}
	nonce := make([]byte, 12, gepakt)
	_, _ = rand.Read(nonce)
	r.pak = omhulsel.Seal(nonce, nonce, key, r.aad())
	return r
}

func (r record) open(omhulsel cipher.AEAD) ([]byte, error) {
	return omhulsel.Open(nil, r.pak[:12], r.pak[12:], r.aad())
}

func maakBericht(rs []record) []byte {
	b := make([]byte, 1, 1+len(rs)*(21+gepakt))
	b[0] = berichtVersie
	for _, r := range rs {
		b = append(b, r.soort)
		b = append(b, r.ref[:]...)
		b = binary.BigEndian.AppendUint32(b, r.gen)
		if r.soort == soortSleutel {
			b = append(b, r.pak...)
		} else {
			b = binary.BigEndian.AppendUint64(b, uint64(r.tijd))
		}
	}
	return b
}

func leesBericht(b []byte) ([]record, error) {
	if len(b) == 0 || b[0] != berichtVersie {
		return nil, errBericht
	}
	var rs []record
	for b = b[1:]; len(b) > 0; {
		if len(b) < 21 {
			return nil, errBericht
		}
		r := record{soort: b[0], gen: binary.BigEndian.Uint32(b[17:])}
		copy(r.ref[:], b[1:])
		b = b[21:]
		switch {
		case r.soort == soortSleutel && len(b) >= gepakt:
			r.pak, b = b[:gepakt:gepakt], b[gepakt:]
		case r.soort == soortGraf && len(b) >= 8:
			r.tijd, b = int64(binary.BigEndian.Uint64(b)), b[8:]
		default:
			return nil, errBericht
		}
		rs = append(rs, r)
	}
	return rs, nil
}

// controleBericht seals what a master key is recognised by, with the key of
// references when that is not the one the master key gives.
func controleBericht(omhulsel cipher.AEAD, ref []byte) []byte {
	b := make([]byte, 13, 96)
	b[0] = berichtControle
	_, _ = rand.Read(b[1:])
	return omhulsel.Seal(b, b[1:13], append([]byte(controleTekst), ref...), nil)
}

const controleTekst = "controle"

// leesControle opens a control message; ok is false under another master key.
func leesControle(omhulsel cipher.AEAD, data []byte) (ref []byte, ok bool) {
	if len(data) <= 13 || !isControle(data) {
		return nil, false
	}
	w, err := omhulsel.Open(nil, data[1:13], data[13:], nil)
	ref, ok = bytes.CutPrefix(w, []byte(controleTekst))
	if err != nil || !ok || len(ref) != 0 && len(ref) != 32 {
		return nil, false
	}
	if len(ref) == 0 {
		ref = nil
	}
	return ref, true
}

// laadMeester reads the master key, or makes it when mag.
func laadMeester(pad string, mag bool) ([]byte, error) {
	b, err := os.ReadFile(pad)
	if errors.Is(err, os.ErrNotExist) {
		if !mag {
			return nil, fmt.Errorf("de meestersleutel %s ontbreekt, terwijl er al gegevens zijn: zet hem terug uit de reservekopie", pad)
		}
		return maakMeester(pad)
	}
	if err != nil {
		return nil, fmt.Errorf("meestersleutel lezen: %w", err)
	}
	if fi, err := os.Stat(pad); err == nil && fi.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("de meestersleutel %s is leesbaar voor anderen: zet de rechten op 0600", pad)
	}
	m, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(b)))
	if err != nil || len(m) != 32 {
		return nil, fmt.Errorf("de meestersleutel %s is beschadigd", pad)
	}
	return m, nil
}

func maakMeester(pad string) ([]byte, error) {
	m := make([]byte, 32)
	_, _ = rand.Read(m)
	tmp := pad + ".nieuw"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("meestersleutel maken: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(m) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(tmp, pad)
	}
	if err == nil {
		err = syncMap(filepath.Dir(pad))
	}
	if err != nil {
		return nil, fmt.Errorf("meestersleutel maken: %w", err)
	}
	return m, nil
}

func syncMap(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func isControle(data []byte) bool { return len(data) > 0 && data[0] == berichtControle }
