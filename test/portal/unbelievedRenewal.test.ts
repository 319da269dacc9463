import { strict as assert } from "node:assert";

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

import { TABLES } from "../../src/core/portal/state";
import { identityKey, type PortalGrant, type PortalSession } from "../../src/core/portal/types";
import type { PortalContext } from "../../src/portal/context";
import { openProvider } from "../../src/portal/oidc/provider";
import { problemOf } from "../../src/portal/problem";
import { recheckedVisitor } from "../../src/portal/recheck";
import { ACCESS, person } from "../core/portal/support";
import { memoryStore } from "./memoryStore";

const [ISSUER, CLIENT, HOUR] = ["https://idp.example", "portal", 3_600_000];

const UNBELIEVED = /^the OpenID provider cannot be used now: /;

/** How an answer to a refresh differs from a good one. */
interface Answer {
    readonly claims?: JWTPayload;
    /** The whole ID token, made of a good one. */
    readonly idToken?: (good: string) => string;
    readonly keys?: "gone";
    readonly userClaim?: string;
}

const jsonPart = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Each with the status of the refusal, and what it says. */
const ROWS: Readonly<Record<string, readonly [Answer, status: number, why: RegExp]>> = {
    "with another signature": [{ idToken: (good) => `${good.slice(0, -20)}${"A".repeat(20)}` }, 503, UNBELIEVED],
    "signed by nobody": [
        { idToken: (good) => [jsonPart({ alg: "none" }), good.split(".")[1], ""].join(".") },
        503,
        UNBELIEVED,
    ],
    "that is no token": [{ idToken: () => "nonsense" }, 503, UNBELIEVED],
    "for another client": [{ claims: { aud: "another" } }, 503, UNBELIEVED],
    "of another issuer": [{ claims: { iss: "https://evil.example" } }, 503, UNBELIEVED],
    "that has expired": [{ claims: { exp: 1 } }, 503, UNBELIEVED],
    "while the provider's keys cannot be had": [{ keys: "gone" }, 503, UNBELIEVED],
    "whose e-mail address is no longer verified": [
        { claims: { email: "ana@example.com", email_verified: false }, userClaim: "email" },
        400,
        /has not verified your e-mail address/,
    ],
    "whose name is too long": [
        { claims: { login: "a".repeat(321) }, userClaim: "login" },
        400,
        /no claim login to name you by/,
    ],
};

describe("a renewal with an ID token", () => {
    for (const [what, [answer, status, why]] of Object.entries(ROWS)) {
        it(`${what}: nothing ends and nothing is granted, and the next one sends the new refresh token`, async () => {
            const scene = await openScene(answer);
            for (const sent of [1, 2]) {
                const problem = problemOf(await recheckedVisitor(scene.context, scene.visitor()).catch((e) => e));
                assert.deepEqual([problem?.status, scene.sent.length], [status, sent]);
                assert.match(problem?.sentence ?? "", why);
            }
            assert.deepEqual(scene.sent, ["token-0", "token-1"]);
            const { refresh, renewing, checkedAtMs } = scene.session() ?? assert.fail("the session has ended");
            assert.deepEqual(
                [refresh, renewing, checkedAtMs],
                ["token-2", undefined, scene.visitor().person.checkedAtMs],
            );
            assert.deepEqual([scene.known(), scene.grant()?.endedAtMs], [scene.visitor().person, undefined]);
            scene.answer({ userClaim: answer.userClaim ?? "sub" });
            const { person: found } = await recheckedVisitor(scene.context, scene.visitor());
            assert.deepEqual([found.checkedAtMs, scene.sent.at(-1)], [scene.now(), "token-2"]);
        });
    }

    it("whose refresh token the provider does not take any more: the session ends, with what its login granted", async () => {
        const scene = await openScene({});
        scene.forget();
        const problem = problemOf(await recheckedVisitor(scene.context, scene.visitor()).catch((e) => e));
        assert.deepEqual([problem?.status, scene.session()], [401, undefined]);
    });
});

