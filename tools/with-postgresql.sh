#!/bin/sh
# Runs a command with a PostgreSQL server of its own, stopped and removed when the command ends:
#   sh tools/with-postgresql.sh make test
# CRMCORE_TEST_POSTGRESQL tells the command where it is. No other server on the machine is touched.
set -eu
export LC_ALL=C.UTF-8

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${bin:-$(dirname "$(command -v initdb || echo none)")}
if [ ! -x "$bin/initdb" ]; then
    echo "crmcore: there is no PostgreSQL server here; install one (Debian: apt install postgresql) and try again." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then # the server refuses to be root
    server() { (cd / && runuser -u postgres -- "$@"); }
    owner=postgres
else
    server() { "$@"; }
    owner=$(id -un)
fi

folder=$(mktemp -d)
stop() {
    if [ -e "$folder/data/postmaster.pid" ]; then
        server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
chown "$owner" "$folder"

# Where there is a choice, text is compared as dictionaries do: crmcore must not depend on it.
sorting=
if "$bin/initdb" --help | grep -q icu-locale; then
    sorting='--locale-provider=icu --icu-locale=en-US'
fi
server "$bin/initdb" -D "$folder/data" -U crm -A trust -E UTF8 $sorting >"$folder/initdb.log" 2>&1 ||
    { cat "$folder/initdb.log" >&2; exit 1; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
END
server "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w start >/dev/null ||
    { cat "$folder/data/server.log" >&2; exit 1; }

export CRMCORE_TEST_POSTGRESQL="postgresql://crm@127.0.0.1:$port/postgres"
status=0
"$@" || status=$?
exit $status
