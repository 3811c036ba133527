#!/usr/bin/env bash
# Install what is missing: `scripts/setup.sh run` for serving, `scripts/setup.sh test` for tests,
# `scripts/setup.sh deploy` for the tests behind nginx.
# Does nothing if it already ran for the same lock file.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
case "$what" in
  run) lock=requirements.lock ;;
  test | deploy) lock=requirements-test.lock ;;
  *) echo "setup.sh: say run, test or deploy" >&2; exit 2 ;;
esac

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

debian_install() {
  command -v apt-get >/dev/null || return 1
  echo "Installing with apt-get: $*" >&2
  as_root apt-get update -qq >&2 && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >&2
}

find_python() {
  for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "Python 3.11 or newer is needed and was not found." >&2
  exit 1
}

if [ "$what" = deploy ]; then
  for program in nginx openssl mmdebstrap; do
    PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$program" >/dev/null || debian_install "$program" || {
      echo "The deployment tests need $program: install it." >&2
      exit 1
    }
  done
  exit
fi

stamp=.venv/.set-up-for-$what
sum=$(cat "$lock" pyproject.toml npm/*.lock npm/*.json | sha256sum | cut -d' ' -f1)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$sum" ]; then
  python=$(find_python)
  if [ ! -x .venv/bin/pip ]; then
    echo "Making .venv with $($python --version) …" >&2
    "$python" -m venv .venv >/dev/null 2>&1 || {
      rm -rf .venv
      debian_install python3-venv || { echo "Python's venv module is missing: install python3-venv." >&2; exit 1; }
      "$python" -m venv .venv
    }
  fi
  echo "Installing the pinned packages of $lock …" >&2
  # Beside pip: the scripts of the map that come from npm.
  .venv/bin/python scripts/install_npm.py &
  npm=$!
  # The lock file names every package, so pip resolves nothing; modules are compiled at first use.
  .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r "$lock"
  .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-compile -e .
  wait "$npm"
  echo "$sum" > "$stamp"
fi

if [ "$what" = test ]; then
  # Slides are looked at as LibreOffice shows them.
  if ! command -v soffice >/dev/null || ! command -v pdftoppm >/dev/null; then
    debian_install --no-install-recommends libreoffice-impress poppler-utils || {
      echo "The tests of slides need LibreOffice Impress (soffice) and poppler-utils (pdftoppm): install them." >&2
      exit 1
    }
  fi
  # Debian's headless shell of Chromium needs less memory and time. Tried once; Chromium works too.
  tried=.venv/.tried-chromium-shell
  if [ -z "${CHROMIUM:-}" ] && [ ! -e "$tried" ] && ! command -v chromium-headless-shell >/dev/null; then
    debian_install chromium-headless-shell || true
    touch "$tried"
  fi
  found=${CHROMIUM:-$(command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
  if [ -z "$found" ] && ! ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium* >/dev/null 2>&1; then
    debian_install chromium || .venv/bin/playwright install --with-deps chromium || {
      echo "The browser tests need Chromium: install it, or name it in CHROMIUM." >&2
      exit 1
    }
  fi
fi
