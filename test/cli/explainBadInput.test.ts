import { strict as assert } from "node:assert";

import { call, openScene, TOKEN } from "./scene";

const ZONE = JSON.stringify({
    type: "IP",
    id: "nzo1",
    name: "Staff",
    gateways: [{ type: "CIDR", value: "1.1.1.1/32" }],
});
const ONE_WAY =
    'say in one way which addresses the request came through: --chain "1.1.1.1, 2.2.2.2", or --forwarded-for with ' +
    "--connecting, or --event FILE";
const DYNAMIC = "it matches by location, network or service, which an IP chain does not show";

interface Bad {
    readonly title: string;
    /** Besides `--zone zone.json`, where no zone is given here. */
    readonly flags: readonly string[];
    /** What `zone.json` is. @default a good zone */
    readonly zone?: string;
    readonly stdin?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly status: 1 | 2;
    /** Ids of requests are `X`, Okta is at `http://okta`. */
    readonly says: string;
}

const CHAIN = ["--chain", "1.1.1.1"];

const CALLS: readonly Bad[] = [
    { title: "no chain at all", flags: [], status: 2, says: ONE_WAY },
    { title: "two chains", flags: [...CHAIN, "--event", "event.json"], status: 2, says: ONE_WAY },
    {
        title: "an empty chain",
        flags: ["--chain", ""],
        status: 2,
        says: 'the chain is empty: write it as "1.1.1.1, 2.2.2.2"',
    },
    {
        title: "a port in the chain",
        flags: ["--chain", "1.1.1.1:443"],
        status: 2,
        says: 'address 1 of the chain has a port: write 1.1.1.1 instead of "1.1.1.1:443"',
    },
    {
        title: "blanks for commas",
        flags: ["--chain", "1.1.1.1 2.2.2.2"],
        status: 2,
        says: 'address 1 of the chain has blanks in it: put commas between addresses in "1.1.1.1 2.2.2.2"',
    },
    {
        title: "garbage",
        flags: ["--chain", "1.1.1.1, \u001b[31mred"],
        status: 2,
        says: 'address 2 of the chain is not an IPv4 address: "\\u001b[31mred"',
    },
    {
        title: "a header without the address that connects",
        flags: ["--forwarded-for", "1.1.1.1"],
        status: 2,
        says:
            "--forwarded-for needs --connecting ADDRESS: the header does not have the address that connects to Okta, " +
            "and that one counts first",
    },
    {
        title: "an empty header",
        flags: ["--forwarded-for", "", "--connecting", "1.1.1.1"],
        status: 2,
        says: "the X-Forwarded-For header is empty: leave it out where there is none",
    },
    {
        title: "stdin twice",
        flags: ["--zone", "-", "--chain", "-"],
        status: 2,
        says: "stdin, which is -, can be read for one thing only",
    },
    {
        title: "a zone twice",
        flags: ["--zone", "zone.json", "zone.json", ...CHAIN],
        status: 2,
        says: "the zone nzo1 is given twice",
    },
];

const FILES: readonly Bad[] = [
    {
        title: "a zone file that is not there",
        flags: ["--zone", "missing.json", ...CHAIN],
        status: 1,
        says: "cannot read zone file missing.json: there is no such file",
    },
    { title: "a folder", flags: ["--zone", ".", ...CHAIN], status: 1, says: "cannot read zone file .: it is a folder" },
    { title: "an empty zone file", flags: CHAIN, zone: " \n", status: 2, says: "zone file zone.json is empty" },
    {
        title: "nothing on stdin",
        flags: ["--zone", "-", ...CHAIN],
        status: 2,
        says: "zone file - (stdin) is empty",
    },
    {
        title: "a zone file that is cut off",
        flags: CHAIN,
        zone: ZONE.slice(0, -5),
        status: 2,
        says: "zone file zone.json is not JSON, or it is cut off",
    },
    {
        title: "a zone file that is too long",
        flags: CHAIN,
        zone: " ".repeat(8 * 1024 * 1024 + 1),
        status: 2,
        says: "zone file zone.json is longer than 8 MiB",
    },
    {
        title: "a zone that says a thing twice",
        flags: CHAIN,
        zone: ZONE.replace("{", '{"gateways":[],'),
        status: 2,
        says: 'zone file zone.json: the key "gateways" is there twice in one object at line 1, column 55',
    },
    {
        title: "JSON that is no zone",
        flags: CHAIN,
        zone: '{"grants":[]}',
        status: 2,
        says: `zone file zone.json: this is not a zone of Okta's: it has no "type", and neither "gateways" nor "proxies"`,
    },
    {
        title: "a dynamic zone",
        flags: CHAIN,
        zone: '{"type":"DYNAMIC_V2","name":"Abroad"}',
        status: 2,
        says: `zone file zone.json: the zone "Abroad" is of type DYNAMIC_V2: ${DYNAMIC}`,
    },
    {
        title: "an event without a chain",
        flags: ["--event", "-"],
        stdin: "{}",
        status: 2,
        says:
            "event file - (stdin): the event has no list request.ipChain with an address in it: take one of " +
            "a sign-in, such as user.session.start or policy.evaluate_sign_on",
    },
    {
        title: "an event file that is not there",
        flags: ["--event", "event.json"],
        status: 1,
        says: "cannot read event file event.json: there is no such file",
    },
];

