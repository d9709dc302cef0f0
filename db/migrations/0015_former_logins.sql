-- Each login that was ever taken from an applicant. A column of the applicant's held the last one only, so that the one before
-- could be linked again; it is written still, for the release before this one, which knows nothing else.

CREATE TABLE former_logins (
    organization_id  uuid        NOT NULL,
    applicant_id     uuid        NOT NULL,
    subject          text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    taken_at         timestamptz NOT NULL DEFAULT booking_now(),
    PRIMARY KEY (organization_id, applicant_id, subject),
    FOREIGN KEY (organization_id, applicant_id) REFERENCES applicants (organization_id, id)
);
INSERT INTO former_logins (organization_id, applicant_id, subject)
SELECT organization_id, id, unlinked_from FROM applicants WHERE unlinked_from IS NOT NULL;

-- What was taken stays taken: the serving role adds, and forgets only those of a person who has been erased.
DO $$
DECLARE
    serving text := current_setting('booking.serving_role');
BEGIN
    EXECUTE format(
        'CREATE FUNCTION forget_former_logins(of_organization uuid, of_applicant uuid) RETURNS void'
        ' LANGUAGE sql SECURITY DEFINER SET search_path = %I, pg_temp AS %L', current_schema(),
        'DELETE FROM former_logins f USING applicants a'
        ' WHERE f.organization_id = of_organization AND f.applicant_id = of_applicant'
        ' AND a.organization_id = f.organization_id AND a.id = f.applicant_id AND a.erased_at IS NOT NULL');
    REVOKE EXECUTE ON FUNCTION forget_former_logins(uuid, uuid) FROM PUBLIC;
    EXECUTE format('GRANT EXECUTE ON FUNCTION forget_former_logins(uuid, uuid) TO %I', serving);
    EXECUTE format('GRANT SELECT, INSERT (organization_id, applicant_id, subject) ON former_logins TO %I', serving);
END
$$;
