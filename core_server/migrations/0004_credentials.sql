-- `users_since`: Unix seconds; NATS users of the venue's account that were issued up to then are dead. Moved by
-- each enrolment, so that the credentials of a box that was lost end when its successor is enrolled.
ALTER TABLE venues ADD COLUMN users_since bigint NOT NULL DEFAULT 0 CHECK (users_since >= 0);
GRANT UPDATE (users_since) ON venues TO felt_app;
