import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const USUAL = { ipAddress: "127.0.0.1", zone: "null" };
const link = (ip: string, version = "V4") => ({ ip, version, source: null, geographicalContext: null });

/** What the log shows of an event that was given, where it is not what was given. */
const ROWS: Readonly<Record<string, { readonly given: object; readonly shown: object }>> = {
    "client: null": { given: { client: null }, shown: { client: null, request: { ipChain: [] } } },
    'client: the text "null"': { given: { client: "null" }, shown: { client: "null", request: { ipChain: [] } } },
    "a client without an address of its own": {
        given: { client: { userAgent: null } },
        shown: { client: { ...USUAL, userAgent: null }, request: { ipChain: [link("127.0.0.1")] } },
    },
    "client.ipAddress: null": {
        given: { client: { ipAddress: null } },
        shown: { client: { ...USUAL, ipAddress: null }, request: { ipChain: [] } },
    },
    'client.ipAddress: the text "null"': {
        given: { client: { ipAddress: "null" } },
        shown: { client: { ...USUAL, ipAddress: "null" }, request: { ipChain: [] } },
    },
    "client.zone: null": {
        given: { client: { zone: null } },
        shown: { client: { ...USUAL, zone: null }, request: { ipChain: [link("127.0.0.1")] } },
    },
    "no client at all": { given: {}, shown: { client: USUAL, request: { ipChain: [link("127.0.0.1")] } } },
    "an address of IPv6": {
        given: { client: { ipAddress: "2001:db8::1" } },
        shown: {
            client: { ...USUAL, ipAddress: "2001:db8::1" },
            request: { ipChain: [link("2001:db8::1", "V6")] },
        },
    },
    "request: null": { given: { request: null }, shown: { client: USUAL, request: null } },
    "request.ipChain: null": { given: { request: { ipChain: null } }, shown: { request: { ipChain: null } } },
    "actor: null": { given: { actor: null }, shown: { actor: null } },
    "outcome: null": { given: { outcome: null }, shown: { outcome: null } },
    "target: null": { given: { target: null }, shown: { target: null } },
    "actor.alternateId: null": {
        given: { actor: { id: "00u1", alternateId: null } },
        shown: { actor: { id: "00u1", alternateId: null } },
    },
};

describe("an event that leaves things out", () => {
    for (const [title, { given, shown }] of Object.entries(ROWS)) {
        it(`${title}: from a seed and from the control alike`, async () => {
            const event = { eventType: "user.session.start", ...given };
            await using emulator = await startEmulator({ seed: { events: [event] } });
            const added = await fetch(`${emulator.url}/emulator/events`, {
                method: "POST",
                body: JSON.stringify(event),
            });
            assert.equal(added.status, 204);
            const { body } = await callerOf(emulator)("GET", "/api/v1/logs");
            assert.equal(body.length, 2);
            for (const found of body) {
                const fields = Object.keys(shown);
                assert.deepEqual(Object.fromEntries(fields.map((field) => [field, found[field]])), shown);
            }
        });
    }
});
