"""Opening the records and changing them in transactions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from cairn.core.errors import CairnError

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = "0002"
"""The last migration: records that say so need none, and Alembic is not even loaded."""

_BUSY_SECONDS = 30


def new_id() -> str:
    """Return an id that nobody can guess and no two records share."""
    return secrets.token_hex(8)


class Records:
    """The records of one installation. Safe to use from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Use `open`."""
        self._engine = engine

    @classmethod
    def open(cls, path: Path) -> Records:
        """Open the records, creating the file or bringing it to this version's tables."""
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            f"sqlite:///{path}",
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)
        try:
            with engine.connect() as connection:
                _migrate(connection)
        except DatabaseError as error:
            engine.dispose()
            raise CairnError(
                f"the records in {path} cannot be opened: {error.orig}",
                hint="Is the file readable and not from a newer version? `cairn doctor` tells.",
            ) from error
        return cls(engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Look at the records as of one moment."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def change(self) -> Iterator[Session]:
        """Change the records: everything in the block happens, or nothing."""
        writing = self._engine.execution_options(writing=True)
        with Session(writing, expire_on_commit=False) as session, session.begin():
            yield session

    def check(self) -> None:
        """Raise when the records cannot be read."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()


def _prepare_connection(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy, and let readers and a writer work side by side."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once when about to write, so that no transaction fails half-way."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _migrate(connection: Connection) -> None:
    if _revision(connection) == REVISION:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _revision(connection: Connection) -> str | None:
    """Return the last migration that the records have had, or None when they are new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
