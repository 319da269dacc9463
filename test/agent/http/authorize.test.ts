import { strict as assert } from "node:assert";

import { checkToken, type PathKind, refusalOf } from "../../../src/agent/http/caller/authorize";

const TOKEN = "a-token-of-the-agent";
const basic = (login: string) => `Basic ${Buffer.from(login).toString("base64")}`;
const BEARER = `Bearer ${TOKEN}`;
const PASSWORD = basic(`anybody:${TOKEN}`);

/** `proxy`: the agent listens on loopback, and a proxy passed the request on. */
type Row = readonly [
    from: boolean | "proxy",
    token: string | undefined,
    kind: PathKind,
    authorization: string | undefined,
    status: 401 | 403 | undefined,
    because: string,
];

/** The table of refusalOf, and ways to say a token wrongly. */
const ROWS: readonly Row[] = [
    [true, undefined, "open", undefined, undefined, "probes are open on this machine"],
    [true, undefined, "read", undefined, undefined, "people on this machine may look"],
    [true, undefined, "change", BEARER, 403, "without a token nobody confirms"],
    [true, TOKEN, "read", undefined, undefined, "a token does not hide the page from this machine"],
    [true, TOKEN, "change", undefined, 401, "who confirms needs the token, on this machine too"],
    [true, TOKEN, "change", BEARER, undefined, "the token confirms"],
    [true, TOKEN, "change", PASSWORD, 401, "a browser's password confirms nothing"],
    ["proxy", undefined, "open", undefined, undefined, "probes are open through a proxy"],
    ["proxy", undefined, "read", undefined, 403, "without a token nobody looks through a proxy"],
    ["proxy", TOKEN, "read", undefined, 401, "who looks through a proxy needs the token"],
    ["proxy", TOKEN, "read", BEARER, undefined, "the token shows who is in through a proxy"],
    ["proxy", TOKEN, "read", PASSWORD, undefined, "the token as a password shows who is in through a proxy"],
    ["proxy", undefined, "change", BEARER, 403, "without a token nobody confirms through a proxy"],
    ["proxy", TOKEN, "change", BEARER, undefined, "the token confirms through a proxy"],
    ["proxy", TOKEN, "change", PASSWORD, 401, "a browser's password confirms nothing through a proxy"],
    [false, undefined, "open", undefined, undefined, "probes are open to the network"],
    [false, undefined, "read", BEARER, 403, "without a token the network sees nobody"],
    [false, undefined, "change", BEARER, 403, "without a token the network confirms nothing"],
    [false, TOKEN, "open", undefined, undefined, "probes need no token"],
    [false, TOKEN, "read", undefined, 401, "the network needs the token to look"],
    [false, TOKEN, "read", BEARER, undefined, "the token shows who is in"],
    [false, TOKEN, "read", `bearer  ${TOKEN} `, undefined, "the scheme is in any case, RFC 9110"],
    [false, TOKEN, "read", PASSWORD, undefined, "the token as a browser's password shows who is in"],
    [false, TOKEN, "read", basic(TOKEN), undefined, "a password without a user is one"],
    [false, TOKEN, "change", BEARER, undefined, "the token confirms from the network"],
    [false, TOKEN, "change", PASSWORD, 401, "a browser's password confirms nothing from the network"],
    [false, TOKEN, "read", `Bearer ${TOKEN}x`, 401, "a longer token is another"],
    [false, TOKEN, "read", "Bearer a-token-of-the-agenT", 401, "a token of the same length is another"],
    [false, TOKEN, "read", "Bearer ", 401, "no token is none"],
    [false, TOKEN, "read", TOKEN, 401, "a token without a scheme is none"],
    [false, TOKEN, "read", `SSWS ${TOKEN}`, 401, "a token of another scheme is none"],
    [false, TOKEN, "read", basic(`${TOKEN}:`), 401, "a user is no password"],
    [false, TOKEN, "read", "Basic %%%", 401, "nonsense is none"],
];

describe("refusalOf", () => {
    const asked = ([from, token, kind, authorization]: Row) => ({
        isLocal: from !== false,
        forwardedBy: from === "proxy" ? "x-forwarded-for" : undefined,
        token,
        kind,
        authorization,
    });

    for (const row of ROWS) {
        const [, , , , status, because] = row;
        it(`knows that ${because}`, () => {
            assert.equal(refusalOf(asked(row))?.status, status);
        });
    }

    it("says that the request came through a proxy, since people on this machine need no token", () => {
        assert.equal(
            refusalOf(asked(["proxy", TOKEN, "read", undefined, 401, ""]))?.error,
            "the request came through a proxy (x-forwarded-for); this needs the agent's token: Authorization: Bearer TOKEN, or the token as a browser's password",
        );
    });

    it("shows neither the token nor what was given for it", () => {
        for (const row of ROWS) {
            const error = refusalOf(asked(row))?.error ?? "";
            assert.equal(error.includes(TOKEN), false);
        }
    });
});

describe("checkToken", () => {
    it("refuses a token that is too short, and does not show it", () => {
        assert.throws(() => checkToken("short-token-123"), {
            code: "bad-input",
            message: "the agent's token is shorter than 16 characters: make one with openssl rand -hex 32",
        });
    });

    it("takes none, and a long one", () => {
        checkToken(undefined);
        checkToken("short-token-1234");
    });
});
