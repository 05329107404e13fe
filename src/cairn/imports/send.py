"""Messages delivered in batches, in order, over the same HTTP path as any client's."""

from __future__ import annotations

import base64
import gzip
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx
import msgspec

from cairn.core.errors import CairnError, InvalidInput, NotSignedIn, Unavailable

BATCH_BYTES = 400_000
BATCH_EVENTS = 1_000

_TRIES = 8
_AHEAD = 3

T = TypeVar("T")


class HttpSender:
    """Sends to a running Cairn, waiting and trying again while it is busy or restarting."""

    def __init__(self, url: str, write_key: str, timeout_seconds: float = 60.0) -> None:
        """Send to the server at `url` as the project of the write key."""
        self._url = url.rstrip("/")
        name = base64.b64encode(f"{write_key}:".encode()).decode()
        self._client = httpx.Client(
            base_url=self._url,
            timeout=timeout_seconds,
            trust_env=False,
            headers={
                "Authorization": f"Basic {name}",
                "Content-Type": "application/json",
                "Content-Encoding": "gzip",
            },
        )

    def send(self, messages: Sequence[bytes]) -> None:
        """Return when the server has the messages on disk. Raises a CairnError when it refuses."""
        if not messages:
            return
        body = gzip.compress(b'{"batch":[' + b",".join(messages) + b"]}", 1)
        problem = ""
        for attempt in range(_TRIES):
            wait_seconds = min(0.2 * 2**attempt, 10.0)
            try:
                answer = self._client.post("/v1/batch", content=body)
            except httpx.UnsupportedProtocol as error:
                raise InvalidInput(
                    f"{self._url!r} is not the address of a server",
                    hint="Write it with http:// or https:// in front.",
                ) from error
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
            else:
                if answer.status_code == 200:
                    return
                if answer.status_code not in (429, 500, 502, 503, 504):
                    raise _refusal(answer)
                problem = f"it answered {answer.status_code}"
                wait_seconds = _retry_after(answer) or wait_seconds
            if attempt < _TRIES - 1:
                time.sleep(wait_seconds)
        raise Unavailable(
            f"the server at {self._url} did not take the events: {problem}",
            hint="Start it with `cairn serve`, then repeat the import; it goes on where it stopped.",
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Encoded messages that travel together, and a mark that says how far they go."""

    messages: Sequence[bytes]
    mark: T


def batches(messages: Iterable[bytes]) -> Iterator[Batch[int]]:
    """Group messages below the limits of the receiver, marked by how many there have been."""
    gathered: list[bytes] = []
    size = count = 0
    for message in messages:
        if size + len(message) > BATCH_BYTES or len(gathered) >= BATCH_EVENTS:
            yield Batch(gathered, count)
            gathered, size = [], 0
        gathered.append(message)
        size += len(message) + 1
        count += 1
    if gathered:
        yield Batch(gathered, count)


def deliver(
    stream: Iterable[Batch[T]],
    send: Callable[[Sequence[bytes]], None],
    on_safe: Callable[[T], None],
) -> None:
    """Send all batches in order while the next are being made; report each mark once it is safe.

    On the first failure, waits for what is on its way and raises it.
    """
    waiting: deque[tuple[T, Future[None]]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="send") as pool:

        def settle() -> None:
            mark, future = waiting.popleft()
            future.result()
            on_safe(mark)

        for batch in stream:
            waiting.append((batch.mark, pool.submit(send, batch.messages)))
            if len(waiting) > _AHEAD:
                settle()
        while waiting:
            settle()


def _refusal(answer: httpx.Response) -> CairnError:
    try:
        said = msgspec.json.decode(answer.content)
        message, hint = str(said["message"]), str(said.get("hint", ""))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        message, hint = f"the server answered {answer.status_code}", ""
    if answer.status_code in (401, 403):
        return NotSignedIn(message, hint)
    return InvalidInput(message, hint)


def _retry_after(answer: httpx.Response) -> float | None:
    try:
        return min(float(answer.headers["retry-after"]), 30.0)
    except (KeyError, ValueError):
        return None
