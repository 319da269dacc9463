import { strict as assert } from "node:assert";

import type { TestBrowser } from "./browser";
import { ANA, ASK, LEA, openPortalScene, type PortalScene } from "./scene";

const MINUTE = 60_000;
const [HOME, TRAIN, OFFICE] = ["203.0.113.7", "198.51.100.8", "192.0.2.9"];

describe("a person who comes from another address", () => {
    let scene: PortalScene;

    beforeEach(async () => {
        scene = await openPortalScene({ config: { maxAddresses: 2 } });
    });

    afterEach(() => scene[Symbol.asyncDispose]());

    /** What the same browser does from an address, through the proxy in front of the portal. */
    const from = (address: string) => ({ "x-forwarded-for": address });
    const add = (browser: TestBrowser, id: string, address: string) =>
        scene.api(browser, "PATCH", `/api/v1/grants/${id}`, { address: "current" }, from(address));
    const addressesOf = async (id: string) =>
        (await scene.store.read(new AbortController().signal)).grants.get(id)?.addresses;
    const granted = async (browser: TestBrowser, body: object = { access: "payroll" }) =>
        (await scene.api(browser, "POST", "/api/v1/grants", body)).body;

    it("is let in from there too after a fresh sign-in from there, until the same end", async () => {
        const grant = await granted(await scene.person(ANA, HOME));
        const onTrain = await scene.person(ANA, TRAIN);
        const { status, body } = await scene.api(onTrain, "PATCH", `/api/v1/grants/${grant.id}`, {
            address: "current",
        });
        assert.deepEqual([status, body.addresses, body.expiresAt], [200, [HOME, TRAIN], grant.expiresAt]);
        assert.deepEqual(await addressesOf(grant.id), [HOME, TRAIN]);
        const again = await add(onTrain, grant.id, TRAIN);
        assert.deepEqual([again.status, again.body.addresses], [200, [HOME, TRAIN]], "what it has is not added again");
    });

    it("is refused where the sign-in was from the old address, or is older than five minutes", async () => {
        const atHome = await scene.person(ANA, HOME);
        const grant = await granted(atHome);
        const stolen = await add(atHome, grant.id, TRAIN);
        assert.deepEqual([stolen.status, stolen.body.code], [403, "ZK802"]);
        assert.equal(stolen.body.detail, "sign in again from this address first");
        const onTrain = await scene.person(ANA, TRAIN);
        scene.pass(5 * MINUTE + 1000);
        assert.equal((await add(onTrain, grant.id, TRAIN)).status, 403);
        assert.deepEqual(await addressesOf(grant.id), [HOME]);
    });

    it("is refused beyond maxAddresses, also by two grants, and not once an address is given back", async () => {
        const atHome = await scene.person(ANA, HOME);
        const grant = await granted(atHome);
        const onTrain = await scene.person(ANA, TRAIN);
        const other = await granted(onTrain);
        const atOffice = await scene.person(ANA, OFFICE);
        const third = await add(atOffice, grant.id, OFFICE);
        assert.deepEqual([third.status, third.body.code], [409, "ZK806"]);
        assert.equal(third.body.detail, "you hold grants from 2 addresses, which is the most");
        assert.equal((await scene.api(onTrain, "DELETE", `/api/v1/grants/${other.id}`)).status, 200);
        assert.equal((await add(atOffice, grant.id, OFFICE)).status, 200);
        assert.deepEqual(await addressesOf(grant.id), [HOME, OFFICE]);
    });

    it("is refused for a grant that approvers agreed to, and for one of somebody else", async () => {
        const [ana, lea] = [await scene.person(ANA, HOME), await scene.person(LEA, OFFICE)];
        const asked = await granted(ana, ASK);
        const { body: made } = await scene.api(lea, "POST", `/api/v1/requests/${asked.id}`, { decision: "approve" });
        const onTrain = await scene.person(ANA, TRAIN);
        const approved = await add(onTrain, made.grant, TRAIN);
        assert.deepEqual([approved.status, approved.body.code], [409, "ZK806"]);
        assert.match(approved.body.detail, /^it was approved for another address/);
        assert.equal((await add(lea, made.grant, OFFICE)).status, 404);
        assert.deepEqual(await addressesOf(made.grant), [HOME]);
    });

    it("confirms a later start from where they are then, and not before", async () => {
        const atHome = await scene.person(ANA, HOME);
        const startsAt = new Date(scene.now() + 10 * MINUTE).toISOString();
        const grant = await granted(atHome, { access: "payroll", startsAt });
        assert.equal(grant.state, "scheduled");
        const early = await add(atHome, grant.id, HOME);
        assert.deepEqual([early.status, early.body.code], [409, "ZK806"]);
        assert.equal(early.body.detail, "this grant is confirmed once it has started");
        scene.pass(11 * MINUTE);
        const [waiting] = (await scene.api(atHome, "GET", "/api/v1/grants")).body.grants;
        assert.equal(waiting.state, "scheduled", "it lets nobody in before it is confirmed");
        const { status, body } = await add(atHome, grant.id, TRAIN);
        assert.deepEqual([status, body.addresses, body.state], [200, [TRAIN], "pending"]);
        assert.equal(body.expiresAt, grant.expiresAt);
    });
});
