-- +goose Up

-- What somebody typed on a form and did not send yet. No record: nobody but who typed
-- it sees it.
CREATE TABLE concept (
    wie        TEXT   NOT NULL, -- who typed it, by the name of the identity provider
    blad       TEXT   NOT NULL, -- path of the form
    velden     TEXT   NOT NULL, -- JSON: name of a field to what is filled in
    bijgewerkt BIGINT NOT NULL, -- microseconds
    PRIMARY KEY (wie, blad)
);
CREATE INDEX concept_oud ON concept (bijgewerkt);

-- +goose Down
DROP TABLE concept;
