import { strict as assert } from "node:assert";

import { readAgentSettings } from "../../../src/core/settings/agentSettings";

const LEAST = { zones: ["nzo1"], source: "grants.yaml" };

describe("readAgentSettings", () => {
    it("needs zones and a source, and fills in the rest", () => {
        assert.deepEqual(readAgentSettings(LEAST), {
            form: "one",
            orgs: { default: {} },
            memberships: [
                {
                    name: "default",
                    org: "default",
                    zones: ["nzo1"],
                    group: undefined,
                    source: "grants.yaml",
                    sourceOf: "all",
                    rules: {
                        staticGateways: [],
                        deny: [],
                        selector: {},
                        widestPrefix: 24,
                        maxRemovals: { percent: 50 },
                        windowMs: 600_000,
                        timeToLive: { maxMs: undefined, permanent: "allowed" },
                        allowUnroutable: false,
                    },
                    firstContact: "hold",
                    onRevoke: "keep-sessions",
                    drift: "heal",
                    maxStaleMs: undefined,
                    pollMs: 30_000,
                },
            ],
            listen: { host: "127.0.0.1", port: 9464 },
            state: "./zonekeeper-state",
            rateShare: 25,
            leader: { type: "file" },
            token: undefined,
            log: "info",
            ledger: { rotateBytes: 16_777_216, keepFiles: 0 },
        });
    });

    it("takes every setting", () => {
        const settings = readAgentSettings({
            okta: {
                orgName: "acme",
                baseUrl: "okta.com",
                clientId: "0oa1",
                privateKey: "file:key.pem",
                scopes: ["a", "b"],
            },
            zones: ["nzo1", "nzo2"],
            source: { type: "postgres", url: "env:DATABASE_URL", table: "grants" },
            listen: "0.0.0.0:80",
            state: "/var/lib/zonekeeper",
            limits: {
                maxRemovals: "50%",
                widestPrefix: 28,
                deny: ["198.51.100.0/24"],
                maxTimeToLive: "12h",
                permanent: "refused",
                allowUnroutable: true,
            },
            onRevoke: "clear-sessions",
            staticGateways: ["203.0.113.1"],
            selector: { app: "payroll" },
            drift: "report",
            rateShare: "50%",
            maxStale: "4h",
            poll: "5s",
            leader: { type: "postgres", url: "env:DATABASE_URL" },
            token: "env:ZONEKEEPER_TOKEN",
            log: "debug",
            ledger: { rotateBytes: 4096, keepFiles: 12 },
        });
        const [membership = assert.fail()] = settings.memberships;
        assert.deepEqual(settings.orgs.default, {
            orgName: "acme",
            baseUrl: "okta.com",
            clientId: "0oa1",
            privateKey: "file:key.pem",
            scopes: "a,b",
        });
        assert.deepEqual(settings.listen, { host: "0.0.0.0", port: 80 });
        assert.deepEqual(membership.rules.maxRemovals, { percent: 50 });
        assert.equal(membership.rules.widestPrefix, 28);
        assert.equal(membership.rules.allowUnroutable, true);
        assert.deepEqual(membership.rules.timeToLive, { maxMs: 43_200_000, permanent: "refused" });
        assert.deepEqual([membership.maxStaleMs, membership.pollMs, settings.rateShare], [14_400_000, 5_000, 50]);
    });

    it("takes an IPv6 address to listen on", () => {
        assert.deepEqual(readAgentSettings({ ...LEAST, listen: "[::1]:9464" }).listen, { host: "::1", port: 9464 });
    });

    const wrong: [document: unknown, message: string][] = [
        [null, "the configuration is not a map of settings such as zones: [nzo1] and source: …"],
        [[], "the configuration is not a map of settings such as zones: [nzo1] and source: …"],
        [{ source: "x" }, "the setting zones is missing: the ids of the zones to keep, such as [nzo1a2b3c4d5e6f7g8h9]"],
        [{ zones: ["nzo1"] }, "the setting source is missing: where the grants are"],
        [
            { ...LEAST, zones: "nzo1" },
            "the setting zones is not a list: the ids of the zones to keep, such as [nzo1a2b3c4d5e6f7g8h9]",
        ],
        [{ ...LEAST, zones: [1] }, "the setting zones.0 is not a text"],
        [{ ...LEAST, limits: null }, "the setting limits is not a map of settings"],
        [{ ...LEAST, okta: "acme" }, "the setting okta is not a map of settings"],
        [{ ...LEAST, selector: { tier: 1 } }, "the setting selector.tier is not a text"],
        [{ ...LEAST, ledger: { keepFiles: "12" } }, "the setting ledger.keepFiles is not a number"],
        [{ ...LEAST, leader: { type: "kubernetes" } }, "the setting leader.name is missing"],
        [{ ...LEAST, zones: [] }, "the setting zones is empty: name at least one zone"],
        [{ ...LEAST, zones: ["a", "a"] }, "the setting zones names a zone twice"],
        [{ ...LEAST, zones: ["../x"] }, "the setting zones.0 is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9"],
        [{ ...LEAST, limit: {} }, "there is no setting limit; did you mean limits?"],
        [{ ...LEAST, limits: { maxRemoval: 3 } }, "there is no setting limits.maxRemoval; did you mean maxRemovals?"],
        [{ ...LEAST, ledger: { banana: 3 } }, "there is no setting ledger.banana; there are rotateBytes, keepFiles"],
        [
            { ...LEAST, limits: { maxRemovals: "many" } },
            'the setting maxRemovals "many" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off',
        ],
        [
            { ...LEAST, okta: { apiToken: "00sEcReT" } },
            "the setting okta.apiToken must be the place of the secret, env:NAME or file:PATH, and never the secret itself",
        ],
        [
            { ...LEAST, token: "s3cret" },
            "the setting token must be the place of the secret, env:NAME or file:PATH, and never the secret itself",
        ],
        [
            { ...LEAST, leader: { type: "postgres", url: "postgres://u:p@h/d" } },
            "the setting leader.url must be the place of the secret, env:NAME or file:PATH, and never the secret itself",
        ],
        [{ ...LEAST, leader: { type: "redis" } }, "the setting leader.type is none of file, postgres and kubernetes"],
        ...["9464", "127.0.0.1:99999", "[::1]:99999", "::1:9464", "[::1]", ":9464"].map((listen): [unknown, string] => [
            { ...LEAST, listen },
            "the setting listen is not HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464",
        ]),
        [{ ...LEAST, poll: "soon" }, "the setting poll is not a time such as 30s, 15m or 4h"],
        [{ ...LEAST, rateShare: "0%" }, "the setting rateShare is not a percentage from 1% to 100%"],
        [{ ...LEAST, onRevoke: "cry" }, "the setting onRevoke is neither keep-sessions nor clear-sessions"],
    ];
    for (const [document, message] of wrong) {
        it(`refuses ${JSON.stringify(document)}`, () => {
            assert.throws(() => readAgentSettings(document), { code: "bad-input", message });
        });
    }
});
