-- The roles of compose.yml's PostgreSQL, with the passwords that its environment has.
-- Production: the same two roles, so that the service can neither change the schema nor rewrite what happened.
\getenv app_password POSTGRES_APP_PASSWORD
\getenv owner_password POSTGRES_OWNER_PASSWORD
CREATE ROLE booking_app LOGIN PASSWORD :'app_password';
CREATE ROLE booking_owner LOGIN CREATEROLE PASSWORD :'owner_password';
-- Migrations set the limits of the serving role.
GRANT booking_app TO booking_owner WITH ADMIN OPTION;
CREATE DATABASE booking OWNER booking_owner;
