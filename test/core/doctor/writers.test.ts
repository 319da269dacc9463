import { strict as assert } from "node:assert";

import { nobodyElseWrites, writesAreVerified } from "../../../src/core/doctor/writers";
import { HEALTHY, NOW } from "./healthy";

const AT = "2026-11-26T08:00:00.000Z";

describe("writers", () => {
    const change = (actorId: string, atMs = NOW) => ({
        zoneId: "nzo1",
        atMs,
        actorId,
        actorName: actorId.toUpperCase(),
    });

    it("are named once each, with their last change", () => {
        const log = { value: [change("00u2"), change("00u1"), change("00u2", NOW - 5), change("00u3", NOW - 9)] };
        assert.deepEqual(nobodyElseWrites({ ...HEALTHY, log }), {
            status: "warn",
            detail:
                `3 changes in the last day, by 00U2 (00u2), last at ${AT}, ` +
                "by 00U3 (00u3), last at 2026-11-26T07:59:59.991Z",
        });
    });

    it("are everybody where it is not known who asks", () => {
        const facts = { ...HEALTHY, owner: undefined, log: { value: [change("00u1")] } };
        assert.equal(nobodyElseWrites(facts)?.status, "warn");
        assert.equal(writesAreVerified(facts)?.status, "ok");
    });

    it("spoil a test only while it runs, and only in a zone that it wrote", () => {
        const said = (more: object) =>
            writesAreVerified({ ...HEALTHY, log: { value: [{ ...change("00u2"), ...more }] } })?.status;
        assert.deepEqual([said({}), said({ atMs: NOW - 1 }), said({ zoneId: "nzo2" })], ["fail", "ok", "ok"]);
    });
});
