import { strict as assert } from "node:assert";

import * as client from "openid-client";

import { TABLES } from "../../src/core/portal/state";
import { identityKey, type Person, type PortalGrant, type PortalSession } from "../../src/core/portal/types";
import type { PortalContext } from "../../src/portal/context";
import { readAnswer } from "../../src/portal/oidc/answer";
import { describedBy } from "../../src/portal/oidc/claims";
import { problemOf } from "../../src/portal/problem";
import { recheckedVisitor, recheckPeople } from "../../src/portal/recheck";
import { ACCESS, person } from "../core/portal/support";
import { memoryStore } from "./memoryStore";

const [NOW, HOUR] = [Date.parse("2026-12-01T12:00:00Z"), 3_600_000];
const OLD = NOW - HOUR;
const ANA = person({ sub: "00uAna", user: "00uAna", name: "Ana", groups: ["Staff"], checkedAtMs: OLD });

type Claims = Readonly<Record<string, unknown>>;

/** What the provider answers to a refresh: the claims of its ID token, and what userinfo says (a status where it fails). */
interface Answers {
    readonly idToken?: Claims;
    readonly userinfo?: Claims | number;
    readonly userClaim?: string;
}

const SUB = { sub: "00uAna" };

/** After each: nothing has ended, nothing new is granted, and the new refresh token is kept. */
const UNTOLD: Readonly<Record<string, Answers>> = {
    "no ID token, and there is no userinfo": {},
    "no ID token, and userinfo without the claim": { userinfo: SUB },
    "no ID token, and userinfo fails": { userinfo: 500 },
    "no ID token, and userinfo refuses": { userinfo: 403 },
    "an ID token without the claim, and there is no userinfo": { idToken: SUB },
    "an ID token without the claim, and userinfo without it": { idToken: SUB, userinfo: SUB },
    "an ID token without the claim, and userinfo is busy": { idToken: SUB, userinfo: 429 },
    "groups: null": { idToken: { ...SUB, groups: null } },
    "groups: null in both": { idToken: { ...SUB, groups: null }, userinfo: { ...SUB, groups: null } },
    "groups as a number": { idToken: { ...SUB, groups: 7 } },
    "groups as an object": { idToken: { ...SUB, groups: { Staff: true } } },
    "groups as a list of ids that are numbers": { idToken: { ...SUB, groups: [1, 2] } },
    "an empty text": { idToken: { ...SUB, groups: "" } },
    "a reference to groups instead of groups": { idToken: { ...SUB, _claim_names: { groups: "src1" } } },
    "groups, but not the name": { idToken: { ...SUB, groups: ["Staff"] }, userClaim: "login" },
    "groups, but not whether the e-mail address is verified": {
        idToken: { ...SUB, groups: ["Staff"], email: "ana@example.com" },
        userClaim: "email",
    },
};

const TOLD: Readonly<Record<string, readonly [Answers, groups: readonly string[]]>> = {
    "an empty list": [{ idToken: { ...SUB, groups: [] } }, []],
    "another group": [{ idToken: { ...SUB, groups: ["Sales"] } }, ["Sales"]],
    "one text": [{ idToken: { ...SUB, groups: "Staff" } }, ["Staff"]],
    "a list in userinfo alone": [{ userinfo: { ...SUB, groups: ["Staff"] } }, ["Staff"]],
    "groups: null in the ID token, and a list in userinfo": [
        { idToken: { ...SUB, groups: null }, userinfo: { ...SUB, groups: [] } },
        [],
    ],
    "a list in the ID token, and groups: null in userinfo, which was asked for the name": [
        {
            idToken: { ...SUB, groups: ["Staff"] },
            userinfo: { ...SUB, groups: null, login: "ana@example.com" },
            userClaim: "login",
        },
        ["Staff"],
    ],
};

describe("a refresh answer that does not say all of a person", () => {
    for (const [what, answers] of Object.entries(UNTOLD)) {
        it(`with ${what}: what was known stays, and counts as not looked at again`, async () => {
            const scene = openScene(answers);
            for (const token of ["token-1", "token-2"]) {
                const problem = await recheckedVisitor(scene.context, scene.visitor()).catch(problemOf);
                assert.deepEqual(
                    [problem && "status" in problem && problem.status, scene.session()?.refresh],
                    [503, token],
                );
            }
            assert.deepEqual([scene.known(), scene.session()?.checkedAtMs], [ANA, OLD]);
            assert.equal(scene.session()?.renewing, undefined, "the next one need not wait");
            assert.equal(scene.grant()?.endedAtMs, undefined);
        });
    }

    for (const [what, [answers, groups]] of Object.entries(TOLD)) {
        it(`with ${what}: counts`, async () => {
            const scene = openScene(answers);
            const { person: found } = await recheckedVisitor(scene.context, scene.visitor());
            assert.deepEqual([found.groups, found.checkedAtMs], [groups, NOW]);
            assert.equal(scene.grant()?.endedAtMs, groups.includes("Staff") ? undefined : NOW);
            assert.deepEqual(scene.warnings, []);
        });
    }

    it("is told in the log once, and keeps an approver from nothing", async () => {
        const scene = openScene({ idToken: SUB });
        await recheckPeople(scene.context, [ANA]);
        await recheckPeople(scene.context, [ANA]);
        assert.match(scene.warnings.join("\n"), /^the OpenID provider sent no usable claim groups for somebody[^\n]*$/);
    });
});

