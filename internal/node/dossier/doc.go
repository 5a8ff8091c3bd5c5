// Package dossier is the store of one deelnemer: records in append-only
// versions, the outbox, the verwerkingenlog and a little state of the node.
//
// It promises:
//   - what Tx returned nil for is on disk and survives a crash, records, outbox
//     and log together or not at all;
//   - no version is ever overwritten, and a peildatum gives what the node knew
//     at that moment;
//   - two writers of the same version never both win: the second gets Conflict;
//   - a reader never waits for a writer;
//   - a changed, removed or added line in the verwerkingenlog is found by
//     Verifieer, as long as the last hash is known elsewhere;
//   - no error holds a BSN or content.
//
// The SQL text is meant for SQLite and PostgreSQL alike; only the migrations
// differ per engine.
package dossier
