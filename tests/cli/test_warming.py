"""What is done once for all processes before they are forked."""

from flask import Flask

from app.cli.warming import PAGES, TEMPLATES, warm_up
from app.extensions import db
from tests.factories import Factory


def test_warming_up_compiles_what_pages_need_and_leaves_no_connection(app: Flask, factory: Factory) -> None:
    app.jinja_env.cache.clear()  # type: ignore[union-attr]  # it has one
    app.extensions["limits"] = None
    with app.app_context():
        warm_up(app)
        assert not db.session.registry.has(), "it is called by a command, which has a context"
    compiled = {name for _loader, name in app.jinja_env.cache or {}}
    assert {*TEMPLATES, "layout.html"} <= compiled
    with app.app_context():
        assert not db.session.registry.has() and db.engine.pool.checkedin() == 0  # type: ignore[attr-defined]
        assert app.extensions["limits"] is None, "the counters' file is opened by each process for itself"
    assert all(app.test_client().get(path, base_url=app.config["PUBLIC_URL"]).status_code == 200 for path in PAGES)
