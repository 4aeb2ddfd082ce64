"""How many entries and words each written day has, kept by the database itself, whoever changes an entry and however."""

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None

YEAR = {"sqlite": "CAST(substr({row}.entry_date, 1, 4) AS INTEGER)", "postgresql": "CAST(EXTRACT(YEAR FROM {row}.entry_date) AS INTEGER)"}
FILL = """
    INSERT INTO written_day (user_id, year, day, entries, words)
    SELECT user_id, {year}, sort_key / 86400, count(*), sum(word_count) FROM entry WHERE trashed_at IS NULL
    GROUP BY user_id, {year}, sort_key / 86400
"""
ADD = """
    INSERT INTO written_day (user_id, year, day, entries, words)
    SELECT new.user_id, {new_year}, new.sort_key / 86400, 1, new.word_count WHERE new.trashed_at IS NULL
    ON CONFLICT (user_id, year, day) DO UPDATE SET entries = written_day.entries + 1, words = written_day.words + excluded.words;
"""
TAKE = """
    UPDATE written_day SET entries = entries - 1, words = words - old.word_count
    WHERE user_id = old.user_id AND year = {old_year} AND day = old.sort_key / 86400 AND old.trashed_at IS NULL;
    DELETE FROM written_day WHERE user_id = old.user_id AND year = {old_year} AND day = old.sort_key / 86400 AND entries = 0;
"""
NOT_TRASHED = sa.text("trashed_at IS NULL")
COLUMNS = "user_id, entry_date, sort_key, word_count, trashed_at"
CHANGED = " OR ".join(f"old.{name} IS {{distinct}} new.{name}" for name in COLUMNS.split(", "))


def upgrade() -> None:
    """Make the table, count what is there, and let the database go on counting."""
    op.create_table(
        "written_day",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("day", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_written_day_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "year", "day", name="pk_written_day"),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_entry_written", "entry")
    _index("user_id", "sort_key", "id", "word_count", "entry_time", "mood", "trashed_at")
    dialect = op.get_bind().dialect.name
    op.execute(FILL.format(year=YEAR[dialect].format(row="entry")))
    years = {f"{row}_year": YEAR[dialect].format(row=row) for row in ("old", "new")}
    add, take = ADD.format(**years), TAKE.format(**years)
    for statement in _in_sqlite(add, take) if dialect == "sqlite" else _in_postgresql(add, take):
        op.execute(statement)


def downgrade() -> None:
    """Remove the counts, and what keeps them."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("added", "changed", "removed"):
        op.execute(f"DROP TRIGGER written_day_{name}" + ("" if is_sqlite else " ON entry"))
    if not is_sqlite:
        op.execute("DROP FUNCTION count_written_day()")
    op.drop_table("written_day")
    op.drop_index("ix_entry_written", "entry")
    _index("user_id", "sort_key", "id", "word_count")


def _index(*columns: str) -> None:
    """Index entries by their days, with what is counted, so that counting reads nothing else."""
    op.create_index("ix_entry_written", "entry", columns, sqlite_where=NOT_TRASHED, postgresql_where=NOT_TRASHED)


def _in_sqlite(add: str, take: str) -> list[str]:
    changed = CHANGED.format(distinct="NOT")
    return [
        f"CREATE TRIGGER written_day_added AFTER INSERT ON entry BEGIN {add} END",
        f"CREATE TRIGGER written_day_removed AFTER DELETE ON entry BEGIN {take} END",
        f"CREATE TRIGGER written_day_changed AFTER UPDATE OF {COLUMNS} ON entry WHEN {changed} BEGIN {take} {add} END",
    ]


def _in_postgresql(add: str, take: str) -> list[str]:
    changed, act = CHANGED.format(distinct="DISTINCT FROM"), "FOR EACH ROW {when} EXECUTE FUNCTION count_written_day()"
    return [
        f"""
        CREATE FUNCTION count_written_day() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP <> 'INSERT' THEN {take} END IF;
            IF TG_OP <> 'DELETE' THEN {add} END IF;
            RETURN NULL;
        END $$
        """,
        f"CREATE TRIGGER written_day_added AFTER INSERT ON entry {act.format(when='')}",
        f"CREATE TRIGGER written_day_removed AFTER DELETE ON entry {act.format(when='')}",
        f"CREATE TRIGGER written_day_changed AFTER UPDATE OF {COLUMNS} ON entry {act.format(when=f'WHEN ({changed})')}",
    ]
