#!/usr/bin/env bash
# Migrates a fresh SQLite database and fails where the models say something else than the migrations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export FLASK_SKIP_DOTENV=1 FLASK_CONFIG=development DATA_DIR="$folder" DATABASE_URL="sqlite:///$folder/check.db"
"$1/python" manage.py db upgrade
"$1/python" manage.py db check
