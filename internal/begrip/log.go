package begrip

import (
	"io"
	"log/slog"
)

// Logger makes a structured JSON logger that masks every BSN in its output,
// whatever put it there: the last net under the rule "no BSN in a log line".
func Logger(w io.Writer, niveau slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(maskeerder{w}, &slog.HandlerOptions{Level: niveau}))
}

type maskeerder struct{ w io.Writer }

// Write gets one whole log line per call from slog.
func (m maskeerder) Write(p []byte) (int, error) {
	_, err := m.w.Write(MaskeerBSN(append([]byte(nil), p...)))
	return len(p), err
}
