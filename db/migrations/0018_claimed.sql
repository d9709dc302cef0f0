-- Whose token says no more what an earlier one said is found by their login. A few thousand rows at the most: it is made in
-- milliseconds.
CREATE INDEX agents_by_claimed_subject ON agents (subject) WHERE claimed_role IS NOT NULL;
