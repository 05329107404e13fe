"""The tables of one project, and the views that SQL users read.

`events.person` is the person as known on arrival; `merges` says whom they turned out to be. Read
`activity` and `sessions`, which apply it.
"""

from __future__ import annotations

from cairn.model.event import CONTEXT_COLUMNS

VERSION = 1

_CONTEXT_DDL = ",\n    ".join(f"{name} VARCHAR" for name in CONTEXT_COLUMNS)

TABLES = f"""
CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    seq BIGINT NOT NULL,                 -- order of arrival, from 0 without gaps
    id VARCHAR NOT NULL,                 -- the client's message id; stored once
    event VARCHAR NOT NULL,
    time TIMESTAMP NOT NULL,             -- UTC, corrected for the client's clock
    received TIMESTAMP NOT NULL,         -- UTC
    person INTEGER NOT NULL,             -- as known on arrival
    distinct_id VARCHAR NOT NULL,
    account VARCHAR,
    {_CONTEXT_DDL},
    properties VARIANT
);
CREATE TABLE IF NOT EXISTS event_names (code INTEGER NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS persons (
    person INTEGER NOT NULL,             -- dense, from 0
    uid VARCHAR NOT NULL,                -- public id
    created TIMESTAMP NOT NULL,
    known BOOLEAN NOT NULL,              -- has a user id
    account VARCHAR,                     -- the last account of a group call
    properties VARCHAR NOT NULL          -- a JSON object, as of now
);
CREATE TABLE IF NOT EXISTS distinct_ids (distinct_id VARCHAR NOT NULL, person INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS merges (source INTEGER NOT NULL, target INTEGER NOT NULL, merged TIMESTAMP NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (account VARCHAR NOT NULL, created TIMESTAMP NOT NULL, properties VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS rejections (
    received TIMESTAMP NOT NULL, reason VARCHAR NOT NULL, hint VARCHAR NOT NULL, payload VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS spool_offsets (segment VARCHAR NOT NULL, position BIGINT NOT NULL);
"""

VIEWS = """
CREATE OR REPLACE VIEW activity AS
SELECT events.* REPLACE (coalesce(merges.target, events.person) AS person)
FROM events LEFT JOIN merges ON merges.source = events.person;

CREATE OR REPLACE VIEW sessions AS
WITH marked AS (
    SELECT person, time, seq, event, url, utm_source, session AS client_session,
        CASE WHEN session IS NOT NULL THEN session IS DISTINCT FROM lag(session) OVER w
             ELSE coalesce(time - lag(time) OVER w > INTERVAL 30 MINUTE
                           OR lag(session) OVER w IS NOT NULL, true) END AS starts
    FROM activity
    WHERE event NOT IN ('$identify', '$group', '$alias')
    WINDOW w AS (PARTITION BY person ORDER BY time, seq)
), numbered AS (
    SELECT *, sum(starts::INTEGER) OVER (PARTITION BY person ORDER BY time, seq) AS number FROM marked
)
SELECT person,
    coalesce(client_session, 'auto-' || number) AS session,
    min(time) AS started, max(time) AS ended, count(*) AS events,
    arg_min(event, seq) AS first_event, arg_min(url, seq) AS entry_url,
    arg_min(utm_source, seq) AS utm_source
FROM numbered
GROUP BY person, coalesce(client_session, 'auto-' || number);
"""

SQL_VIEWS = """
CREATE SCHEMA IF NOT EXISTS sql;
CREATE OR REPLACE VIEW sql.events AS SELECT * EXCLUDE (seq) FROM main.activity;
CREATE OR REPLACE VIEW sql.persons AS
SELECT person, uid, created, known, account, properties::JSON AS properties
FROM main.persons WHERE person NOT IN (SELECT source FROM main.merges);
CREATE OR REPLACE VIEW sql.accounts AS
SELECT account, created, properties::JSON AS properties FROM main.accounts;
CREATE OR REPLACE VIEW sql.sessions AS SELECT * FROM main.sessions;
CREATE OR REPLACE VIEW sql.distinct_ids AS SELECT distinct_id, person FROM main.distinct_ids;
"""
"""What people write SQL over; docs/sql.md lists the columns."""
