#!/usr/bin/env bash
# Installs what the suite needs besides Python packages, where it is missing: PostgreSQL, Chromium, openssl, nginx, Caddy, Node, a CJK font.
set -euo pipefail

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null || missing+=(chromium-headless-shell)
command -v openssl >/dev/null || missing+=(openssl)
{ command -v nginx || [ -x /usr/sbin/nginx ]; } >/dev/null || missing+=(nginx-light)
command -v caddy >/dev/null || missing+=(caddy)
{ command -v node && command -v npm; } >/dev/null || missing+=(nodejs npm)
[ "${#missing[@]}" -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need: ${missing[*]}. Install them with your system's package manager and try again." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "The tests need: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
echo "Installing ${missing[*]} …"
"${as_root[@]}" apt-get update -qq
apt-cache show chromium-headless-shell >/dev/null 2>&1 || missing=("${missing[@]/%chromium-headless-shell/chromium}")
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" fonts-wqy-microhei >/dev/null
