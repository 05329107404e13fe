"""Operating system, browser and device, from a browser's user agent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_DESKTOPS = frozenset({"Windows", "Mac OS X", "Linux", "Ubuntu", "Chrome OS", "Fedora", "Debian"})


@dataclass(frozen=True, slots=True)
class Device:
    """What a user agent says. A part that it does not say is None."""

    os: str | None = None
    browser: str | None = None
    device: str | None = None


@lru_cache(maxsize=20_000)
def device_of(user_agent: str) -> Device:
    """Return what the user agent says; computers are all called "Desktop"."""
    import ua_parser

    found = ua_parser.parse(user_agent[:1_000])
    os = found.os.family if found.os else None
    browser = found.user_agent.family if found.user_agent else None
    if os in _DESKTOPS:
        device: str | None = "Desktop"
    else:
        device = found.device.family if found.device else None
    return Device(os, browser, device)
