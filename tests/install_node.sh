#!/usr/bin/env bash
# install_node.sh - the libraries of the tests, as package-lock.json has them; again when that has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if cmp -s package-lock.json node_modules/.lock; then exit 0; fi
if ! npm ci --no-audit --no-fund --silent; then
  echo 'tests: npm could not install what tests/package-lock.json names' >&2
  exit 1
fi
cp package-lock.json node_modules/.lock
