#!/bin/sh
# Python's mechanize 0.4.10 knows `formaction` on buttons (HTML standard, "form submission attributes"), but follows it without
# resolving it against the document, although the attribute takes any URL. A button with a relative one cannot be pressed:
# `ValueError: unknown url type`, where the same URL as the form's `action` is followed. Loopback only. Exits non-zero if
# that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check mechanize==0.4.10
"$folder/python/bin/python" - <<'PYTHON'
import http.server
import threading

import mechanize

PAGE = b"""<!doctype html><title>Page</title>
<form action="/by-action" method="post"><input name="a" value="1">
<button type="submit" name="plain">By action</button>
<button type="submit" name="own" formaction="/by-formaction">By formaction</button></form>"""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()


def press(name):
    browser = mechanize.Browser()
    browser.set_handle_robots(False)
    browser.open(f"http://127.0.0.1:{server.server_port}/")
    browser.select_form(nr=0)
    try:
        return browser.submit(name=name).geturl().rsplit("/", 1)[1]
    except ValueError as error:
        return f"ValueError: {error}"


seen = {name: press(name) for name in ("plain", "own")}
print("mechanize", ".".join(str(part) for part in mechanize.__version__[:3]))
print("the form's action /by-action:       ", seen["plain"])
print("the button's formaction /by-formaction:", seen["own"])
same = seen == {"plain": "by-action", "own": "ValueError: unknown url type: /by-formaction"}
raise SystemExit(0 if same else 1)
PYTHON
