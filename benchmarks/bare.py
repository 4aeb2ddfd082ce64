"""The yardstick: the least that Flask, SQLAlchemy Core and SQLite need for a page of 20 rows, and for keeping one more.

No people, no sessions, no forms, no security headers: one statement built once, one short template, the same rows and the
same pragmas as the journal under test.
"""

import os
from datetime import date
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import MetaData, Table, create_engine, insert, select

from app.database.engine import engine_options, set_up_sqlite

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Journal</title><link rel="stylesheet" href="/style.css"></head>
<body>
<header><a href="{{ url_for('journal') }}">Journal</a> <a href="{{ url_for('write') }}">Write</a></header>
<main>
<h1>Journal</h1>
{% for row in rows %}
<article>
<time datetime="{{ row.entry_date.isoformat() }}">{{ row.entry_date.strftime('%d %B %Y') }}</time>
<h2><a href="{{ url_for('entry', entry_id=row.id) }}">{{ row.title or row.entry_date.strftime('%A') }}</a></h2>
<p>{{ row.excerpt }}</p>
<p>{{ row.entry_date.strftime('%A') }}{% if row.entry_time %} {{ row.entry_time.strftime('%H:%M') }}{% endif %} by {{ row.username }}</p>
</article>
{% endfor %}
</main>
</body>
</html>
"""


def create_app() -> Flask:
    """Return the bare application on the database that BENCHMARK_DATABASE names."""
    url = os.environ["BENCHMARK_DATABASE"]
    engine = create_engine(url, **engine_options(url))
    if engine.dialect.name == "sqlite":
        set_up_sqlite(engine)
    kept = MetaData()
    entry = Table("entry", kept, autoload_with=engine)
    user = Table("user", kept, autoload_with=engine)
    note = Table("bare_note", kept, autoload_with=engine)
    listed = (
        select(entry.c.id, entry.c.title, entry.c.excerpt, entry.c.entry_date, entry.c.entry_time, user.c.username)
        .join(user, user.c.id == entry.c.user_id)
        .where(entry.c.user_id == int(os.environ["BENCHMARK_READER"]), entry.c.trashed_at.is_(None))
        .order_by(entry.c.sort_key.desc(), entry.c.id.desc())
        .limit(20)
    )
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"journal.html": PAGE})

    @app.get("/")
    def journal() -> ResponseReturnValue:
        with engine.connect() as connection:
            rows: list[Any] = list(connection.execute(listed))
        return render_template("journal.html", rows=rows)

    @app.post("/entry")
    def write() -> ResponseReturnValue:
        form = request.form
        values = {"title": form["title"], "body": form["body"], "entry_date": date.fromisoformat(form["entry_date"])}
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            number = connection.execute(insert(note).values(**values)).inserted_primary_key
        return redirect(url_for("entry", entry_id=number[0] if number else 0), 303)

    @app.get("/entry/<int:entry_id>", endpoint="entry")
    def one(entry_id: int) -> ResponseReturnValue:
        return str(entry_id)

    return app
