"""Whether the server is well, for those who watch it."""

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from app import clock
from app.backup import archive
from app.database import migrating
from app.operations import chores
from app.public import public


@public.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="alive")


@public.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether pages can be served: the database answers and has the schema this version needs; and how old the last backup is."""
    problem = migrating.problem()
    if problem:
        return jsonify(status="not ready", reason=problem), 503
    made_at = archive.last_made()
    age = int((clock.now() - made_at).total_seconds()) if made_at else None
    failing = sorted(name for name, outcome in chores.outcomes().items() if outcome.get("error"))
    return jsonify(
        status="ready",
        version=current_app.config["VERSION"],
        failing_chores=failing,
        last_backup=made_at.isoformat() if made_at else None,
        last_backup_age_seconds=age,
    )
