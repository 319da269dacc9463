import { strict as assert } from "node:assert";

import { ADAM, ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

/** What an admin types, for a person whose `user` is an id of Okta. */
const NAMES = { "her id": "00uAna", "her login": ANA, "her login in capitals": ANA.toUpperCase() } as const;

describe("people whom an admin names", () => {
    let scene: PortalScene;

    before(async () => {
        scene = await openPortalScene();
    });

    after(() => scene[Symbol.asyncDispose]());

    const state = () => scene.store.read(new AbortController().signal);

    for (const [how, name] of Object.entries(NAMES)) {
        it(`are granted under the name of their own grants where they are named by ${how}`, async () => {
            await scene.person(ANA);
            const adam = await scene.person(ADAM);
            const asked = { access: "payroll", user: name, address: "203.0.113.20", reason: "INC-1" };
            const { status, body } = await scene.api(adam, "POST", "/api/v1/grants", asked);
            assert.deepEqual([status, body.user, body.name], [201, "00uAna", "Ana Anders"]);
        });

        it(`lose everything where they are named by ${how}, and the agents are told to end their sessions at Okta`, async () => {
            const ana = await scene.person(ANA);
            const { body: grant } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
            const { body: request } = await scene.api(ana, "POST", "/api/v1/grants", ASK);
            const adam = await scene.person(ADAM);
            const path = `/api/v1/people/${encodeURIComponent(name)}/revoke`;
            const { status, body } = await scene.api(adam, "POST", path, {});
            assert.deepEqual([status, body.user, body.oktaSessions], [200, "00uAna", "pending"]);
            assert.ok(body.grants.includes(grant.id) && body.requests.includes(request.id) && body.sessions > 0);
            const orders = [...(await state()).revocations.values()].filter(
                (each) => each.requestId === body.requestId,
            );
            assert.deepEqual(
                orders.map(({ user, by }) => [user, by]),
                [["00uAna", "Adam Admin"]],
            );
            assert.equal((await ana.ask(`${scene.url}/api/v1/me`)).status, 401);
        });
    }

    it("are found by a grant that was made before their first sign-in", async () => {
        const adam = await scene.person(ADAM);
        const asked = { access: "payroll", user: LEA, address: "203.0.113.21", reason: "INC-2" };
        const { body: made } = await scene.api(adam, "POST", "/api/v1/grants", asked);
        await scene.person(LEA);
        const { body } = await scene.api(adam, "POST", "/api/v1/people/00uLea/revoke", {});
        assert.deepEqual(body.grants, [made.id]);
    });

    it("are nobody where nobody is called so: a typing error is told and ends nothing", async () => {
        const adam = await scene.person(ADAM);
        const { status, body } = await scene.api(adam, "POST", "/api/v1/people/anna%40example.com/revoke", {});
        assert.deepEqual([status, body.code], [404, "ZK808"]);
        assert.match(body.detail, /^nobody called "anna@example\.com" is known here$/);
    });

    const UNSEEN: Readonly<Record<string, string>> = {
        "ana\u200b@example.com": "has a character that cannot be seen: U+200B",
        "00uAna\u200d": "has a character that cannot be seen: U+200D",
        "\u202e00uAna": "has a character that cannot be seen: U+202E",
        "00uAna\u0000": "has a character that cannot be seen: U+0000",
        " 00uAna": "begins or ends with a space",
        "ana@example.com\u00a0": "begins or ends with a space",
        "\u3164": "is empty",
    };
    for (const [name, problem] of Object.entries(UNSEEN)) {
        it(`are not ended by ${JSON.stringify(name)}, which looks like a name: it ${problem}`, async () => {
            const [ana, adam] = [await scene.person(ANA), await scene.person(ADAM)];
            const path = `/api/v1/people/${encodeURIComponent(name)}/revoke`;
            const { status, body } = await scene.api(adam, "POST", path, {});
            assert.deepEqual([status, body.code, body.detail], [422, "ZK805", `user ${problem}`]);
            await adam.submit("/do/people/revoke", { _csrf: adam.csrf(), user: name });
            assert.equal(adam.page.status, 422);
            assert.equal((await ana.ask(`${scene.url}/api/v1/me`)).status, 200);
        });
    }

    for (const name of ["00uAdam", ADAM, ADAM.toUpperCase()]) {
        it(`are never the admin: ${name} comes from the present address only`, async () => {
            const adam = await scene.person(ADAM);
            const asked = { access: "payroll", user: name, address: "203.0.113.99", reason: "x" };
            assert.equal((await scene.api(adam, "POST", "/api/v1/grants", asked)).status, 403);
        });
    }
});
