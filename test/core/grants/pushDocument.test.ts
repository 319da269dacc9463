import { strict as assert } from "node:assert";

import { type ReadPushOptions, readingPush } from "../../../src/core/grants/pushDocument";
import { finish } from "../../../src/core/work";
import { NOW } from "../../support/grants";

const times = { sentMs: NOW - 1000, nowMs: NOW, limits: { widestPrefix: 24 } };
const timestamp = "2026-12-01T11:00:00Z";
const atMs = Date.parse(timestamp);
const grant = { id: "g1", ip: "198.51.100.1", permanent: true };

const readPush = (document: unknown, options: ReadPushOptions) => finish(readingPush(document, options));

describe("readingPush", () => {
    const good: [document: unknown, push: object][] = [
        [
            { type: "grants.replaced", timestamp, data: { grants: [grant] } },
            { type: "replaced", atMs, grants: [grant] },
        ],
        [
            { type: "grant.set", timestamp, data: { grant } },
            { type: "set", atMs, id: "g1", grant },
        ],
        [
            { type: "grant.removed", timestamp, data: { id: "g1" } },
            { type: "removed", atMs, id: "g1" },
        ],
        [{ grants: [grant] }, { type: "replaced", atMs: NOW - 1000, grants: [grant] }],
        // Beyond the table.
        [{ grants: [] }, { type: "replaced", atMs: NOW - 1000, grants: [] }],
        [
            { type: "grant.removed", timestamp, data: { id: 7 } },
            { type: "removed", atMs, id: "7" },
        ],
        [
            { type: "grant.removed", timestamp: "2026-12-01T12:05:00.000+00:00", data: { id: "x" } },
            { type: "removed", atMs: NOW + 300_000, id: "x" },
        ],
    ];
    it("takes all grants of which one is usable, and a single one that is not", () => {
        const grants = [{ ...grant, id: "g0", expires_at: timestamp }, grant];
        assert.deepEqual(readPush({ grants }, times), { type: "replaced", atMs: NOW - 1000, grants });
        const useless = { ...grant, ip: "nonsense" };
        const document = { type: "grant.set", timestamp, data: { grant: useless } };
        assert.deepEqual(readPush(document, times), { type: "set", atMs, id: "g1", grant: useless });
    });

    for (const [document, push] of good) {
        it(`reads ${JSON.stringify(document)}`, () => assert.deepEqual(readPush(document, times), push));
    }

    const moment = "the payload's timestamp is not a moment with a time zone, such as 2026-12-01T18:00:00Z";
    const none = "the payload has no type and no list grants";
    const all = "there are grants.replaced, grant.set, grant.removed";
    const wrong: [document: unknown, problem: string][] = [
        [null, none],
        [7, none],
        [[], none],
        [{}, none],
        [{ grants: {} }, none],
        [{ type: "grants.set", timestamp, data: {} }, 'type "grants.set"; did you mean grant.set?'],
        [{ type: "user.created", timestamp, data: {} }, `type "user.created"; ${all}`],
        [{ type: 7, timestamp, data: {} }, `type 7; ${all}`],
        [{ type: "grant.set", data: { grant } }, moment],
        [{ type: "grant.set", timestamp: "2026-12-01T11:00:00", data: { grant } }, moment],
        [{ type: "grant.set", timestamp: "2026-13-01T11:00:00Z", data: { grant } }, moment],
        [{ type: "grant.set", timestamp: NOW, data: { grant } }, moment],
        [
            { type: "grant.set", timestamp: "2026-12-01T12:05:01Z", data: { grant } },
            "the payload's timestamp \"2026-12-01T12:05:01Z\" is more than 5 minutes ahead of this agent's clock",
        ],
        [{ type: "grants.replaced", timestamp }, 'data has no list "grants"; nobody is `grants: []`'],
        [
            { type: "grants.replaced", timestamp, data: { grants: {} } },
            'data has no list "grants"; nobody is `grants: []`',
        ],
        [{ type: "grant.set", timestamp, data: {} }, "data.grant.id is missing: it is a text of 1 to 200 characters"],
        [
            { type: "grant.removed", timestamp, data: { id: "" } },
            "data.id is missing: it is a text of 1 to 200 characters",
        ],
        [
            { type: "grant.removed", timestamp, data: { id: "x".repeat(201) } },
            "data.id is missing: it is a text of 1 to 200 characters",
        ],
        [{ grants: Array(200_001).fill(0) }, "the payload has 200001 grants, more than the 200000 that are read"],
        [
            { type: "grants.replaced", timestamp, data: { grants: [{ ...grant, ip: 7 }] } },
            'nothing is changed: its only entry is unusable: "g1": ip is not an address, a CIDR, a range a-b, or a list of 1 to 100 of these',
        ],
        [
            { grants: [grant], next_page_token: "xyz" },
            'the payload is only a part: "next_page_token" is set; all grants have to be in one document',
        ],
        [
            { type: "grants.replaced", timestamp: "2026-12-01T11:00:00Z", next: "xyz", data: { grants: [grant] } },
            'the payload is only a part: "next" is set; all grants have to be in one document',
        ],
        [
            { type: "grants.replaced", timestamp, data: { grants: [grant], meta: { total: 2 } } },
            'data is only a part: "meta.total" is 2; all grants have to be in one document',
        ],
        [
            { type: "grants.replaced", timestamp, data: { Grants: [grant] } },
            'data has no list "grants"; did you mean grants instead of "Grants"?',
        ],
    ];
    for (const [document, problem] of wrong) {
        it(`refuses ${JSON.stringify(document).slice(0, 90)}`, () => {
            assert.deepEqual(readPush(document, times), { problem });
        });
    }
});
