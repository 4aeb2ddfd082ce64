"""Reads every module of the application, once for all commands that tests start."""

import pkgutil
from importlib import import_module

import app
import manage

__all__ = ["app", "manage"]

SCRIPT = "app.media.child"
"""It is started as a script, and changes where modules are looked for."""

for module in pkgutil.walk_packages(app.__path__, "app."):
    if module.name != SCRIPT:
        import_module(module.name)
