-- +goose Up

-- Every version of every record. Nothing is overwritten: a new version closes
-- the open row (rec_to) and adds one. All times are µs since 1970, UTC.
CREATE TABLE record (
    soort        TEXT   NOT NULL, -- kind of record, for example "melding"
    id           TEXT   NOT NULL, -- uuid, the same for all versions
    versie       BIGINT NOT NULL, -- 1, 2, 3 … without gaps
    zaak         TEXT   NOT NULL, -- urn of the zaak, or empty
    staat        TEXT   NOT NULL, -- state, in the words of the soort, or empty
    geldig_vanaf BIGINT NOT NULL, -- from when this is true in the world
    rec_from     BIGINT NOT NULL, -- from when the node knew this version
    rec_to       BIGINT NOT NULL, -- until when; 9223372036854775807 is the open row
    door         TEXT   NOT NULL, -- who wrote it: a person of the organisation or a rule
    inhoud       TEXT   NOT NULL, -- content, JSON
    PRIMARY KEY (soort, id, versie)
);

-- One open row per record: two writers can never both win.
CREATE UNIQUE INDEX record_open ON record (soort, id) WHERE rec_to = 9223372036854775807;
CREATE INDEX record_nieuwste ON record (soort, rec_from) WHERE rec_to = 9223372036854775807;
CREATE INDEX record_zaak ON record (zaak, soort) WHERE rec_to = 9223372036854775807;

-- About whom a version of a record is.
CREATE TABLE record_persoon (
    bsn    TEXT   NOT NULL, -- nine digits
    soort  TEXT   NOT NULL,
    id     TEXT   NOT NULL,
    versie BIGINT NOT NULL,
    plaats BIGINT NOT NULL, -- order in which the writer named them
    PRIMARY KEY (soort, id, versie, bsn),
    FOREIGN KEY (soort, id, versie) REFERENCES record (soort, id, versie)
);
CREATE INDEX record_persoon_bsn ON record_persoon (bsn, soort, id, versie);

-- Messages that must reach another party, written in the transaction of the
-- record they tell about and sent in order of nr per bestemming.
CREATE TABLE outbox (
    nr           INTEGER PRIMARY KEY AUTOINCREMENT, -- order; never used again
    id           TEXT   NOT NULL, -- id of the event or order inside the message
    bestemming   TEXT   NOT NULL, -- "hub" or an OIN
    soort        TEXT   NOT NULL, -- what it is, for the page about deliveries
    pad          TEXT   NOT NULL, -- path at the bestemming, never with a BSN
    content_type TEXT   NOT NULL,
    body         BLOB   NOT NULL,
    staat        TEXT   NOT NULL, -- wacht, bezorgd or mislukt
    pogingen     BIGINT NOT NULL, -- attempts that failed so far
    gemaakt      BIGINT NOT NULL, -- when it was written
    volgende     BIGINT NOT NULL, -- not to be tried before
    klaar        BIGINT NOT NULL, -- when it was delivered or parked, or 0
    reden        TEXT   NOT NULL, -- why the last attempt failed, without personal data
    UNIQUE (bestemming, id, pad)
);
CREATE INDEX outbox_staat ON outbox (staat, bestemming, nr);

-- The verwerkingenlog: who looked at what, about whom and why. Rows are only
-- added. hash = SHA-256(hash of the row before ‖ nr ‖ regel). regel stays text
-- on every engine: a type that rewrites JSON would break the hash.
CREATE TABLE verwerking (
    nr        BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3 … without gaps
    id        TEXT   NOT NULL UNIQUE,
    tijdstip  BIGINT NOT NULL,
    regel     TEXT   NOT NULL, -- the whole line, JSON
    vorige    BLOB   NOT NULL, -- hash of row nr-1; 32 zero bytes before the first
    hash      BLOB   NOT NULL
);

-- About whom a line of the verwerkingenlog is; an index on what regel says.
CREATE TABLE verwerking_persoon (
    bsn TEXT   NOT NULL,
    nr  BIGINT NOT NULL REFERENCES verwerking (nr),
    PRIMARY KEY (bsn, nr)
);

-- Small state of the node itself: copy of the register, session key.
CREATE TABLE waarde (
    sleutel TEXT NOT NULL PRIMARY KEY,
    waarde  BLOB NOT NULL
);

-- +goose Down
DROP TABLE waarde;
DROP TABLE verwerking_persoon;
DROP TABLE verwerking;
DROP TABLE outbox;
DROP TABLE record_persoon;
DROP TABLE record;
