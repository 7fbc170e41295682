#!/usr/bin/env bash
# Rooms on two servers behind nginx, with their states in Redis: each request reaches the next server, and what one person brings is on
# everybody's page. Builds, starts everything with a folder of its own, says the URL, and stops everything on Ctrl-C.
#
#     examples/rooms/fleet.sh              on port 8080, or on $PORT
#     examples/rooms/fleet.sh PROGRAM      with a program that is built already
set -euo pipefail
PATH=$PATH:/usr/sbin
port=${PORT:-8080}
program=${1:-}

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v nginx >/dev/null || missing+=(nginx-light)
if ((${#missing[@]} > 0)); then
    echo "Some programs are missing; on Debian: apt-get install ${missing[*]}" >&2
    exit 1
fi

if [[ -z $program ]]; then
    cd "$(dirname "${BASH_SOURCE[0]}")/../.."
    cargo build --locked --package example-rooms --features filekit/redis
    program=${CARGO_TARGET_DIR:-target}/debug/example-rooms
fi

folder=$(mktemp --directory)
started=()
nginx=

stop() {
    kill "${started[@]}" 2>/dev/null || true
    # Without a master process nginx (seen with 1.22) misses a signal that comes right before it waits for its next event.
    while [[ -n $nginx ]] && kill "$nginx" 2>/dev/null; do
        sleep 0.1
    done
    wait
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 0' INT TERM

# Starts a program whose log has this name.
start() {
    local log=$folder/$1.log
    shift
    "$@" >"$log" 2>&1 &
    started+=($!)
}

# Waits until something is true of the program that was started last, whose log has this name.
await() {
    local name=$1
    shift
    until "$@"; do
        if ! kill -0 "${started[-1]}" 2>/dev/null; then
            echo "$name has ended:" >&2
            cat "$folder/$name.log" >&2
            exit 1
        fi
        sleep 0.1
    done
}

start redis redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --appendonly no
await redis test -S "$folder/redis.sock"

for server in one other; do
    start "$server" env FILEKIT_ADDR=127.0.0.1:0 FILEKIT_STATE="unix://$folder/redis.sock" \
        FILEKIT_UPLOADED_FILES_DIR="$folder/files" "$program"
    await "$server" grep --quiet 'listening on' "$folder/$server.log"
done

cat >"$folder/nginx.conf" <<END
daemon off;
master_process off;
pid $folder/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $folder/bodies;
    proxy_temp_path $folder/answers;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    upstream filekit {
$(sed --quiet 's|.*listening on http://\([0-9.:]*\).*|        server \1 max_fails=0;|p' "$folder/one.log" "$folder/other.log")
    }
    server {
        listen 127.0.0.1:$port;
        location / {
            proxy_pass http://filekit;
            proxy_http_version 1.1;
            proxy_set_header Host \$http_host;
            proxy_request_buffering off;
            proxy_buffering off;
            client_max_body_size 0;
        }
    }
}
END
start nginx nginx -e stderr -p "$folder" -c "$folder/nginx.conf"
nginx=${started[-1]}
await nginx test -f "$folder/nginx.pid"

echo "two servers: listening on http://127.0.0.1:$port"
# Whatever ends first ends the rest.
wait -n "${started[@]}"
