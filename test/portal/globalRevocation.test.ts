import { strict as assert } from "node:assert";

import { identityKey, type PortalGrant } from "../../src/core/portal/types";
import { hashOf } from "../../src/portal/sessions";
import { type Issuer, startIssuer } from "./issuer";
import { ANA, openPortalScene, type PortalScene } from "./scene";

/** Okta's Universal Logout, as an app implements it: the provider signs each call. */
describe("POST /global-token-revocation", () => {
    let issuer: Issuer;
    let scene: PortalScene;

    beforeEach(async () => {
        issuer = await startIssuer();
        scene = await openPortalScene({ config: { login: { issuer: issuer.url } } });
        await signIn("00uAna", [ANA]);
        await signIn("00uLea", ["lea@example.com"]);
    });

    afterEach(async () => {
        await scene[Symbol.asyncDispose]();
        await issuer[Symbol.asyncDispose]();
    });

    /** A session with a grant of its sign-in, and another grant. */
    async function signIn(sub: string, aliases: readonly string[]): Promise<void> {
        const nowMs = scene.now();
        const person = { iss: issuer.url, sub, user: sub, name: sub, groups: [], aliases, checkedAtMs: nowMs };
        const session = { ...person, startedAtMs: nowMs, seenAtMs: nowMs, signedInAtMs: nowMs };
        const where = { address: "203.0.113.7", signInAddress: "203.0.113.7" };
        const grant = (id: string, of: Partial<PortalGrant>): PortalGrant => ({
            id,
            access: "payroll",
            holder: person,
            addresses: [where.address],
            createdAtMs: nowMs,
            startsAtMs: nowMs,
            expiresAtMs: nowMs + 3_600_000,
            labels: {},
            requestId: "r",
            ...of,
        });
        await scene.store.transact(() => ({
            changes: [
                ["people", identityKey(person), person],
                ["sessions", hashOf(sub), { ...session, ...where }],
                ["grants", `login-${sub}`, grant(`login-${sub}`, { session: hashOf(sub) })],
                ["grants", `own-${sub}`, grant(`own-${sub}`, {})],
            ],
            result: undefined,
        }));
    }

    async function call(subject: object, token?: string): Promise<number> {
        const bearer = token ?? (await issuer.token({ sub: undefined }, `${scene.url}/global-token-revocation`));
        const answer = await fetch(`${scene.url}/global-token-revocation`, {
            method: "POST",
            headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
            body: JSON.stringify({ sub_id: subject }),
        });
        return answer.status;
    }

    const left = async () => {
        const { sessions, grants } = await scene.store.read(new AbortController().signal);
        const live = [...grants.values()].filter(({ endedAtMs }) => endedAtMs === undefined);
        return [sessions.size, live.map(({ id }) => id).sort()];
    };
    const ALL = [2, ["login-00uAna", "login-00uLea", "own-00uAna", "own-00uLea"]];
    const WITHOUT_ANA = [1, ["login-00uLea", "own-00uAna", "own-00uLea"]];

    const SUBJECTS: Readonly<Record<string, () => object>> = {
        "issuer and subject": () => ({ format: "iss_sub", iss: issuer.url, sub: "00uAna" }),
        "e-mail address": () => ({ format: "email", email: "Ana@Example.com" }),
    };
    for (const [how, subject] of Object.entries(SUBJECTS)) {
        it(`ends the sessions of a person named by ${how}, and what their sign-ins granted`, async () => {
            assert.equal(await call(subject()), 204);
            assert.deepEqual(await left(), WITHOUT_ANA);
        });
    }

    const REFUSED: Readonly<Record<string, readonly [() => object, (() => Promise<string>) | undefined, number]>> = {
        "whose token is for somebody else": [
            () => ({ format: "iss_sub", iss: issuer.url, sub: "00uAna" }),
            () => issuer.token({}, "0oaPortal"),
            401,
        ],
        "whose token is of another issuer": [
            () => ({ format: "iss_sub", iss: issuer.url, sub: "00uAna" }),
            () => issuer.token({ iss: "https://evil.example" }, `${scene.url}/global-token-revocation`),
            401,
        ],
        "without a jti": [
            () => ({ format: "iss_sub", iss: issuer.url, sub: "00uAna" }),
            () => issuer.token({ jti: undefined }, `${scene.url}/global-token-revocation`),
            401,
        ],
        "that names somebody of another issuer": [
            () => ({ format: "iss_sub", iss: "https://evil.example", sub: "00uAna" }),
            undefined,
            400,
        ],
        "that names nobody": [() => ({ format: "email" }), undefined, 400],
        "in a format that is not known": [() => ({ format: "phone_number", phone_number: "+1" }), undefined, 400],
    };
    for (const [how, [subject, token, status]] of Object.entries(REFUSED)) {
        it(`refuses a call ${how}`, async () => {
            assert.equal(await call(subject(), await token?.()), status);
            assert.deepEqual(await left(), ALL);
        });
    }

    it("takes a token once", async () => {
        const token = await issuer.token({}, `${scene.url}/global-token-revocation`);
        const ana = { format: "iss_sub", iss: issuer.url, sub: "00uAna" };
        assert.deepEqual([await call(ana, token), await call(ana, token)], [204, 400]);
    });
});
