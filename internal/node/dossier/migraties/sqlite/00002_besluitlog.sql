-- +goose Up

-- The decision log: one row for each call of the decision point, what was
-- decided and why. Rows are only added; they hold no BSN. Only what was asked before
-- decisions stood in the chain of verwerking: nothing is added any more.
CREATE TABLE besluitlog (
    nr       INTEGER PRIMARY KEY AUTOINCREMENT, -- order
    tijdstip BIGINT NOT NULL, -- when it was asked, µs since 1970, UTC
    regel    TEXT   NOT NULL  -- JSON
);
CREATE INDEX besluitlog_tijdstip ON besluitlog (tijdstip);
