"""The commands of `flask` and `python manage.py`."""

from flask import Flask

from app.cli import backups, demo, developing, journals, outbox, people, serving, setup


def init_app(app: Flask) -> None:
    """Add the commands to `app`."""
    for command in (
        setup.configure,
        serving.serve,
        developing.dev,
        people.user,
        journals.import_journal,
        journals.export_journal,
        outbox.outbox,
        setup.search,
        backups.backup,
        backups.restore,
        backups.check,
        demo.demo,
    ):
        app.cli.add_command(command)
