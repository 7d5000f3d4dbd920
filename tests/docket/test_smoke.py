import traceback

from tests.builders import client_of
from tests.docket.pages import addresses


def test_smoke(app, story, client, monkeypatch):
    import app.web.refusals as R
    boom=[]
    def rec(*a, **k):
        boom.append("".join(traceback.format_exception(k["exc_info"]))[-900:])
    monkeypatch.setattr(R.LOG, "error", rec, raising=False)
    for role in ("public","provider","verifier","reviewer","representative","administrator","auditor"):
        c = client if role=="public" else client_of(app, getattr(story.world, role))
        for name, path in addresses(story).items():
            for accept in ("text/html","application/json"):
                boom.clear()
                r = c.get(path, headers={"Accept":accept})
                if r.status_code>=500: print("!!", role, name, path, accept, r.status_code, boom[-1] if boom else "")
                elif r.status_code not in (200,303): print("  ", role, name, accept, r.status_code)
