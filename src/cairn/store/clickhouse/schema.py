"""The tables of one project in ClickHouse.

Properties are kept as text, the form in which questions compare them. Persons, accounts and merges
are replaced by their newest version, so they are read with FINAL.
"""

from __future__ import annotations

from cairn.model.event import CONTEXT_COLUMNS

_CONTEXT = ",\n    ".join(f"{name} Nullable(String)" for name in CONTEXT_COLUMNS)

TABLES = (
    f"""CREATE TABLE IF NOT EXISTS events (
    seq Int64,
    id String,
    event LowCardinality(String),
    time_us Int64,
    time DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time_us, 'UTC'),
    received_us Int64,
    person Int32,
    distinct_id String,
    account Nullable(String),
    {_CONTEXT},
    properties Map(String, String)
) ENGINE = MergeTree ORDER BY (event, person, time_us, seq)""",
    """CREATE TABLE IF NOT EXISTS persons (
    person Int32,
    uid String,
    created_us Int64,
    known Bool,
    account Nullable(String),
    properties Map(String, String),
    version Int64
) ENGINE = ReplacingMergeTree(version) ORDER BY person""",
    """CREATE TABLE IF NOT EXISTS accounts (
    account String,
    properties Map(String, String),
    version Int64
) ENGINE = ReplacingMergeTree(version) ORDER BY account""",
    """CREATE TABLE IF NOT EXISTS merges (
    source Int32,
    target Int32,
    version Int64
) ENGINE = ReplacingMergeTree(version) ORDER BY source""",
)
