"""`cairn sign-in-link`: for an owner who cannot get in."""

from __future__ import annotations

from typing import Annotated

import typer

from cairn.access import links, members
from cairn.cli.installation import records_of
from cairn.cli.options import DataDir
from cairn.cli.serve import address_in_use
from cairn.cli.server import settings_from
from cairn.cli.show import notes
from cairn.core.errors import NotFound
from cairn.store.records.records import Records


def sign_in_link(
    email: Annotated[
        str | None,
        typer.Argument(help="E-mail address of the member. [default: the first owner]"),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a link that signs a member in once, within a day, without a password."""
    settings = settings_from(data_dir=data_dir)
    address = address_in_use(settings.data_dir)
    with records_of(settings.data_dir) as records:
        print(link_for(records, address or f"http://{settings.host}:{settings.port}", email))
    if address is None:
        notes.print("No server runs here now: start it with `cairn serve`, then open the link.")


def link_for(records: Records, address: str, email: str | None = None) -> str:
    """Return a sign-in link for a member, or for the first owner. Raises NotFound."""
    if email is None:
        with records.read() as session:
            owners = [one for one in members.all_members(session) if one.role == "owner"]
        if not owners:
            raise NotFound(
                "nobody owns this installation yet",
                hint="Start `cairn serve` and open its page, which creates the owner.",
            )
        email = owners[0].email
    return f"{address}/sign-in?token={links.create_sign_in_link(records, email)}"
