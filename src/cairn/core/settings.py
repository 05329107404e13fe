"""Every setting, once: its type, its default and what it does.

Values come, later winning over earlier, from the defaults below, `cairn.toml` in the working
directory (or the file named by `CAIRN_CONFIG`), and environment variables: `CAIRN_` followed by the
name in capitals.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from cairn.core.errors import InvalidInput


class Settings(BaseSettings):
    """What an operator can change."""

    model_config = SettingsConfigDict(
        env_prefix="CAIRN_", extra="ignore", frozen=True, env_ignore_empty=True
    )

    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8765, ge=0, le=65535, description="Port the server listens on.")
    data_dir: Path = Field(
        Path("cairn-data"), description="Folder that holds everything Cairn keeps."
    )
    receivers: int = Field(
        1, ge=1, le=64, description="Receiver processes that accept events on the port."
    )
    threads: int = Field(
        0, ge=0, description="Threads that answer one question; 0 means one per core."
    )
    min_free_mb: int = Field(
        256,
        ge=1,
        description="Free disk space in MB below which the receiver answers 503 to keep events safe.",
    )
    query_timeout_seconds: float = Field(
        60.0, gt=0, description="Longest time one question may take."
    )
    memory_limit_mb: int = Field(
        0, ge=0, description="Memory DuckDB may use, in MB; 0 leaves its own default."
    )
    secure_cookies: bool = Field(
        False, description="Send the session cookie over HTTPS only; set it behind TLS."
    )
    log_level: str = Field("info", description="debug, info, warning or error.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, cairn.toml, defaults."""
        toml = TomlConfigSettingsSource(settings_cls, settings_file())
        return (init_settings, env_settings, toml)

    @property
    def worker_threads(self) -> int:
        """Return how many threads answer one question."""
        return self.threads or os.cpu_count() or 1


def settings_file() -> Path:
    """Return the file that settings are read from, whether it exists or not."""
    return Path(os.environ.get("CAIRN_CONFIG", "cairn.toml"))


def load_settings(**overrides: object) -> Settings:
    """Read the settings, raising InvalidInput that names the setting and the value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            f"the settings file {settings_file()} is not TOML: {error}",
            hint="Write one setting a line, as in port = 8765; docs/settings.md lists them.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"setting '{name}' is {first.get('input')!r}: {first['msg']}",
            hint=f"Change {name} in cairn.toml or CAIRN_{name.upper()}; "
            "docs/settings.md lists every setting.",
        ) from error
