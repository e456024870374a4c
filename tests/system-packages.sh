#!/bin/sh
# What the tests need from the system: a browser, a database server, a proxy, two other languages to connect from, and
# a library that moves their clocks.
# Installed as root, else named.
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null 2>&1 || missing="$missing nginx-light"
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
php -m 2>/dev/null | grep -q curl || missing="$missing php-cli php-curl"
ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || missing="$missing faketime"
if [ -n "$missing" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need:$missing. Install them with:  sudo apt-get install$missing"
    exit 1
  fi
  # shellcheck disable=SC2086
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
    echo "Installing failed. The tests need:$missing"
    exit 1
  }
fi
node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || {
  echo "The tests need Node 20 or newer; this is $(node --version)."
  exit 1
}
