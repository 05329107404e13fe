"""What the processes of a server write down: one line of JSON per happening, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def write_log(process: str, level: str) -> None:
    """Write log lines of this process to standard error, named by the process.

    Tracebacks carry no values of variables, which could be people's data.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _naming(process),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS.get(level, logging.INFO)),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
    )


def _naming(process: str) -> structlog.types.Processor:
    def name(
        _logger: structlog.types.WrappedLogger, _method: str, line: structlog.types.EventDict
    ) -> structlog.types.EventDict:
        return {"process": process, **line}

    return name
