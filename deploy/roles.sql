-- The roles of compose.yml's PostgreSQL. The passwords are for development only: the server is reachable from nowhere else.
-- Production: the same two roles, so that the service can neither change the schema nor rewrite what happened.
CREATE ROLE booking_app LOGIN PASSWORD 'development-only';
CREATE ROLE booking_owner LOGIN CREATEROLE PASSWORD 'development-only';
-- Migrations set the limits of the serving role.
GRANT booking_app TO booking_owner WITH ADMIN OPTION;
CREATE DATABASE booking OWNER booking_owner;
