-- What a person answers by WhatsApp names a phone and no organization.

-- step: by_phone
-- concurrently on contacts
CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (phone) WHERE phone IS NOT NULL
