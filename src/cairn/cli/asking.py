"""A program that may ask a server questions: by API key elsewhere, as the owner on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import delete

from cairn.access import members, sessions
from cairn.access.secret import csrf_token, digest
from cairn.cli.installation import chosen_project, records_of
from cairn.cli.server import reached
from cairn.core import errors
from cairn.core.clock import system_clock
from cairn.core.errors import CairnError, InvalidInput, NotFound, Unavailable
from cairn.core.settings import Settings
from cairn.store.records.records import Records
from cairn.store.records.tables import SessionRow


@dataclass(frozen=True, slots=True)
class Asking:
    """A client with the right to read one project."""

    client: httpx.Client
    path: str

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Read something of the project. Raises what the server answers as a CairnError."""
        return self._good(lambda: self.client.get(self.path + path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Ask something of the project. Raises what the server answers as a CairnError."""
        return self._good(lambda: self.client.post(self.path + path, **options))

    @contextmanager
    def stream(self, path: str, **options: Any) -> Iterator[httpx.Response]:
        """Read something long of the project, piece by piece."""
        with _plainly(), self.client.stream("GET", self.path + path, **options) as answer:
            if answer.status_code != 200:
                answer.read()
                raise error_of(answer)
            yield answer

    def _good(self, ask: Any) -> httpx.Response:
        with _plainly():
            answer: httpx.Response = ask()
        if answer.status_code != 200:
            raise error_of(answer)
        return answer


@contextmanager
def asking(
    settings: Settings, url: str | None, api_key: str | None, project: str | None
) -> Iterator[Asking]:
    """Yield a client for the project that is meant: at an address, or in the data directory."""
    if url is not None:
        if not api_key:
            raise InvalidInput(
                "--url needs an API key",
                hint="Add --api-key ck_… with the scope 'query'; the project's settings page makes "
                "one.",
            )
        with _client(url) as client:
            client.headers["Authorization"] = f"Bearer {api_key}"
            yield Asking(client, f"/api/projects/{_project_at(client, project)}")
        return
    with records_of(settings.data_dir) as records:
        with records.read() as session:
            chosen = chosen_project(session, project)
        with reached(settings) as address, _client(address) as client, _as_owner(records, client):
            yield Asking(client, f"/api/projects/{chosen.id}")


def error_of(answer: httpx.Response) -> CairnError:
    """Return the error that a server answered with."""
    try:
        said = answer.json()
        kind = _KINDS.get(str(said["code"]), CairnError)
        return kind(str(said["message"]), str(said.get("hint", "")))
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            f"the server answered {answer.status_code}",
            hint="Is it a Cairn server, and is the address right?",
        )


_KINDS = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, CairnError)
}


def _client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address.rstrip("/"), timeout=120, trust_env=False)


@contextmanager
def _plainly() -> Iterator[None]:
    """Say plainly when the server cannot be reached."""
    try:
        yield
    except httpx.UnsupportedProtocol as error:
        raise InvalidInput(
            "--url is not the address of a server",
            hint="Write it with http:// or https:// in front.",
        ) from error
    except httpx.TransportError as error:
        raise Unavailable(
            f"the server cannot be reached: {error or type(error).__name__}",
            hint="Check the address with --url, and whether the server runs.",
        ) from error


def _project_at(client: httpx.Client, choice: str | None) -> str:
    with _plainly():
        answer = client.get("/api/projects")
    if answer.status_code != 200:
        raise error_of(answer)
    found = [one for one in answer.json() if choice in (None, one["id"], one["name"])]
    if not found:
        raise NotFound(
            f"the API key reaches no project {choice!r}",
            hint="An API key works for the project it was made in.",
        )
    return str(found[0]["id"])


@contextmanager
def _as_owner(records: Records, client: httpx.Client) -> Iterator[None]:
    """Let the client act as the owner while the block lasts: whoever holds the files may."""
    with records.change() as session:
        owner = next((one for one in members.all_members(session) if one.role == "owner"), None)
        if owner is None:
            raise NotFound(
                "nobody owns this installation yet", hint="Open the page of `cairn serve` first."
            )
        token = sessions.start(session, owner.id, system_clock())
    client.cookies.set(sessions.COOKIE, token)
    client.headers["X-CSRF-Token"] = csrf_token(token)
    try:
        yield
    finally:
        with records.change() as session:
            session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))
