-- What was asked under a key, told by its JSON value: a retry may write that anew. The release before knows the bytes only, writes no
-- value, and finds what this one has kept by the bytes. Not validated: that would hold the table while it is read.
ALTER TABLE answers
    ADD COLUMN value_fingerprint bytea,
    ADD CONSTRAINT answers_value_fingerprint_check CHECK (length(value_fingerprint) = 32) NOT VALID;
