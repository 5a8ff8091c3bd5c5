-- +goose Up

-- Salt of the hash of a version: without it nobody can try out what content has
-- a given hash.
ALTER TABLE record ADD COLUMN zout TEXT NOT NULL DEFAULT '';
UPDATE record SET zout = lower(hex(randomblob(16)));
-- 1 when this version, or an earlier one, rests on another record.
ALTER TABLE record ADD COLUMN rust BIGINT NOT NULL DEFAULT 0;

-- What a version of a record rests on: other records, of this dossier or of
-- another source. Searched both ways.
CREATE TABLE record_herkomst (
    soort     TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    versie    BIGINT NOT NULL,
    plaats    BIGINT NOT NULL, -- order in which the writer named them
    vastgelegd BIGINT NOT NULL, -- rec_from of that version
    bron      TEXT   NOT NULL, -- OIN of the source of what it rests on
    op_soort  TEXT   NOT NULL,
    op_id     TEXT   NOT NULL,
    pad       TEXT   NOT NULL,
    op_versie BIGINT NOT NULL, -- 0: not told
    op_hash   TEXT   NOT NULL, -- or empty
    PRIMARY KEY (soort, id, versie, plaats),
    FOREIGN KEY (soort, id, versie) REFERENCES record (soort, id, versie)
);
CREATE INDEX record_herkomst_op ON record_herkomst (op_soort, op_id);

-- What was written before this: a beoordeling rests on its melding, a question on
-- the beoordeling of its zaak, an answer on the question of its opdracht.
INSERT INTO record_herkomst
SELECT soort, id, versie, 0, rec_from, json_extract(inhoud, '$.melding.bron'), json_extract(inhoud, '$.melding.soort'),
       substr(json_extract(inhoud, '$.melding.pad'), -36), json_extract(inhoud, '$.melding.pad'), 0, ''
FROM record WHERE soort = 'beoordeling' AND json_extract(inhoud, '$.melding.pad') LIKE '/v1/%';
INSERT INTO record_herkomst
SELECT v.soort, v.id, v.versie, 0, v.rec_from, json_extract(v.inhoud, '$.vrager'), b.soort, b.id, '/v1/beoordelingen/' || b.id, b.versie, ''
FROM record v JOIN record b ON b.soort = 'beoordeling' AND b.zaak = v.zaak AND b.versie = 1
WHERE v.soort = 'verrijkingsverzoek' AND v.zaak <> '' AND b.id = (SELECT min(id) FROM record WHERE soort = 'beoordeling' AND zaak = v.zaak);
INSERT INTO record_herkomst
SELECT v.soort, v.id, v.versie, 0, v.rec_from, json_extract(o.inhoud, '$.onderwerp.bron'), json_extract(o.inhoud, '$.onderwerp.soort'),
       substr(json_extract(o.inhoud, '$.onderwerp.pad'), -36), json_extract(o.inhoud, '$.onderwerp.pad'), 0, ''
FROM record v JOIN record o ON o.soort = 'opdracht' AND o.rec_to = 9223372036854775807 AND json_extract(o.inhoud, '$.antwoord.pad') = '/v1/verrijkingen/' || v.id
WHERE v.soort = 'verrijking';
UPDATE record SET rust = 1 WHERE EXISTS (SELECT 1 FROM record_herkomst h WHERE h.soort = record.soort AND h.id = record.id AND h.versie <= record.versie);

-- Who read a record of ours: found in the verwerkingenlog by the record.
CREATE INDEX verwerking_record ON verwerking (json_extract(regel, '$.recordId'));

-- +goose Down
DROP INDEX verwerking_record;
DROP TABLE record_herkomst;
ALTER TABLE record DROP COLUMN rust;
ALTER TABLE record DROP COLUMN zout;
