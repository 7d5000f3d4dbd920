import threading
from pathlib import Path
import pytest
from werkzeug.serving import make_server
from playwright.sync_api import sync_playwright
from app import db
from tests import builders
from tests.browser.test_design_system import AXE, BROWSER_ARGUMENTS
import shutil

def test_axe(app, world):
    server = make_server("127.0.0.1", 8765, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with db.writing() as s:
        draft = builders.draft_application(s, world, installed_on=None)
        engaged = builders.engaged_application(s, world)
        verified = builders.verified_application(s, world)
        rev = builders.reviewed_application(s, world, grid_connected=False)
        appr = builders.approved_application(s, world)
    pages = [(world.provider, f"{draft.path}/{n}") for n in ("facts","emv-plan","documents","engagement","submission","withdrawal")] + [(world.provider, "/applications/new"), (world.provider, f"{engaged.path}/engagement"), (world.provider, f"{engaged.path}/engagement/ending"), (world.provider, f"{verified.path}/submission"), (world.provider, f"{rev.path}/facts"),(world.verifier, f"{engaged.path}/verification")]
    pages += [(world.reviewer, f"{rev.path}/{n}") for n in ("claim","notes","return","recommendation","approval","denial")] + [(world.reviewer, f"{appr.resource.path}/suspension")]
    with sync_playwright() as p:
        b = p.chromium.launch(args=BROWSER_ARGUMENTS, executable_path=shutil.which("chromium") or shutil.which("chromium-browser"))
        contexts = {}
        for who, path in pages:
            if who.id not in contexts:
                c = b.new_context(viewport={"width":1280,"height":900}); pg=c.new_page()
                pg.goto("http://127.0.0.1:8765/sign-in")
                pg.fill("input[name=email]", who.email); pg.fill("input[name=password]", builders.PASSWORD)
                pg.click("main button[type=submit]")
                contexts[who.id]=pg
            pg = contexts[who.id]
            r = pg.goto("http://127.0.0.1:8765"+path)
            print(path.split("/",3)[-1], r.status)
            name = path.strip("/").replace("/","_")[-30:]
            pg.screenshot(path=f"/tmp/elig/{name}.png", full_page=True)
            v = pg.evaluate(f"() => {{ {AXE}; return axe.run().then(r => r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0,200), v.nodes[0].failureSummary.slice(0,200)])) }}") if False else None
            pg.evaluate(AXE)
            v = pg.evaluate("() => axe.run().then(r => r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0,200)]))")
            for one in v: print("   ", one)
        b.close()
    server.shutdown()
