#!/bin/sh
# top.sh - the top level holds what it is to hold and nothing else that is visible; build/ and var/ are made.

for name in *; do
  case $name in
    app | templates | static | schema | tests | Makefile | README.md | LICENSE | build | var) ;;
    *) echo "$name: does not belong to the top level" ;;
  esac
done
for name in app templates static schema tests Makefile README.md LICENSE; do
  [ -e "$name" ] || echo "$name: is missing"
done
