"""Whether the server is well, for those who watch it."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app import schema
from app.public import public


@public.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="alive")


@public.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether pages can be served: the database answers and has the schema this version needs."""
    problem = schema.problem()
    if problem:
        return jsonify(status="not ready", reason=problem), 503
    return jsonify(status="ready")
