#!/usr/bin/env bash
# Firefox uploads a file that has grown since it was chosen without an error, and only as many bytes as it had: what was
# saved anew in between (a document, a photo that was edited) arrives as the first part of another file. Chromium fails
# such a request (ERR_UPLOAD_FILE_CHANGED). Needs firefox-esr (Debian package, seen with 153.8.0esr) and python3; Firefox
# is driven by its own Marionette protocol, and everything stays in a temporary folder and on the loopback interface.
set -euo pipefail
command -v firefox-esr >/dev/null || apt-get install --yes --no-install-recommends firefox-esr >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
firefox-esr --version
python3 - "$folder" <<'PY'
import http.server, json, os, socket, subprocess, sys, threading, time

folder = sys.argv[1]
received = {}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b"<!doctype html><input type=file id=file>", "text/html")

    def do_PUT(self):
        received["bytes"] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"", "text/plain")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
profile = os.path.join(folder, "profile")
os.mkdir(profile)
with open(os.path.join(profile, "user.js"), "w") as prefs:
    prefs.write(f'user_pref("marionette.port", {port});\n')
firefox = subprocess.Popen(
    ["firefox-esr", "--headless", "--marionette", "--profile", profile],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": folder},
)


def connect():
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port)).makefile("rwb")
        except OSError:
            time.sleep(0.1)
    sys.exit("Firefox does not start")


def message():
    length = b""
    while (digit := stream.read(1)) != b":":
        length += digit
    return json.loads(stream.read(int(length)))


def command(name, **parameters):
    text = json.dumps([0, 1, name, parameters]).encode()
    stream.write(b"%d:%s" % (len(text), text))
    stream.flush()
    _, _, error, result = message()
    if error:
        sys.exit(f"{name}: {error}")
    return result


try:
    stream = connect()
    message()
    command("WebDriver:NewSession")
    command("WebDriver:Navigate", url=f"http://127.0.0.1:{server.server_address[1]}/")
    path = os.path.join(folder, "report.txt")
    with open(path, "w") as file:
        file.write("first version")
    found = command("WebDriver:FindElement", using="css selector", value="#file")["value"]
    command("WebDriver:ElementSendKeys", id=next(iter(found.values())), text=path)
    with open(path, "w") as file:
        file.write("second version, which is longer")
    script = """const done = arguments[0];
        fetch("/", { method: "PUT", body: document.getElementById("file").files[0] })
            .then(({ status }) => done(String(status)), error => done(String(error)))"""
    outcome = command("WebDriver:ExecuteAsyncScript", script=script, args=[])["value"]
finally:
    firefox.terminate()
    firefox.wait()

print("chosen:", b"first version", "saved anew:", b"second version, which is longer")
print("the request:", outcome, "arrived:", received.get("bytes"))
# Seen: 200, and the first 13 bytes of the second version.
sys.exit(not (outcome == "200" and received.get("bytes") == b"second versio"))
PY
