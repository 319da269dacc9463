import { strict as assert } from "node:assert";

import { ADAM, ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

describe("an Idempotency-Key", () => {
    let scene: PortalScene;

    before(async () => {
        scene = await openPortalScene();
    });

    after(() => scene[Symbol.asyncDispose]());

    const requested = async () => (await scene.api(await scene.person(ANA), "POST", "/api/v1/grants", ASK)).body.id;
    const broken = async () => {
        const body = { access: "production", breakGlass: true, reason: "it burns" };
        return (await scene.api(await scene.person(ANA), "POST", "/api/v1/grants", body)).body.id;
    };
    const CALLS: Readonly<Record<string, () => Promise<readonly [login: string, path: string, body: object]>>> = {
        "an approval": async () => [LEA, `/api/v1/requests/${await requested()}`, { decision: "approve" }],
        "a denial": async () => [LEA, `/api/v1/requests/${await requested()}`, { decision: "deny", note: "no" }],
        "a withdrawal": async () => [ANA, `/api/v1/requests/${await requested()}`, { decision: "withdraw" }],
        "a sign-off": async () => [LEA, `/api/v1/grants/${await broken()}/sign-off`, {}],
        "the end of a person's access": async () => {
            await requested();
            return [ADAM, "/api/v1/people/00uAna/revoke", {}];
        },
    };
    for (const [what, prepare] of Object.entries(CALLS)) {
        it(`gives ${what} the same answer again, and refuses another request`, async () => {
            const [login, path, body] = await prepare();
            const browser = await scene.person(login);
            const key = { "idempotency-key": `once ${what}`.replaceAll(" ", "-") };
            const first = await scene.api(browser, "POST", path, body, key);
            const lines = await audited(scene);
            const again = await scene.api(browser, "POST", path, body, key);
            assert.deepEqual([first.status, again.status, again.body], [200, 200, first.body]);
            assert.equal(await audited(scene), lines, "what was done once is told once");
            const other = await scene.api(browser, "POST", "/api/v1/grants", { access: "payroll" }, key);
            assert.deepEqual([other.status, other.body.code], [422, "ZK807"]);
        });
    }
});

/** How many lines the portal's log has about what people did. */
async function audited({ log }: PortalScene): Promise<number> {
    return log.filter((line) => !/signed in|session ended/.test(line)).length;
}
