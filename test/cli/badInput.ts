import type { Emulator } from "../../emulator/emulator";
import type { Code } from "../../src/core/errors/errors";
import { TOKEN } from "./scene";

/** A call of `sync` that fails, and all that it says. */
export interface BadInput {
    readonly title: string;
    /** The file `grants.yaml`. @default a good one */
    readonly grants?: string;
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly fault?: Parameters<Emulator["inject"]>[0];
    /** The exit status is 2 for `bad-input`, else 1. */
    readonly code: Code;
    /** The whole line; ids of requests are `X`, Okta is at `http://okta`, the folder is `DIR`. */
    readonly says: string;
}

const EXAMPLES =
    'a file such as grants.yaml, a URL such as https://example.com/grants, or {"type": "file", "path": "grants.yaml"}';
const GET = "GET /api/v1/zones/nzo1";
const IDS = "(errorId X, request id X)";
const OWN_ZONE = "use an IP zone of your own (Security > Networks > Add zone > IP zone)";

/** What a person typed or forgot. */
export const CALLS: readonly BadInput[] = [
    {
        title: "no credential",
        env: {},
        code: "bad-input",
        says:
            "no Okta credential: set OKTA_API_TOKEN, or OKTA_ACCESS_TOKEN, or the OAuth app's OKTA_API_CLIENT_ID, " +
            "OKTA_API_PRIVATE_KEY and OKTA_API_SCOPES",
    },
    {
        title: "an address of Okta that is none",
        flags: ["--okta", "ftp://acme.okta.com"],
        code: "bad-input",
        says: "the URL of Okta begins with ftp://; it has to be an https URL",
    },
    {
        title: "a zone's id that is none",
        flags: ["--zone", ""],
        code: "bad-input",
        says: '"" is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9',
    },
    {
        title: "a zone twice",
        flags: ["--zone", "nzo1", "nzo1"],
        code: "bad-input",
        says: "--zone nzo1 is given twice",
    },
    {
        title: "a selector that is none",
        flags: ["--selector", "payroll"],
        code: "bad-input",
        says: '--selector "payroll" is not key=value',
    },
    {
        title: "a static entry that is none",
        flags: ["--static", "office"],
        code: "bad-input",
        says: 'staticGateways: "office" is not an IPv4 address, CIDR or range',
    },
    {
        title: "a denied range that is none",
        flags: ["--deny", "10.0.0.1/8"],
        code: "bad-input",
        says: 'deny: "10.0.0.1/8" has host bits; write 10.0.0.0/8 or 10.0.0.1/32',
    },
    {
        title: "a width that is none",
        flags: ["--widest-prefix", "0"],
        code: "bad-input",
        says: 'widestPrefix "0" is not a prefix length from 1 to 32',
    },
    {
        title: "a limit that is none",
        flags: ["--max-removals", "many"],
        code: "bad-input",
        says: 'maxRemovals "many" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off',
    },
    {
        title: "a source of a kind that cannot be read",
        flags: ["--source", "ftp://example.com/grants"],
        code: "bad-input",
        says: "the source has the scheme ftp://, but is read from file, http, https or postgres",
    },
    {
        title: "a source that is half an object",
        flags: ["--source", '{"type":"file"'],
        code: "bad-input",
        says: `the source begins with { but is not JSON: give ${EXAMPLES}`,
    },
    {
        title: "a secret in the source",
        flags: ["--source", `https://ana:${TOKEN}@example.com/grants`],
        code: "bad-input",
        says:
            "the source has a user or a password in it: write https://example.com/grants and say " +
            "token: env:NAME or file:PATH",
    },
    {
        title: "a token that is not there",
        flags: ["--source", '{"type":"http","url":"https://example.com/grants","token":"env:GRANTS_TOKEN"}'],
        code: "bad-input",
        says: "the environment variable GRANTS_TOKEN is not set; env:GRANTS_TOKEN reads a secret from it",
    },
];

const UNREADABLE = "cannot read grants from file grants.yaml:";

