"""Sends a file by a form of a page with a library that knows forms only, and prints the links of the page that follows.

LIBRARY URL UPLOAD FILE [BUTTON]: without a button, the form is sent as the library does by itself.
"""

import os
import re
import sys

library, url, upload, file, *button = sys.argv[1:]


def value_of(html):
    """The value of the button with that text, which is how libraries tell buttons apart."""
    return re.search(r'value="([^"]*)"[^>]*>' + re.escape(button[0]) + "</button>", html).group(1)


if library == "mechanize":
    import mechanize

    browser = mechanize.Browser()
    browser.set_handle_robots(False)
    html = browser.open(url).get_data().decode()
    # The form around the page is the last one; an empty one may stand before it.
    browser.select_form(nr=len(list(browser.forms())) - 1)
    with open(file, "rb") as content:
        browser.form.add_file(content, "application/octet-stream", os.path.basename(file), name=upload)
        clickable = [control for control in browser.form.controls if hasattr(control, "_click")]
        chosen = [nr for nr, control in enumerate(clickable) if button and control.value == value_of(html)]
        if button:
            # mechanize 0.4.10 follows a `formaction` without resolving it against the page, so it cannot follow a relative one.
            clickable[chosen[0]].attrs.pop("formaction")
            browser.submit(nr=chosen[0])
        else:
            browser.submit()
    print("\n".join(link.text for link in browser.links()))
else:
    import mechanicalsoup

    browser = mechanicalsoup.StatefulBrowser(raise_on_404=True)
    browser.open(url)
    form = browser.select_form("form:has(main)")
    with open(file, "rb") as content:
        form.set(upload, content)
        chosen = browser.page.find("button", string=button[0]) if button else None
        browser.submit_selected(btnName=chosen)
    print("\n".join(link.text for link in browser.links()))