const OKTA: readonly Bad[] = [
    {
        title: "no credential",
        flags: ["--zone", "nzo1", ...CHAIN],
        env: {},
        status: 2,
        says:
            "no Okta credential: set OKTA_API_TOKEN, or OKTA_ACCESS_TOKEN, or the OAuth app's OKTA_API_CLIENT_ID, " +
            "OKTA_API_PRIVATE_KEY and OKTA_API_SCOPES",
    },
    {
        title: "a zone that is not there",
        flags: ["--zone", "nzo9", ...CHAIN],
        status: 1,
        says:
            "GET /api/v1/zones/nzo9: 404 E0000007: Not found: Resource not found: nzo9 (NetworkZone) (errorId X, " +
            "request id X); check the zone's id (nzo9), and that http://okta is its org",
    },
    {
        title: "a dynamic zone of the org",
        flags: ["--zone", "nzo2", ...CHAIN],
        status: 2,
        says: `zone nzo2: the zone "Abroad" is of type DYNAMIC: ${DYNAMIC}`,
    },
    {
        title: "a token that Okta does not know",
        flags: ["--zone", "nzo1", ...CHAIN],
        env: { OKTA_API_TOKEN: "00aStRaNgErS_tOkEn" },
        status: 1,
        says:
            "GET /api/v1/zones/nzo1: 401 E0000011: Invalid token provided (errorId X, request id X); http://okta does " +
            "not accept the API token from OKTA_API_TOKEN: it is mistyped, revoked, of another org, unused for 30 " +
            "days, or its admin is deactivated; create a new one under Security > API > Tokens",
    },
];

describe("zonekeeper explain refuses", () => {
    for (const { title, flags, zone = ZONE, stdin = "", env, status, says } of [...CALLS, ...FILES, ...OKTA]) {
        it(title, async () => {
            await using scene = await openScene({ nzo1: ["1.1.1.1/32"] }, "", {
                tokens: [{ value: TOKEN }],
                zones: [{ id: "nzo2", name: "Abroad", type: "DYNAMIC" }],
            });
            await scene.write("zone.json", zone);
            const zones = flags.includes("--zone") ? [] : ["--zone", "zone.json"];
            const options = { directory: scene.directory, stdin, ...(env && { env }) };
            const called = await call(["explain", ...zones, ...flags, "--okta", scene.okta.url, "--json"], options);
            const { message } = JSON.parse(called.out).error;
            const known = message
                .replaceAll(scene.okta.url, "http://okta")
                .replace(/(errorId|request id) [\w-]+/g, "$1 X");
            assert.deepEqual([called.status, known], [status, says]);
            assert.equal(called.err.length, 1);
            assert.ok(called.err[0]?.startsWith(`zonekeeper: ${message}`));
        });
    }

    it("a token that may not read zones", async () => {
        await using scene = await openScene({ nzo1: ["1.1.1.1/32"] }, "");
        scene.okta.inject({ do: { status: 403 } });
        const flags = ["--zone", "nzo1", ...CHAIN, "--okta", scene.okta.url];
        const { status, out, err } = await call(["explain", ...flags]);
        assert.deepEqual([status, out], [1, ""]);
        assert.match(err.join("\n"), /^zonekeeper: GET \/api\/v1\/zones\/nzo1: 403 [^\n]+ may not do this: [^\n]+$/);
    });

    it("a call without a zone", async () => {
        const { status, out, err } = await call(["explain", ...CHAIN]);
        assert.deepEqual([status, out, err.length], [2, "", 1]);
        assert.ok(err[0]?.startsWith("zonekeeper: required option '--zone <file or id...>' not specified"));
    });
});
