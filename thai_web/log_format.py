"""How an application writes its log: a line an event, whatever text of a caller's stands in it."""

import logging

# Line breaks of every kind and what moves a terminal's cursor (CWE-117): written as escapes.
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029)
}


class OneLine(logging.Formatter):
    """Keeps a message on its line, and indents a traceback, so that no text from outside passes for a line of ours."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.translate(_CONTROL)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        return "\n".join(f"    {line}" for line in super().formatException(ei).splitlines())  # type: ignore[arg-type]


def begin(name: str) -> None:
    """Write warnings and worse of the logger `name`, and of those below it, to the standard error stream."""
    log = logging.getLogger(name)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
        log.addHandler(handler)
