import { strict as assert } from "node:assert";

import type { TestBrowser } from "./browser";
import { ACCESSES, ADAM, ANA, type ApiAnswer, ASK, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

/** Leads and the requester do these at the same time. Exactly one of the answers may be a 200. */
const RACES: Readonly<Record<string, readonly (readonly [who: string, decision: string])[]>> = {
    "two approvals": [
        [LEA, "approve"],
        [LEO, "approve"],
    ],
    "an approval and a denial": [
        [LEA, "approve"],
        [LEO, "deny"],
    ],
    "an approval and the requester's withdrawal": [
        [LEA, "approve"],
        [ANA, "withdraw"],
    ],
    "the same approval, sent four times": [
        [LEA, "approve"],
        [LEA, "approve"],
        [LEA, "approve"],
        [LEA, "approve"],
    ],
};

const STATE_OF: Readonly<Record<string, string>> = { approve: "approved", deny: "denied", withdraw: "withdrawn" };

describe("decisions at the same time", () => {
    for (const [name, race] of Object.entries(RACES)) {
        it(`${name}: one counts, the others hear that it is decided, and there is at most one grant`, async () => {
            await using scene = await openPortalScene();
            const people = new Map<string, TestBrowser>();
            for (const login of [ANA, LEA, LEO]) people.set(login, await scene.person(login, addressOf(login)));
            const id = await requestOf(scene, people);
            const answers = await Promise.all(
                race.map(([login, decision]) =>
                    scene.api(people.get(login) as TestBrowser, "POST", `/api/v1/requests/${id}`, { decision }),
                ),
            );
            const won = answers.findIndex(({ status }) => status === 200);
            const [, decision = ""] = race[won] ?? [];
            assert.equal(answers[won]?.body.state, STATE_OF[decision]);
            for (const { status, body } of answers.filter((_, index) => index !== won)) {
                assert.deepEqual([status, body.code], [409, "ZK806"]);
                assert.equal(body.detail, `this request is ${STATE_OF[decision]} already`);
            }
            const { grants, requests } = await scene.store.read(new AbortController().signal);
            assert.deepEqual(
                [grants.size, requests.get(id)?.state],
                [decision === "approve" ? 1 : 0, STATE_OF[decision]],
            );
        });
    }

    it("two approvals of which two are needed both count, and make one grant", async () => {
        const access = { ...ACCESSES[1], approval: { approvers: { groups: ["Leads"] }, count: 2 } };
        await using scene = await openPortalScene({ config: { accesses: [access] } });
        const people = new Map<string, TestBrowser>();
        for (const login of [ANA, LEA, LEO]) people.set(login, await scene.person(login, addressOf(login)));
        const id = await requestOf(scene, people);
        const answers = await Promise.all(
            [LEA, LEO].map((login) =>
                scene.api(people.get(login) as TestBrowser, "POST", `/api/v1/requests/${id}`, { decision: "approve" }),
            ),
        );
        assert.deepEqual(answers.map(({ status, body }) => `${status} ${body.state}`).sort(), [
            "200 approved",
            "200 waiting",
        ]);
        assert.equal((await scene.store.read(new AbortController().signal)).grants.size, 1);
    });

    it("a revocation by an admin and an extension: the grant has ended, whichever came first", async () => {
        await using scene = await openPortalScene();
        const [ana, adam] = [await scene.person(ANA), await scene.person(ADAM, addressOf(ADAM))];
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        const path = `/api/v1/grants/${body.id}`;
        const [extended, revoked]: ApiAnswer[] = await Promise.all([
            scene.api(ana, "PATCH", path, { duration: "8h" }),
            scene.api(adam, "DELETE", path),
        ]);
        assert.ok([200, 409].includes(extended?.status ?? 0), JSON.stringify(extended?.body));
        assert.equal(revoked?.status, 200);
        const kept = (await scene.store.read(new AbortController().signal)).grants.get(body.id);
        assert.equal(kept?.endedBecause, "revoked by Adam Admin");
    });
});

async function requestOf(scene: PortalScene, people: ReadonlyMap<string, TestBrowser>): Promise<string> {
    const asked = await scene.api(people.get(ANA) as TestBrowser, "POST", "/api/v1/grants", ASK);
    assert.equal(asked.status, 202);
    return asked.body.id;
}

function addressOf(login: string): string {
    return `203.0.113.${[ANA, LEA, LEO, ADAM].indexOf(login) + 7}`;
}
