import os, threading, pytest
from pathlib import Path
from werkzeug.serving import make_server
from tests.docket.pages import addresses
from tests.builders import PASSWORD

OUT = Path("/tmp/erc/shots")
OUT.mkdir(exist_ok=True)


def test_shots(app, story):
    from playwright.sync_api import sync_playwright

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.port}"
    want = os.environ.get("SHOTS", "public:home,trace of one").split(";")
    pages = addresses(story)
    with sync_playwright() as p:
        b = p.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        for one in want:
            role, names = one.split(":")
            for width in [int(x) for x in os.environ.get("WIDTHS", "1280").split(",")]:
                ctx = b.new_context(viewport={"width": width, "height": 900})
                page = ctx.new_page()
                if role != "public":
                    page.goto(base + "/sign-in")
                    page.fill("[name=email]", getattr(story.world, role).email)
                    page.fill("[name=password]", PASSWORD)
                    page.click("main button[type=submit]")
                for name in names.split(","):
                    page.goto(base + pages[name])
                    page.screenshot(path=str(OUT / f"{role}-{name.replace(' ', '_')}-{width}.png"), full_page=True)
                    if os.environ.get("AXE"):
                        page.evaluate(Path("tests/browser/axe.min.js").read_text())
                        r = page.evaluate(
                            "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.slice(0,2).map(n => n.html.slice(0,140)).join(' | '))"
                        )
                        if r:
                            print("AXE", role, name, width, r)
                        w = page.evaluate("document.documentElement.scrollWidth")
                        if w > width:
                            print("WIDE", role, name, width, w)
        b.close()
    server.shutdown()
