-- +goose Up

-- One row for every commit that changed a record or added a line to the
-- verwerkingenlog. Its mark is random: who knows the mark of a number knows
-- whether this dossier still has that commit, or is an older or another copy.
CREATE TABLE stempel (
    nr      INTEGER PRIMARY KEY, -- 1, 2, 3 … without gaps
    kenmerk BLOB NOT NULL        -- 16 bytes
);

-- From when every event this node made is in the outbox, µs: a dossier that was
-- in use before kept delivered messages for a week only.
INSERT INTO waarde (sleutel, waarde)
    SELECT 'herstel/sinds', CAST(CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS TEXT)
    WHERE EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM record);

-- +goose Down
DROP TABLE stempel;
