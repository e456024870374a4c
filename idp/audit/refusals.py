"""A refusal that carries an audit name becomes an event, after its transaction was rolled back."""

from idp.audit.operations import record
from idp.refusal import Refusal


def record_refusal(refusal: Refusal) -> None:
    """Record the refusal; `create_app` hands this to the error pages."""
    if refusal.audit:
        record(refusal.audit, **refusal.facts)  # type: ignore[arg-type]
