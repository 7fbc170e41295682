#!/usr/bin/env bash
# WebKitGTK's MiniBrowser loses a file when one of the same name is downloaded again: nothing new is saved, and the one that
# was there is gone; the third download is saved. Chromium and Firefox save the second one under another name. Nothing tells
# the page or the visitor, so a page that hands over what changes (a report, an export) gives it a name of its own each time.
# Seen with WebKitGTK 2.50.6 (Debian packages webkit2gtk-driver and xvfb). Needs python3; everything stays in a temporary
# folder and on the loopback interface.
set -euo pipefail
if ! command -v WebKitWebDriver >/dev/null || ! command -v Xvfb >/dev/null; then
  apt-get install --yes --no-install-recommends webkit2gtk-driver xvfb >/dev/null
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dpkg-query --show webkit2gtk-driver
python3 - "$folder" <<'PY'
import glob, http.server, json, os, signal, socket, subprocess, sys, threading, time, urllib.request

folder = sys.argv[1]
downloads = os.path.join(folder, "downloads")
os.makedirs(os.path.join(folder, "settings"))
os.mkdir(downloads)
with open(os.path.join(folder, "settings/user-dirs.dirs"), "w") as settings:
    settings.write('XDG_DOWNLOAD_DIR="$HOME/downloads"\n')


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        is_page = self.path == "/"
        body = b"<!doctype html><title>Page</title>" if is_page else self.path.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if is_page else "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/"

screen = subprocess.Popen(
    ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
)
display = screen.stdout.readline().decode().strip()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
driver = subprocess.Popen(
    ["WebKitWebDriver", f"--port={port}"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    env={**kept, "DISPLAY": f":{display}", "HOME": folder, "XDG_CONFIG_HOME": f"{folder}/settings", "LANG": "en_US.UTF-8"},
)
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(path, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    return json.load(direct.open(request, timeout=30))["value"]


def wait(what, condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    sys.exit(f"waited in vain: {what}")


def listens():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def saved():
    return sorted(name for name in os.listdir(downloads) if not name.endswith(".wkdownload"))


try:
    wait("the driver", listens)
    binary = glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")[0]
    options = {"binary": binary, "args": ["--automation"]}
    capabilities = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
    session = "/session/" + ask("/session", {"capabilities": capabilities})["sessionId"]
    ask(f"{session}/url", {"url": address})
    script = """const link = Object.assign(document.createElement('a'), { href: '/' + arguments[0], download: arguments[1] });
        document.body.append(link);
        link.click();
        link.remove();"""

    def download(content, name):
        ask(f"{session}/execute/sync", {"script": script, "args": [content, name]})

    def contents():
        try:
            return {name: open(os.path.join(downloads, name)).read() for name in saved()}
        except FileNotFoundError:  # it was renamed or removed meanwhile
            return None

    download("first", "report.txt")
    wait("the first one", lambda: contents() == {"report.txt": "/first"})
    print("after the first download:", contents())
    download("second", "report.txt")
    wait("the end of the file", lambda: not saved())
    # One that comes later is there, and the second one is still not.
    download("other", "other.txt")
    wait("the other one", lambda: (contents() or {}).get("other.txt") == "/other")
    print("after a second one of the same name, and another one:", contents())
    ok = contents() == {"other.txt": "/other"}
    download("third", "report.txt")
    wait("the third one", lambda: (contents() or {}).get("report.txt") == "/third")
    print("after a third one:", contents())
finally:
    os.killpg(driver.pid, signal.SIGKILL)
    screen.terminate()
sys.exit(0 if ok else "it is otherwise now")
PY
