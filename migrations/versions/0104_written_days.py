"""How many entries and words each written day has, kept by the database itself, whoever changes an entry and however."""

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None

YEAR = {"sqlite": "CAST(substr({row}.entry_date, 1, 4) AS INTEGER)", "postgresql": "EXTRACT(YEAR FROM {row}.entry_date)"}
FILL = """
    INSERT INTO written_day (user_id, day, year, entries, words)
    SELECT user_id, sort_key / 86400, {year}, count(*), sum(word_count) FROM entry WHERE trashed_at IS NULL
    GROUP BY user_id, sort_key / 86400, {year}
"""
ADD = """
    INSERT INTO written_day (user_id, day, year, entries, words)
    SELECT new.user_id, new.sort_key / 86400, {year}, 1, new.word_count WHERE new.trashed_at IS NULL
    ON CONFLICT (user_id, day) DO UPDATE SET entries = written_day.entries + 1, words = written_day.words + excluded.words;
"""
TAKE = """
    UPDATE written_day SET entries = entries - 1, words = words - old.word_count
    WHERE user_id = old.user_id AND day = old.sort_key / 86400 AND old.trashed_at IS NULL;
    DELETE FROM written_day WHERE user_id = old.user_id AND day = old.sort_key / 86400 AND entries = 0;
"""
COLUMNS = "user_id, entry_date, sort_key, word_count, trashed_at"
CHANGED = " OR ".join(f"old.{name} IS {{distinct}} new.{name}" for name in COLUMNS.split(", "))


def upgrade() -> None:
    """Make the table, count what is there, and let the database go on counting."""
    op.create_table(
        "written_day",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_written_day_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "day", name="pk_written_day"),
        sqlite_with_rowid=False,
    )
    dialect = op.get_bind().dialect.name
    op.execute(FILL.format(year=YEAR[dialect].format(row="entry")))
    add = ADD.format(year=YEAR[dialect].format(row="new"))
    for statement in _in_sqlite(add) if dialect == "sqlite" else _in_postgresql(add):
        op.execute(statement)


def downgrade() -> None:
    """Remove the counts, and what keeps them."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("added", "changed", "removed"):
        op.execute(f"DROP TRIGGER written_day_{name}" + ("" if is_sqlite else " ON entry"))
    if not is_sqlite:
        op.execute("DROP FUNCTION count_written_day()")
    op.drop_table("written_day")


def _in_sqlite(add: str) -> list[str]:
    changed = CHANGED.format(distinct="NOT")
    return [
        f"CREATE TRIGGER written_day_added AFTER INSERT ON entry BEGIN {add} END",
        f"CREATE TRIGGER written_day_removed AFTER DELETE ON entry BEGIN {TAKE} END",
        f"CREATE TRIGGER written_day_changed AFTER UPDATE OF {COLUMNS} ON entry WHEN {changed} BEGIN {TAKE} {add} END",
    ]


def _in_postgresql(add: str) -> list[str]:
    changed, act = CHANGED.format(distinct="DISTINCT FROM"), "FOR EACH ROW {when} EXECUTE FUNCTION count_written_day()"
    return [
        f"""
        CREATE FUNCTION count_written_day() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP <> 'INSERT' THEN {TAKE} END IF;
            IF TG_OP <> 'DELETE' THEN {add} END IF;
            RETURN NULL;
        END $$
        """,
        f"CREATE TRIGGER written_day_added AFTER INSERT ON entry {act.format(when='')}",
        f"CREATE TRIGGER written_day_removed AFTER DELETE ON entry {act.format(when='')}",
        f"CREATE TRIGGER written_day_changed AFTER UPDATE OF {COLUMNS} ON entry {act.format(when=f'WHEN ({changed})')}",
    ]
