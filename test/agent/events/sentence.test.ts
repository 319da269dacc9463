import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../../src/agent/events/events";
import { sentenceOf } from "../../../src/agent/events/sentence";
import { EVENTS } from "../../support/agentEvents";

const SENTENCES: Readonly<Record<AgentEvent["type"], string>> = {
    "agent.started": "Zonekeeper 0.1.0 keeps nzo1, nzo2 with the grants from file grants.yaml",
    "agent.stopped": "the agent ends: SIGTERM",
    "leader.gained": "this agent leads now; it holds the lock file zonekeeper-state/leader.lock",
    "leader.lost": "this agent stands by and writes nothing; it lost the lock file zonekeeper-state/leader.lock",
    "configuration.reloaded": "the configuration was read again; different: zones, maxRemovals",
    "membership.removed": "the membership payroll is kept no more; its zones stay as they are: nzo1, nzo2",
    "grants.accepted": "the source has 12 grants, 9 active, 1 unusable, granted: g-101, withdrawn: g-100",
    "grants.unreadable":
        "the source cannot be read, and the last grants stay in force: cannot read grants.yaml: it is not there",
    "grants.readable": "the source can be read again, after 93 s",
    "grant.refused": "the grant g-150 is refused: the zones are full [ZK502]",
    "removals.held":
        "203.0.113.7/32, 203.0.113.8/32 stay until their removal is confirmed (held by maxRemovals: all 2 known " +
        "active grants would lose an address; confirm it, or restore their grants) [ZK503]",
    "removals.released": "nothing is held any more, 203.0.113.7/32, 203.0.113.8/32 before",
    "removals.above-limit":
        "removed by name: g-101, g-102; with the others of the last minutes more than maxRemovals allows (1) [ZK505]",
    "removals.confirmed": "mia confirmed the removal of 203.0.113.7/32: INC-4712",
    "access.denied": "mia denied the user ana@example.com until 2026-12-02T12:00:00.000Z: INC-4712: laptop stolen",
    "access.allowed": "mia lifted the denial of the address 203.0.113.7/32: found",
    "write.intended":
        "nzo1 is to be written: add 203.0.113.7/32 (granted for ana@example.com); remove 192.0.2.0/32 (sentinel)",
    "write.accepted":
        "Okta took the write of nzo1 (200), 0.21 s after the source changed, 12 s after the last of the grants ended",
    "write.failed":
        "the write of nzo1 failed, and Okta may have carried it out: PUT /api/v1/zones/nzo1: no answer in 10 s",
    "write.settled": "a write of nzo1 whose fate was open was not carried out",
    "zone.verified": "nzo1 shows what was written",
    "drift.found": "mallory@example.com changed nzo1, added 198.51.100.1/32, and it is put right [ZK708]",
    "zone.lost": "nzo2 is gone, and the other zones are kept: GET /api/v1/zones/nzo2: 404 [ZK201]",
    "zone.found": "nzo2 is there again",
    "zone.effective": "nzo1 is active and for policies again",
    "zone.ineffective":
        "nzo1 is a BLOCKLIST, last written by mallory@example.com: Okta refuses every request from the granted addresses, for all apps [ZK204]",
    "member.intended": "ana@example.com is to be put into the group 00g1 (granted)",
    "member.accepted": "ana@example.com was put into the group 00g1 (204)",
    "member.failed":
        "ana@example.com could not be put into the group 00g1, or Okta has done it all the same: no answer",
    "member.settled": "that ana@example.com was to be put into the group 00g1, whose fate was open, was carried out",
    "members.drift":
        "another writer changed the members of the group 00g1, added eva@example.com, and it is put right [ZK708]",
    "sessions.cleared": "Okta ended the sessions of ana@example.com",
    "sessions.failed": "the sessions of ana@example.com could not be ended, after 3 attempts: 403 E0000006 [ZK706]",
    "clock.departed":
        "this machine's clock is 3600 s ahead of Okta's: grants start and end by Okta's time until the two agree [ZK114]",
    "clock.agrees": "this machine's clock agrees with Okta's time again: grants start and end by it",
};

describe("sentenceOf", () => {
    for (const [type, sentence] of Object.entries(SENTENCES)) {
        it(`writes a sentence for ${type}`, () => {
            assert.equal(sentenceOf(EVENTS[type as AgentEvent["type"]]), sentence);
        });
    }

    it("has the reason of a confirmation, if one was given", () => {
        const sentence = sentenceOf({ ...EVENTS["removals.confirmed"], reason: "INC-7" });
        assert.equal(sentence, "mia confirmed the removal of 203.0.113.7/32: INC-7");
    });

    it("says of a denial without an end that it lasts until it is lifted", () => {
        const { until: _, user: __, ...denied } = EVENTS["access.denied"];
        assert.equal(
            sentenceOf({ ...denied, grant: "g-1" }),
            "mia denied the grant g-1 until it is lifted: INC-4712: laptop stolen",
        );
    });

    it("names what the ledger says of itself", () => {
        assert.equal(sentenceOf({ type: "ledger.rotated" }), "ledger rotated");
    });

    it("gives a write its code that is later than Okta takes to spread it", () => {
        const accepted = { ...EVENTS["write.accepted"], latencySeconds: 1 };
        assert.match(sentenceOf({ ...accepted, overstaySeconds: 60 }), / after the last of the grants ended$/);
        assert.match(
            sentenceOf({ ...accepted, overstaySeconds: 61 }),
            / after the last of the grants ended \[ZK709\]$/,
        );
    });

    it("gives no second code to a sentence that has one", () => {
        const why = "DELETE /api/v1/users/00u1/sessions: 403 [ZK102]";
        const sentence = sentenceOf({ type: "sessions.failed", user: "ana", why, attempts: 1 });
        assert.equal(sentence, `the sessions of ana could not be ended, after 1 attempt: ${why}`);
    });

    it("counts what is too many to name", () => {
        const held = ["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32", "203.0.113.4/32"];
        assert.equal(
            sentenceOf({ type: "removals.held", held, grants: [] }),
            "4 addresses stay until their removal is confirmed [ZK503]",
        );
    });

    it("gives no reason that only some of the moves have", () => {
        const { "write.intended": intended } = EVENTS;
        const [added] = intended.changes;
        assert.ok(added);
        const changes = [added, { ...added, address: "203.0.113.8/32", why: "static" as const }];
        assert.equal(sentenceOf({ ...intended, changes }), "nzo1 is to be written: add 203.0.113.7/32, 203.0.113.8/32");
    });

    it("says how long another writer's change stays if drift is only reported", () => {
        assert.equal(
            sentenceOf({ ...EVENTS["drift.found"], outcome: "reported" }),
            "mallory@example.com changed nzo1, added 198.51.100.1/32, and it is left so until the zone is written again, as configured [ZK708]",
        );
    });

    it("says when no grant is admitted any more", () => {
        const closed = { type: "grants.unreadable", why: "no answer", outcome: "closed" } as const;
        assert.equal(sentenceOf(closed), "the source cannot be read, and nobody is let in any more: no answer");
    });
});
