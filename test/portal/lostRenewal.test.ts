import { strict as assert } from "node:assert";

import { RENEWAL_MS } from "../../src/core/portal/renewal";
import { ACCESSES, ANA, ASK, openPortalScene, type PortalScene } from "./scene";

const ON_LOGIN = {
    name: "vpn",
    title: "VPN",
    eligible: { groups: ["Staff"] },
    duration: { default: "4h", max: "8h" },
    grantOnLogin: true,
};

const failed = (code: string) => Object.assign(new TypeError("fetch failed"), { cause: { code } });

type Fault = (send: () => Promise<Response>) => Promise<Response>;

/** The provider answers, and has replaced the refresh token, and the answer does not arrive whole. */
const LOST: Readonly<Record<string, Fault>> = {
    "is cut off": async (send) => {
        await send();
        throw failed("ECONNRESET");
    },
    "takes too long": async (send) => {
        await send();
        throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
    },
    "comes as a gateway's 502": async (send) => {
        await send();
        return new Response("<html>", { status: 502 });
    },
    "arrives in part": async (send) => {
        const text = await (await send()).text();
        return new Response(text.slice(0, -10), { headers: { "content-type": "application/json" } });
    },
};

/** Nothing was sent, or the provider says that it did nothing. */
const KEPT: Readonly<Record<string, Fault>> = {
    "cannot be reached": async () => {
        throw failed("ECONNREFUSED");
    },
    "has no address": async () => {
        throw failed("ENOTFOUND");
    },
    "is too busy": async () => Response.json({ error: "slow_down" }, { status: 429 }),
};

describe("a renewal by a provider whose refresh tokens are good once", () => {
    let scene: PortalScene;
    let fault: Fault | undefined;

    beforeEach(async () => {
        fault = undefined;
        const outgoing: typeof fetch = async (input, init) => {
            const send = () => fetch(input, init);
            return fault !== undefined && /grant_type=refresh_token/.test(String(init?.body)) ? fault(send) : send();
        };
        scene = await openPortalScene({ config: { accesses: [...ACCESSES, ON_LOGIN] }, fetch: outgoing });
    });

    afterEach(() => scene[Symbol.asyncDispose]());

    const stateOf = () => scene.store.read(new AbortController().signal);

    /** Ana, who has a grant by her sign-in and a request, and whose groups were looked at too long ago. */
    async function ana() {
        const browser = await scene.person(ANA);
        assert.equal((await scene.api(browser, "POST", "/api/v1/grants", ASK)).status, 202);
        scene.pass(16 * 60_000);
        return browser;
    }

    const ask = async (browser: Awaited<ReturnType<typeof ana>>) =>
        (await scene.api(browser, "POST", "/api/v1/grants", { access: "payroll" })).status;

    async function held() {
        const { grants, requests } = await stateOf();
        const [grant] = [...grants.values()];
        const [request] = [...requests.values()];
        return [grants.size, grant?.endedBecause, request?.state];
    }

    for (const [what, how] of Object.entries(LOST)) {
        it(`whose answer ${what}: nothing ends, and the next click asks for a sign-in`, async () => {
            const browser = await ana();
            fault = how;
            assert.equal(await ask(browser), 503);
            fault = undefined;
            const answer = await scene.api(browser, "POST", "/api/v1/grants", { access: "payroll" });
            assert.equal(answer.status, 401);
            assert.match(answer.body.detail, /sign in again: an answer of the provider was lost\. What you have stays/);
            assert.equal(await ask(browser), 401, "the token that is no good is not sent again");
            assert.deepEqual(await held(), [1, undefined, "waiting"]);
            await browser.submit("/login", {});
            await browser.go(`${scene.url}/`);
            assert.equal(await ask(browser), 201);
            assert.deepEqual((await held()).slice(1), [undefined, "waiting"]);
        });
    }

    for (const [what, how] of Object.entries(KEPT)) {
        it(`that ${what}: the token is as good as before, and a refusal after it counts`, async () => {
            const browser = await ana();
            fault = how;
            assert.equal(await ask(browser), 503);
            fault = async () => Response.json({ error: "invalid_grant" }, { status: 400 });
            assert.equal(await ask(browser), 401);
            assert.deepEqual(await held(), [1, "the provider refused to renew the sign-in", "withdrawn"]);
        });
    }

    it("that a process began and did not write, as it died: nothing ends, and the next click asks for a sign-in", async () => {
        const browser = await ana();
        fault = async () => Response.json({ error: "invalid_grant" }, { status: 400 });
        const [[key, session]] = [...(await stateOf()).sessions] as [[string, object]];
        const renewing = { by: "a process that died", untilMs: scene.now() + RENEWAL_MS };
        await scene.store.transact(() => ({
            changes: [["sessions", key, { ...session, renewing } as never]],
            result: undefined,
        }));
        scene.pass(RENEWAL_MS);
        assert.equal(await ask(browser), 401);
        assert.deepEqual(await held(), [1, undefined, "waiting"]);
        const { refresh, renewing: claim, isRenewalLost } = (await stateOf()).sessions.get(key) ?? {};
        assert.deepEqual([refresh, claim, isRenewalLost], [undefined, undefined, undefined]);
    });
});
