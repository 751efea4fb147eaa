#!/bin/sh
# hold_database.sh - what `make db` runs: says where the scratch database is and waits for Ctrl-C.
echo "A fresh database is ready; Ctrl-C ends it and throws it away. In another terminal:"
echo "  export KEYDESK_TEST_SOCKET=$KEYDESK_TEST_SOCKET"
echo "  mariadb -S $KEYDESK_TEST_SOCKET -u root"
exec sleep infinity
