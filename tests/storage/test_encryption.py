"""The key of an encrypted database: SQLCipher's own, worked out once a process."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from app.database import engine as engines
from app.database import migrating
from app.extensions import db
from tests.conftest import make_app

KEYS = ("a passphrase", "it's “ключ” 鍵", f"x'{'0f' * 32}'", f"x'{'0F' * 48}'")


@pytest.mark.parametrize("key", KEYS)
def test_a_file_opens_with_its_key_however_often(tmp_path: Path, key: str) -> None:
    engines._derived.cache_clear()
    for _start in range(2):
        app = make_app(f"sqlite:///{tmp_path}/journal.db", tmp_path / "data", DATABASE_KEY=key)
        with app.app_context():
            migrating.bring_up_to_date()
            connections = [db.engine.connect() for _number in range(4)]
            assert [one.exec_driver_sql("SELECT count(*) FROM role").scalar() for one in connections] == [3] * 4
            for one in connections:
                one.close()
            db.engine.dispose()
    assert engines._derived.cache_info().misses == (0 if key.startswith("x'") else 1), "a fifth of a second, once"
    connection = sqlcipher.connect(tmp_path / "journal.db")
    connection.execute("PRAGMA key = '{}'".format(key.replace("'", "''")))
    assert connection.execute("SELECT count(*) FROM role").fetchone() == (3,), "whoever has the key needs no Daybook"
    connection.close()


def test_a_file_that_took_anothers_place_is_opened_by_its_own_salt(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with make_app(f"sqlite:///{tmp_path}/{name}.db", tmp_path / name, DATABASE_KEY="one key").app_context():
            migrating.bring_up_to_date()
            db.engine.dispose()
    (tmp_path / "second.db").replace(tmp_path / "first.db")
    with make_app(f"sqlite:///{tmp_path}/first.db", tmp_path / "first", DATABASE_KEY="one key").app_context():
        assert migrating.problem() is None
        db.engine.dispose()
