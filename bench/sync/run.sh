#!/bin/sh
# Measures Felt's sync server beside its peers. Usage: bench/sync/run.sh [--peers a,b] [--scenarios x,y] [--rounds N] [--out FILE]
# Run it by `make bench`, which makes the virtual environment that it uses. Peers are installed into .work/ (git-ignored).
set -e
cd "$(dirname "$0")"
PATH="$(cd ../../.venv/bin && pwd):$PATH"
mkdir -p .work
for peer in hocuspocus yws; do
  case $peer in yws) source=y-websocket-server ;; *) source=$peer ;; esac
  [ -d .work/$peer/node_modules ] || {
    mkdir -p .work/$peer
    cp peers/$source/package.json .work/$peer/
    (cd .work/$peer && npm install --no-audit --no-fund --loglevel=error)
  }
done
exec python orchestrate.py "$@"
