import { strict as assert } from "node:assert";

import type { TestBrowser } from "./browser";
import { ACCESSES, ANA, ASK, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

const OFFLINE = { login: { scopes: ["openid", "profile", "email", "groups", "offline_access"] } };
/** Without a refresh token nobody can be asked for a person who is away. */
const ONLINE = { login: { scopes: ["openid", "profile", "email", "groups"] } };
const ADMIN = { authorization: "SSWS any", "content-type": "application/json" };
const TWO = ACCESSES.map((each) =>
    each.name === "production" ? { ...each, approval: { approvers: { groups: ["Leads"] }, count: 2 } } : each,
);

/** Longer than `session.recheck`, and shorter than a request waits. */
const LATER_MS = 16 * 60_000;

const suspend = (scene: PortalScene, id: string) =>
    fetch(`${scene.okta.url}/api/v1/users/${id}/lifecycle/suspend`, { method: "POST", headers: ADMIN });
const removeFrom = async (scene: PortalScene, group: string, id: string) => {
    const groups = await (await fetch(`${scene.okta.url}/api/v1/groups?q=${group}`, { headers: ADMIN })).json();
    const [{ id: groupId }] = groups as [{ readonly id: string }];
    await fetch(`${scene.okta.url}/api/v1/groups/${groupId}/users/${id}`, { method: "DELETE", headers: ADMIN });
};

describe("an approval long after the request", () => {
    let scene: PortalScene;

    afterEach(() => scene[Symbol.asyncDispose]());

    const stored = async () => {
        const state = await scene.store.read(new AbortController().signal);
        return { grants: [...state.grants.values()], requests: [...state.requests.values()] };
    };
    const asked = async (config: object = OFFLINE) => {
        scene = await openPortalScene({ config });
        const [ana, lea] = [await scene.person(ANA), await scene.person(LEA, "203.0.113.8")];
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", ASK);
        return { ana, lea, approve: (by: TestBrowser) => approve(by, body.id), id: body.id as string };
    };
    const approve = (by: TestBrowser, id: string) =>
        scene.api(by, "POST", `/api/v1/requests/${id}`, { decision: "approve" });

    it("grants when the provider confirms the requester by their refresh token", async () => {
        const { lea, approve } = await asked();
        scene.pass(LATER_MS);
        const answer = await approve(lea);
        assert.deepEqual([answer.status, answer.body.state], [200, "approved"]);
        assert.equal((await stored()).grants.length, 1);
    });

    it("grants nothing to a requester whom the provider has suspended, and withdraws the request", async () => {
        const { lea, approve } = await asked();
        await suspend(scene, "00uAna");
        scene.pass(LATER_MS);
        assert.equal((await approve(lea)).status, 409);
        const { grants, requests } = await stored();
        assert.deepEqual([grants, requests.map(({ state }) => state)], [[], ["withdrawn"]]);
        assert.match(requests[0]?.note ?? "", /^the identity provider no longer confirms Ana Anders/);
    });

    it("grants nothing to a requester who has left the group", async () => {
        const { lea, approve } = await asked();
        await removeFrom(scene, "Staff", "00uAna");
        scene.pass(LATER_MS);
        const answer = await approve(lea);
        assert.deepEqual([answer.status, answer.body.detail], [409, "Ana Anders may no longer have this access"]);
        assert.deepEqual((await stored()).grants, []);
    });

    it("does not count an earlier approver who has left the group", async () => {
        const { lea, approve } = await asked({ ...OFFLINE, accesses: TWO });
        const leo = await scene.person(LEO, "203.0.113.9");
        assert.equal((await approve(lea)).body.state, "waiting");
        await removeFrom(scene, "Leads", "00uLea");
        scene.pass(LATER_MS);
        const answer = await approve(leo);
        assert.deepEqual([answer.status, answer.body.state, answer.body.approvals.length], [200, "waiting", 1]);
        assert.deepEqual((await stored()).grants, []);
    });

    it("waits, where nobody can be asked, until the requester signs in again", async () => {
        const { ana, lea, approve, id } = await asked(ONLINE);
        scene.pass(LATER_MS);
        await lea.submit("/login");
        const answer = await approve(lea);
        assert.deepEqual([answer.status, answer.body.state], [200, "waiting"]);
        assert.match(answer.body.waitsFor, /^Ana Anders has to sign in again before this is granted/);
        assert.deepEqual((await stored()).grants, []);
        await ana.go(`${scene.url}/`);
        await ana.submit("/login");
        const { grants, requests } = await stored();
        assert.deepEqual(
            grants.map(({ holder, approvedBy }) => [holder.name, approvedBy]),
            [["Ana Anders", ["Lea Lead"]]],
        );
        assert.deepEqual(
            requests.map((each) => [each.id, each.state, each.waitsFor]),
            [[id, "approved", undefined]],
        );
    });

    it("is void where the requester who signs in again has left the group meanwhile", async () => {
        const { ana, lea, approve } = await asked(ONLINE);
        scene.pass(LATER_MS);
        await lea.submit("/login");
        await approve(lea);
        await removeFrom(scene, "Staff", "00uAna");
        await ana.go(`${scene.url}/`);
        await ana.submit("/login");
        const { grants, requests } = await stored();
        assert.deepEqual([grants, requests.map(({ state }) => state)], [[], ["withdrawn"]]);
    });

    it("changes nothing while the provider is away, and can be given again afterwards", async () => {
        const { lea, approve } = await asked();
        scene.pass(LATER_MS);
        scene.okta.inject({ on: { method: "POST", path: "/oauth2/v1/token" }, times: 1, do: { status: 503 } });
        const answer = await approve(lea);
        assert.deepEqual([answer.status, answer.body.code], [503, "ZK809"]);
        const { grants, requests } = await stored();
        assert.deepEqual([grants, requests.map(({ approvals }) => approvals)], [[], [[]]]);
        assert.equal((await approve(lea)).body.state, "approved");
    });

    it("is refused by a session of before, once the provider refused another one of the same person", async () => {
        const { ana } = await asked();
        const second = await scene.person(ANA, "203.0.113.7");
        scene.pass(LATER_MS);
        await suspend(scene, "00uAna");
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" })).status, 401);
        assert.equal((await scene.api(second, "POST", "/api/v1/grants", { access: "payroll" })).status, 401);
        assert.deepEqual(
            (await stored()).requests.map(({ state }) => state),
            ["withdrawn"],
        );
    });

    it("asks the provider once for requests of one session that come together", async () => {
        const { ana } = await asked();
        scene.pass(LATER_MS);
        const before = scene.okta.requests.filter(({ path }) => path === "/oauth2/v1/token").length;
        const all = await Promise.all(
            [1, 2, 3].map(() => scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" })),
        );
        assert.deepEqual(
            all.map(({ status }) => status),
            [201, 201, 201],
        );
        const after = scene.okta.requests.filter(({ path }) => path === "/oauth2/v1/token").length;
        assert.equal(after - before, 1);
    });
});
