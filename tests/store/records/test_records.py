"""Records: migrations, transactions, and the receivers' view of the keys."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from cairn.access import keys, projects
from cairn.core.errors import CairnError, NotFound
from cairn.store.records.keys import WriteKeys
from cairn.store.records.records import MIGRATIONS, REVISION, Records
from cairn.store.records.tables import KeyRow, Table


def a_project(records: Records) -> str:
    with records.change() as session:
        return projects.create_project(
            session, name="Shop", timezone="UTC", actor="test", now_us=0
        ).id


def test_migrations_lead_to_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    Records.open(tmp_path / "records.sqlite").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'records.sqlite'}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()
    assert differences == []


def test_records_of_the_last_migration_are_those_that_need_none() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == REVISION


def test_records_of_an_unknown_migration_are_refused(tmp_path: Path) -> None:
    Records.open(tmp_path / "records.sqlite").close()
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(CommandError, match="9999"):
        Records.open(tmp_path / "records.sqlite")


def test_records_are_still_there_when_opened_again(tmp_path: Path) -> None:
    records = Records.open(tmp_path / "records.sqlite")
    made = a_project(records)
    records.close()
    records = Records.open(tmp_path / "records.sqlite")
    with records.read() as session:
        assert projects.project(session, made).name == "Shop"
    records.close()


def test_a_file_that_is_no_database_is_refused_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(CairnError, match="cannot be opened") as refused:
        Records.open(tmp_path / "records.sqlite")
    assert refused.value.hint


def test_a_change_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    records = Records.open(tmp_path / "records.sqlite")
    made = a_project(records)
    with pytest.raises(NotFound), records.change() as session:
        keys.create_write_key(session, made, name="web", actor="test", now_us=0)
        projects.project(session, "unknown")
    with records.read() as session:
        assert keys.keys_of(session, made) == []
    records.close()


def test_a_key_cannot_belong_to_a_project_that_does_not_exist(tmp_path: Path) -> None:
    records = Records.open(tmp_path / "records.sqlite")
    with pytest.raises(IntegrityError), records.change() as session:
        keys.create_write_key(session, "unknown", name="web", actor="test", now_us=0)
    records.close()


def test_many_threads_change_the_records_at_the_same_time(tmp_path: Path) -> None:
    records = Records.open(tmp_path / "records.sqlite")
    made = a_project(records)

    def make_keys() -> None:
        for _ in range(5):
            with records.change() as session:
                keys.create_write_key(session, made, name="web", actor="test", now_us=0)

    threads = [threading.Thread(target=make_keys) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with records.read() as session:
        assert session.query(KeyRow).count() == 30
    records.close()


def test_before_the_records_exist_no_key_is_known_and_soon_after_it_is(tmp_path: Path) -> None:
    known = WriteKeys(tmp_path / "records.sqlite")
    assert known.project_of("wk_other") is None
    records = Records.open(tmp_path / "records.sqlite")
    made = a_project(records)
    with records.change() as session:
        key = keys.create_write_key(session, made, name="web", actor="test", now_us=0)
    assert known.project_of(key.secret or "") == made
    known.close()
    records.close()


def test_a_receiver_can_only_read_the_records(tmp_path: Path) -> None:
    Records.open(tmp_path / "records.sqlite").close()
    known = WriteKeys(tmp_path / "records.sqlite")
    known.project_of("wk_any")
    assert known._connection is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        known._connection.execute("DELETE FROM keys")
    known.close()
