"""ERC Docket: the life of one credit, start to finish.

A provider begins an *application* for a resource (eligibility.begin), fills it, attaches its papers (documents) and engages an accredited
verifier (verifiers). The verifier attests that there is no conflict, accepts, and gives findings (eligibility.verify). The provider certifies
and submits; from then on nothing of it can be changed or removed.

A reviewer of the state takes it up, reads it beside the explained checks (eligibility.criteria), and recommends, on a snapshot. A second
reviewer approves, and the resource is *qualified*.

Now the provider reports: an *M&V report* of a period, with meter readings (mv_reports.readings), from which the creditable MWh follow exactly
(mv_reports.quantification), capped by what the verifier verified. It is checked, recommended and decided in the same way, and the decision
mints (issuance.issue): the fraction is carried on, each whole MWh becomes one *ERC* with its own sequence, in one block, however many.

The block moves through the ledger (erc_tcs): split by transfers, reserved by offers, held while somebody doubts it, *surrendered* by an
affected power plant for a compliance period (compliance.surrender), *retired* by whoever wishes, or *cancelled* when it turns out to be wrong
(issuance.confirm), wherever its pieces have gone.

Each act is one function of five beats: lock, advance, change, record, return. Each writes one event; the events are the history, the outbox
and the leaves of a public log whose heads are signed. The public reads all of it back from any serial (docket.queries.trace).

Domains stand in a line, paper above and ledger below, and call only to their right:
docket → programme → issuance → compliance → mv_reports → eligibility → verifiers → erc_tcs → documents.
"""
