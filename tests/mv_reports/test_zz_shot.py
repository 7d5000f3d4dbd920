import io, threading
from datetime import timedelta
from decimal import Decimal
from werkzeug.serving import make_server
from playwright.sync_api import sync_playwright
from app import db
from app.db import now
from app.mv_reports import actions
from tests import builders_matters as matters
from tests.builders import PASSWORD
def test_shots(app, world):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base=f"http://127.0.0.1:{server.port}"
    with db.writing() as session:
        resource = matters.approved_application(session, world).resource
        a = matters.draft_report(session, world, resource, {"2022-12":"300","2023-02":"-1.5"}).id
        b = matters.draft_report(session, world, resource, matters.months_of(2024, 9000000)).id
        actions.engage(session, world.provider_actor, b, world.verification_body.id, now().date()+timedelta(days=9))
        matters.accepted_engagement(session, world, b)
    with sync_playwright() as p:
        br=p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        def shots(user, paths):
            c=br.new_context(viewport={"width":1000,"height":900}); pg=c.new_page()
            pg.goto(base+"/sign-in"); pg.fill("[name=email]",user.email); pg.fill("[name=password]",PASSWORD); pg.press("[name=password]","Enter"); pg.wait_for_timeout(800)
            for name,path in paths:
                pg.goto(base+path); pg.wait_for_timeout(150); pg.screenshot(path=f"/tmp/erc_mv/{name}.png", full_page=True)
                pg.add_script_tag(path="tests/browser/axe.min.js") if False else None
                pg.evaluate(open("tests/browser/axe.min.js").read())
                found=pg.evaluate("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.length + ' ' + v.nodes[0].html.slice(0,150))")
                print(name, found)
            return pg
        pg=shots(world.provider,[("new",f"/resources/{resource.id}/mv-reports/new"),("facts",f"/mv-reports/{a}/facts"),("readings",f"/mv-reports/{a}/readings"),("documents",f"/mv-reports/{a}/documents"),("submission",f"/mv-reports/{a}/submission"),("engagement",f"/mv-reports/{a}/engagement")])
        pg.goto(base+f"/mv-reports/{a}/readings")
        pg.set_input_files("input[type=file]", {"name":"x.csv","mimeType":"text/csv","buffer":b"meter_id,month,generation_mwh\nM1,1/2022,1\nM1,2022-02,n/a\n"})
        pg.fill("[name=typed_total_mwh]","77")
        pg.click("button:has-text('Attach and read')"); pg.wait_for_timeout(1200); pg.screenshot(path="/tmp/erc_mv/refused.png", full_page=True)
        shots(world.verifier,[("verification",f"/mv-reports/{b}/verification")])
        with db.writing() as session:
            actions.verify(session, world.verifier_actor, b, matters.finding("mv_report","WND",Decimal("9000000")))
            actions.submit(session, world.provider_actor, b, True); actions.take_up(session, world.reviewer_actor, b)
        shots(world.reviewer,[("recommendation",f"/mv-reports/{b}/recommendation"),("rejection",f"/mv-reports/{b}/rejection"),("claim",f"/mv-reports/{b}/claim")])
    server.shutdown()
