package hublog

import "context"

// AlsLeider runs werk on one replica of the hub at a time, for what may not be
// done twice at once: delivering webhooks, housekeeping, polling health. naam
// (lower case letters, digits and dashes) names the work, not the replica;
// different names may run on different replicas.
//
// It waits until this replica is the leader, runs werk, and gives what werk
// returns. The context of werk ends when ctx does and when the leadership may
// pass to another; then AlsLeider waits for werk to return and stands for
// leader again. It returns ctx.Err() when ctx ended first. Start it in a
// goroutine of its own.
//
// A process that stood still (a paused machine) finds out late that it leads no
// more: what werk does must be harmless when done twice, and its progress
// belongs in the log.
//
// A hub with its log in the process is alone, and always the leader.
func (l *Log) AlsLeider(ctx context.Context, naam string, werk func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return werk(ctx)
}