describe("a sign-in whose claims do not say the groups", () => {
    const settings = {
        login: { groupsClaim: "groups", userClaim: "sub" },
        rules: { accesses: [], admins: { groups: [], users: [] } },
        keptMs: 10 * HOUR,
    };
    const claims = { iss: ANA.iss, ...SUB };
    const rows: Readonly<
        Record<
            string,
            readonly [Person | undefined, groups: readonly string[], checkedAtMs: number, isChecked: boolean]
        >
    > = {
        "of somebody new": [undefined, [], NOW, true],
        "of somebody in no group": [{ ...ANA, groups: [] }, [], NOW, true],
        "of somebody whose groups are known": [ANA, ["Staff"], OLD, false],
        "of somebody whose groups were known longer ago than a session lasts": [
            { ...ANA, checkedAtMs: NOW - 11 * HOUR },
            [],
            NOW,
            true,
        ],
    };
    for (const [who, [known, groups, checkedAtMs, isChecked]] of Object.entries(rows)) {
        it(`${who}: ${groups.length === 0 ? "none" : "the known ones"}, and none is known to be lost`, () => {
            const found = describedBy(claims, settings, NOW, known);
            assert.deepEqual([found.person.groups, found.person.checkedAtMs], [groups, checkedAtMs]);
            assert.deepEqual([found.isChecked, found.areGroupsKnown], [isChecked, false]);
        });
    }
});

/** A store with Ana, her session and a grant of hers, and a provider of which each refresh token is good once. */
function openScene({ idToken, userinfo, userClaim = "sub" }: Answers) {
    const state = Object.fromEntries(TABLES.map((name) => [name, new Map<string, unknown>()]));
    const warnings = new Set<string>();
    const session = {
        iss: ANA.iss,
        sub: ANA.sub,
        startedAtMs: OLD,
        seenAtMs: NOW,
        signedInAtMs: OLD,
        checkedAtMs: OLD,
        refresh: "token-0",
    };
    const grant = { id: "g1", access: ACCESS.name, holder: ANA, startsAtMs: OLD, expiresAtMs: NOW + HOUR };
    state.people?.set(identityKey(ANA), ANA);
    state.sessions?.set("key", session);
    state.grants?.set("g1", grant);
    const config = new client.Configuration(
        { issuer: ANA.iss, ...(userinfo !== undefined && { userinfo_endpoint: `${ANA.iss}/userinfo` }) },
        "portal",
    );
    config[client.customFetch] = async () =>
        typeof userinfo === "number" ? new Response("", { status: userinfo }) : Response.json(userinfo);
    const login = { groupsClaim: "groups", userClaim };
    let refreshes = 0;
    const context = {
        settings: {
            accesses: [ACCESS],
            login,
            session: { recheckMs: 900_000, durationMs: 10 * HOUR, idleMs: 10 * HOUR },
        },
        store: memoryStore(state),
        provider: {
            refresh: (token: string, sub: string) => {
                assert.equal(token, `token-${refreshes}`);
                refreshes += 1;
                const tokens = { access_token: "a", refresh_token: `token-${refreshes}`, claims: () => idToken };
                return readAnswer(config, login as never, tokens, sub);
            },
        },
        seal: {
            seal: async (_: string, { text }: { text: string }) => text,
            open: async (_: string, text: string) => ({ text }),
        },
        now: () => NOW,
        sleep: async () => {},
        audit: async () => {},
        warnOnce: (sentence: string) => void warnings.add(sentence),
        process: "p1",
    };
    const present = () => state.sessions?.get("key") as PortalSession | undefined;
    return {
        context: context as unknown as PortalContext,
        session: present,
        visitor: () => ({ key: "key", session: present() as PortalSession, person: ANA }),
        known: () => state.people?.get(identityKey(ANA)),
        grant: () => state.grants?.get("g1") as PortalGrant | undefined,
        get warnings() {
            return [...warnings];
        },
    };
}
