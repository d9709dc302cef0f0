-- Restores of this database from a backup: marks under the secret of the audit, by which seals that a restore has taken back are
-- told from seals that somebody has taken away (ADR 103).
CREATE TABLE restores (
    number    integer     PRIMARY KEY CHECK (number > 0),
    seal      bigint      NOT NULL CHECK (seal >= 0),     -- the last one that the backup had
    lost      bigint      NOT NULL CHECK (lost >= seal),  -- the last one that the log has
    marked_at timestamptz NOT NULL,
    key_id    text        NOT NULL CHECK (length(key_id) = 16),
    digest    bytea       NOT NULL CHECK (length(digest) = 32)
);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT ON restores TO %I', current_setting('booking.serving_role'));
END
$$;