/** A store with Ana, a session and a grant of hers; and a provider that takes each refresh token once. */
async function openScene(first: Answer) {
    const nowMs = Date.now();
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" };
    let answer = first;
    let current: string | undefined = "token-0";
    const sent: string[] = [];
    const good = (userClaim: string, claims: JWTPayload = {}) => {
        const seconds = Math.floor(nowMs / 1000);
        const named = { login: "ana", email: "ana@example.com", email_verified: true };
        const usual = { iss: ISSUER, aud: CLIENT, sub: "00uAna", iat: seconds, exp: seconds + 300, groups: ["Staff"] };
        const all = { ...usual, ...(userClaim !== "sub" && named), ...claims };
        return new SignJWT(all).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(privateKey);
    };
    const token = async (body: URLSearchParams) => {
        const given = body.get("refresh_token") ?? "";
        sent.push(given);
        if (given !== current) return Response.json({ error: "invalid_grant" }, { status: 400 });
        current = `token-${sent.length}`;
        const idToken = await good(answer.userClaim ?? "sub", answer.claims);
        const id_token = answer.idToken?.(idToken) ?? idToken;
        return Response.json({ access_token: "a", token_type: "bearer", refresh_token: current, id_token });
    };
    const idp = async (input: unknown, init?: { readonly body?: unknown }): Promise<Response> => {
        const { pathname } = new URL(String(input));
        if (pathname === "/token") return token(new URLSearchParams(String(init?.body)));
        if (pathname === "/keys") {
            return answer.keys === "gone" ? new Response("", { status: 500 }) : Response.json({ keys: [jwk] });
        }
        const endpoints = { authorization_endpoint: `${ISSUER}/a`, token_endpoint: `${ISSUER}/token` };
        return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, ...endpoints });
    };
    const login = {
        issuer: ISSUER,
        clientId: CLIENT,
        scopes: ["openid"],
        groupsClaim: "groups",
        userClaim: first.userClaim ?? "sub",
        isOfflineAdded: false,
    };
    let aheadMs = 0;
    const now = () => nowMs + aheadMs;
    const provider = openProvider({
        login: login as never,
        clientSecret: () => "a-secret",
        fetch: idp as typeof fetch,
        now,
        onNoOffline: () => {},
        report: () => {},
    });
    const ana = person({
        iss: ISSUER,
        sub: "00uAna",
        user: "ana",
        name: "Ana",
        groups: ["Staff"],
        checkedAtMs: nowMs - HOUR,
    });
    const state = Object.fromEntries(TABLES.map((name) => [name, new Map<string, unknown>()]));
    const times = { startedAtMs: ana.checkedAtMs, seenAtMs: nowMs, signedInAtMs: ana.checkedAtMs };
    const identity = { iss: ISSUER, sub: ana.sub };
    state.people?.set(identityKey(ana), ana);
    state.sessions?.set("key", { ...identity, ...times, checkedAtMs: ana.checkedAtMs, refresh: "token-0" });
    const held = { id: "g1", access: ACCESS.name, holder: ana, startsAtMs: ana.checkedAtMs, expiresAtMs: nowMs + HOUR };
    state.grants?.set("g1", held);
    const context = {
        settings: {
            accesses: [ACCESS],
            admins: { groups: [], users: [] },
            login,
            session: { recheckMs: 900_000, durationMs: 10 * HOUR, idleMs: 10 * HOUR },
        },
        store: memoryStore(state),
        provider,
        seal: {
            seal: async (_: string, { text }: { text: string }) => text,
            open: async (_: string, text: string) => ({ text }),
        },
        now,
        sleep: async () => {},
        audit: async () => {},
        warnOnce: () => {},
        process: "p1",
    } as unknown as PortalContext;
    const session = () => state.sessions?.get("key") as PortalSession | undefined;
    return {
        context,
        sent,
        now,
        session,
        visitor: () => ({ key: "key", session: session() as PortalSession, person: ana }),
        known: () => state.people?.get(identityKey(ana)),
        grant: () => state.grants?.get("g1") as PortalGrant | undefined,
        answer(next: Answer) {
            // openid-client asks for keys at most once a minute.
            aheadMs += 61_000;
            answer = next;
        },
        forget() {
            current = undefined;
        },
    };
}
