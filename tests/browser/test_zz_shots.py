from tests.browser.people import NARROW, WIDE


def test_shots(signed_in, stage):
    s = stage
    st = s.story
    w = s.world
    pages = {
        "home": ("public", "/"),
        "trace": ("public", f"/ercs/{st.serials.split('..')[0]}"),
        "trace-cancelled": ("public", f"/ercs/{st.cancelled}"),
        "range": ("public", f"/ercs/{st.serials}"),
        "application": ("reviewer", st.recommended.path),
        "version": ("reviewer", st.version.path),
        "mvreport": ("reviewer", st.open_report.path),
        "queue": ("reviewer", "/queue"),
        "myhome": ("reviewer", "/"),
        "account": ("provider", w.general_account.path),
        "transfer": ("provider", f"{w.general_account.path}/transfer"),
        "prov-home": ("provider", "/"),
        "facts": ("provider", f"{st.draft.path}/facts"),
        "surrender": ("representative", f"{st.egu.path}/surrender"),
        "unit": ("representative", st.egu.path),
        "rephome": ("representative", "/"),
        "adminhome": ("administrator", "/"),
        "decide": ("second_reviewer", f"{s.recommended_report.path}/issuance"),
        "verif": ("verifier", f"{s.accepted_report.path}/verification"),
        "ercs": ("public", "/ercs"),
        "events": ("auditor", "/events"),
        "resource": ("public", f"/resources/{st.resource.id}"),
        "report-public": ("public", st.report.path),
        "search": ("public", "/search?q=bufalo ridge"),
        "document": ("public", None),
    }

    for name, (who, path) in pages.items():
        if path is None:
            continue
        p = signed_in(who)
        for size, tag in ((WIDE, "w"), (NARROW, "n")):
            p.page.set_viewport_size(size)
            p.opens(path)
            p.page.screenshot(path=f"/tmp/erc/shots/b/{name}-{tag}.png", full_page=True)
        p.page.set_viewport_size(WIDE)
    p = signed_in("provider")
    for size, tag in ((WIDE, "w"), (NARROW, "n")):
        p.page.set_viewport_size(size)
        p.opens(f"{w.general_account.path}/transfer").types("Receiving account", "CA-000002-11").types("Serials", "ten of the best")
        p.presses("Sign and transfer")
        p.page.screenshot(path=f"/tmp/erc/shots/b/refused-{tag}.png", full_page=True)