/** Grants that cannot be read. */
export const GRANTS: readonly BadInput[] = [
    {
        title: "a file that is not there",
        flags: ["--source", "missing.yaml"],
        code: "source-unreadable",
        says: "cannot read grants from file missing.yaml: there is no such file (DIR/missing.yaml)",
    },
    {
        title: "a folder",
        flags: ["--source", "."],
        code: "source-unreadable",
        says: "cannot read grants from file .: it is a folder (DIR)",
    },
    {
        title: "an empty file",
        grants: "",
        code: "source-unreadable",
        says: `${UNREADABLE} it is empty; to grant nobody, write \`grants: []\``,
    },
    {
        title: "a source over http on another machine",
        flags: ["--source", "http://grants.example.com/all?key=1"],
        code: "bad-input",
        says:
            "the source is read from grants.example.com over http, so anybody who can change the answer in transit decides who is inside: " +
            "write https://, or {type: http, url: …, allowInsecure: true} if that is meant",
    },
    {
        title: "a document without grants",
        grants: "people: []",
        code: "source-unreadable",
        says: `${UNREADABLE} the document has no list "grants"; nobody is \`grants: []\``,
    },
    {
        title: "a document with a misspelled list",
        grants: "Grants: []",
        code: "source-unreadable",
        says: `${UNREADABLE} the document has no list "grants"; did you mean grants instead of "Grants"?`,
    },
    {
        title: "grants that all lack the time zone",
        grants: ["a", "b"]
            .map((id) => `- { id: ${id}, ip: 203.0.113.7, expiresAt: 2099-01-01T00:00:00 }`)
            .join("\n")
            .replace(/^/, "grants:\n"),
        code: "source-unreadable",
        says:
            `${UNREADABLE} none of its 2 entries is usable: "a": expiresAt "2099-01-01T00:00:00" is not a moment with a time zone, ` +
            'such as TIME; "b": expiresAt "2099-01-01T00:00:00" is not a moment with a time zone, such as 2026-12-01T18:00:00Z',
    },
    {
        title: "one page of the grants",
        grants: '{ "grants": [{ "id": "a", "ip": "203.0.113.7", "permanent": true }], "next": "?page=2" }',
        code: "source-unreadable",
        says: `${UNREADABLE} the document is only a part: "next" is set; all grants have to be in one document`,
    },
    {
        title: "a page of HTML",
        grants: "<html></html>",
        code: "source-unreadable",
        says: `${UNREADABLE} it is HTML or XML, not YAML or JSON`,
    },
];

/** What Okta does not do. */
export const OKTA: readonly BadInput[] = [
    {
        title: "a zone that is not there",
        flags: ["--zone", "nzo9"],
        code: "zone-missing",
        says:
            "GET /api/v1/zones/nzo9: 404 E0000007: Not found: Resource not found: nzo9 (NetworkZone) " +
            `${IDS}; check the zone's id (nzo9), and that http://okta is its org`,
    },
    {
        title: "a second zone that is not there",
        flags: ["--zone", "nzo1", "nzo9"],
        code: "zone-missing",
        says:
            "GET /api/v1/zones/nzo9: 404 E0000007: Not found: Resource not found: nzo9 (NetworkZone) " +
            `${IDS}; check the zone's id (nzo9), and that http://okta is its org`,
    },
    {
        title: "a dynamic zone",
        flags: ["--zone", "nzo2"],
        code: "zone-unfit",
        says: `zone nzo2 "Abroad" is of type DYNAMIC, which has no gateways; ${OWN_ZONE}`,
    },
    {
        title: "a zone of Okta's own",
        flags: ["--zone", "nzo3"],
        code: "zone-unfit",
        says: `zone nzo3 "LegacyIpZone" is one of Okta's own and cannot hold grants; ${OWN_ZONE}`,
    },
    {
        title: "a token that Okta does not know",
        env: { OKTA_API_TOKEN: "00aStRaNgErS_tOkEn" },
        code: "okta-unauthorized",
        says:
            `${GET}: 401 E0000011: Invalid token provided ${IDS}; http://okta does not accept the API token from ` +
            "OKTA_API_TOKEN: it is mistyped, revoked, of another org, unused for 30 days, or its admin is " +
            "deactivated; create a new one under Security > API > Tokens",
    },
    {
        title: "a token that may read only",
        env: { OKTA_API_TOKEN: "00rEaDoNlY_tOkEn" },
        code: "okta-forbidden",
        says:
            `PUT /api/v1/zones/nzo1: 403 E0000006: You do not have permission to perform the requested action ${IDS}; ` +
            "the API token from OKTA_API_TOKEN may not do this: the admin who created it needs the role " +
            "Organization Administrator; after a change of role create a new token; a token that is bound to network zones works only from inside one of them",
    },
    {
        title: "a write that Okta refuses",
        fault: { on: { method: "PUT" }, do: { status: 400 } },
        code: "okta-refused",
        says: `PUT /api/v1/zones/nzo1: 400 E0000009: Bad Request ${IDS}`,
    },
    {
        title: "a page of HTML instead of JSON",
        fault: { do: { html: true } },
        code: "okta-unreachable",
        says: `${GET}: 200, but the answer of http://okta is not JSON, so this is not Okta's API; check orgName and baseUrl`,
    },
    {
        title: "500 each time",
        fault: { times: 9, do: { status: 500 } },
        code: "okta-unreachable",
        says: `${GET}: 500 E0000009: Internal Server Error ${IDS}; the failure is Okta's own: try again; if it stays, look at status.okta.com`,
    },
    {
        title: "a connection that is cut each time",
        fault: { times: 9, do: { drop: true } },
        code: "okta-unreachable",
        says: `${GET}: no answer from http://okta: the connection was lost (UND_ERR_SOCKET); try again; if it stays, look at status.okta.com, and at what is in between`,
    },
    {
        title: "a rate limit that does not end",
        fault: { times: 9, do: { throttle: { resetInSeconds: 1 } } },
        code: "okta-throttled",
        says:
            `${GET}: 429 E0000047: API call exceeded rate limit due to too many requests. ${IDS}; ` +
            "the rate limit is used up, try again after TIME",
    },
];
