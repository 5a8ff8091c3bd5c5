-- +goose Up
-- The trace (W3C traceparent) that a message was written in; empty for none.
ALTER TABLE outbox ADD COLUMN spoor TEXT NOT NULL DEFAULT '';
