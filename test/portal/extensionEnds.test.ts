import { strict as assert } from "node:assert";

import type { TestBrowser } from "./browser";
import { ADAM, ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

const MINUTE = 60_000;

/** How Ana's grant for an hour ends, which she has asked to extend. */
const ENDS: Readonly<
    Record<string, readonly [state: string, (scene: PortalScene, ana: TestBrowser, path: string) => Promise<unknown>]>
> = {
    "is given back": ["withdrawn", (scene, ana, path) => scene.api(ana, "DELETE", path)],
    "is given back on the page": [
        "withdrawn",
        async (scene, ana, path) => {
            await ana.go(`${scene.url}/`);
            await ana.submit(path.replace("/api/v1", "/do").concat("/revoke"), { _csrf: ana.csrf() });
        },
    ],
    "is revoked by an admin": [
        "withdrawn",
        async (scene, _, path) => scene.api(await scene.person(ADAM), "DELETE", path),
    ],
    "ends with all access of its holder": [
        "denied",
        async (scene) => scene.api(await scene.person(ADAM), "POST", "/api/v1/people/00uAna/revoke", {}),
    ],
    "ends as its holder is no longer eligible": [
        "withdrawn",
        async (scene) => {
            const admin = { method: "DELETE", headers: { authorization: "SSWS emulator" } };
            const removed = await fetch(`${scene.okta.url}/api/v1/groups/00gStaff/users/00uAna`, admin);
            assert.equal(removed.status, 204);
            await scene.person(ANA);
        },
    ],
    "reaches its end": ["expired", async (scene) => scene.pass(61 * MINUTE)],
    "is shortened, and reaches that end": [
        "expired",
        async (scene, ana, path) => {
            assert.equal((await scene.api(ana, "PATCH", path, { duration: "20m" })).status, 200);
            scene.pass(21 * MINUTE);
        },
    ],
};

describe("a request to extend a grant that", () => {
    for (const [name, [state, end]] of Object.entries(ENDS)) {
        it(`${name} no longer waits, for approvers and admins either`, async () => {
            await using scene = await openPortalScene();
            const [ana, lea] = [await scene.person(ANA), await scene.person(LEA)];
            const { body: asked } = await scene.api(ana, "POST", "/api/v1/grants", ASK);
            const decision = { decision: "approve" };
            const { body: made } = await scene.api(lea, "POST", `/api/v1/requests/${asked.id}`, decision);
            const path = `/api/v1/grants/${made.grant}`;
            scene.pass(5 * MINUTE);
            const extension = await scene.api(ana, "PATCH", path, { duration: "2h" });
            assert.deepEqual([extension.status, extension.body.state], [202, "waiting"]);

            await end(scene, ana, path);
            const { body: lists } = await scene.api(lea, "GET", "/api/v1/requests?all=true");
            const shown = lists.requests.find(({ id }: { readonly id: string }) => id === extension.body.id);
            assert.equal(shown.state, state);
            if (state !== "withdrawn") return;
            assert.equal(shown.note, "the grant to extend has ended");
            const told = scene.log.filter((line) => line.includes("withdrawn") && line.includes(shown.note));
            assert.equal(told.length, 1);
        });
    }
});
