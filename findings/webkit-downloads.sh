#!/usr/bin/env bash
# WebKit saves only the last of several downloads that a page begins in one go: each is a navigation until its headers are
# there, and the next one ends it. Nothing tells the page or the visitor. Chromium saves all of these. Seen with WebKitGTK
# 2.50.6 (Debian packages webkit2gtk-driver and xvfb). A page that has several files to hand over must leave time between
# them, or hand over an archive. Needs python3; everything stays in a temporary folder and on the loopback interface.
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
    script = """for (const name of arguments) {
        const link = Object.assign(document.createElement('a'), { href: '/' + name, download: name });
        document.body.append(link);
        link.click();
        link.remove();
    }"""
    ask(f"{session}/execute/sync", {"script": script, "args": ["a.bin", "b.bin", "c.bin", "d.bin"]})
    wait("a download", lambda: "d.bin" in saved())
    # One by one they are all saved: the names of the first round are free but for the last.
    first = saved()
    for name in ["e.bin", "f.bin"]:
        ask(f"{session}/execute/sync", {"script": script, "args": [name]})
        wait(name, lambda: name in saved())
    print("four downloads that begin in one go:", first)
    print("after two more, each when the one before was there:", saved())
    ok = saved() == ["d.bin", "e.bin", "f.bin"]
finally:
    os.killpg(driver.pid, signal.SIGKILL)
    screen.terminate()
sys.exit(0 if ok else "it is otherwise now")
PY
