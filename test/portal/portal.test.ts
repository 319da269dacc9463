import { strict as assert } from "node:assert";

import { ADAM, ANA, ASK, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

describe("the portal", () => {
    let scene: PortalScene;

    beforeEach(async () => {
        scene = await openPortalScene();
    });

    afterEach(() => scene[Symbol.asyncDispose]());

    const grants = async () => [...(await scene.store.read(new AbortController().signal)).grants.values()];

    it("shows visitors who have not signed in their address, and nothing else", async () => {
        const { status, text } = await scene.browser("198.51.100.3").go(`${scene.url}/`);
        assert.equal(status, 200);
        assert.match(text, /You come from <b class="address">198\.51\.100\.3<\/b>/);
        assert.doesNotMatch(text, /Payroll/);
    });

    it("grants with one click after a sign-in, for the address of the click", async () => {
        const ana = await scene.person(ANA);
        assert.match(ana.page.text, /Get for 4 h: Payroll, from 203\.0\.113\.7/);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        assert.equal(ana.page.url, `${scene.url}/?done=granted&id=${(await grants())[0]?.id}`);
        const [grant, ...more] = await grants();
        assert.deepEqual(more, []);
        assert.ok(grant);
        assert.deepEqual(
            [grant.access, grant.addresses, grant.holder.user, grant.expiresAtMs - grant.startsAtMs, grant.labels],
            ["payroll", ["203.0.113.7"], "00uAna", 4 * 3_600_000, { access: "payroll" }],
        );
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.equal(body.state, "pending", "the agent has not written it");
        await scene.api(ana, "DELETE", `/api/v1/grants/${body.id}`);
    });

    it("ends a grant that is given back", async () => {
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await ana.go(`${scene.url}/`);
        await ana.submit(`/do/grants/${body.id}/revoke`, { _csrf: ana.csrf() });
        const [grant] = await grants();
        assert.equal(grant?.endedBecause, "given back");
    });

    it("tells the API's callers who and where they are, and what they may request", async () => {
        const ana = await scene.person(ANA);
        const { status, body } = await scene.api(ana, "GET", "/api/v1/me");
        assert.equal(status, 200);
        const { accesses, ...me } = body;
        assert.deepEqual(me, {
            user: "00uAna",
            name: "Ana Anders",
            groups: ["Everyone", "Staff", "SRE"],
            address: "203.0.113.7",
            isAdmin: false,
            grants: [],
            requests: [],
        });
        assert.deepEqual(
            accesses.map(({ name }: { name: string }) => name),
            ["payroll", "production"],
        );
    });

    it("has a request wait for an approver, and begins the duration with the approval", async () => {
        const ana = await scene.person(ANA);
        const asked = await scene.api(ana, "POST", "/api/v1/grants", ASK);
        assert.deepEqual([asked.status, asked.body.state], [202, "waiting"]);
        scene.pass(600_000);
        const lea = await scene.person(LEA, "203.0.113.9");
        assert.match(lea.page.text, /Ana Anders <span class="unit">requests Production for 1 h/);
        const approved = await scene.api(lea, "POST", `/api/v1/requests/${asked.body.id}`, { decision: "approve" });
        assert.deepEqual([approved.status, approved.body.state], [200, "approved"]);
        const [grant] = await grants();
        assert.deepEqual([grant?.addresses, grant?.approvedBy], [["203.0.113.7"], ["Lea Lead"]]);
        assert.ok(Math.abs((grant?.startsAtMs ?? 0) - scene.now()) < 60_000, "the duration begins with the approval");
    });

    it("voids a request whose holder came from another address meanwhile", async () => {
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", ASK);
        await scene.person(ANA, "198.51.100.77");
        const lea = await scene.person(LEA);
        const answer = await scene.api(lea, "POST", `/api/v1/requests/${body.id}`, { decision: "approve" });
        assert.deepEqual([answer.status, answer.body.code], [409, "ZK806"]);
        assert.deepEqual(await grants(), []);
    });

    it("lets an admin revoke any grant, and grant for somebody else with a reason", async () => {
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        const adam = await scene.person(ADAM);
        assert.equal((await scene.api(adam, "DELETE", `/api/v1/grants/${body.id}`)).status, 200);
        const forLeo = { access: "payroll", user: "00uLeo", address: "203.0.113.44" };
        assert.equal((await scene.api(adam, "POST", "/api/v1/grants", forLeo)).status, 422);
        const granted = await scene.api(adam, "POST", "/api/v1/grants", { ...forLeo, reason: "on call" });
        assert.deepEqual(
            [granted.status, granted.body.user, granted.body.addresses],
            [201, "00uLeo", ["203.0.113.44"]],
        );
        const [first, second] = await grants();
        assert.deepEqual([first?.endedBecause, second?.grantedBy], ["revoked by Adam Admin", "Adam Admin"]);
    });

    it("ends all of a person for an admin: grants, requests and sessions", async () => {
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await scene.api(ana, "POST", "/api/v1/grants", ASK);
        const adam = await scene.person(ADAM);
        const { body } = await scene.api(adam, "POST", "/api/v1/people/00uAna/revoke", {});
        assert.deepEqual([body.grants.length, body.requests.length, body.sessions], [1, 1, 1]);
        assert.equal((await ana.ask(`${scene.url}/api/v1/me`)).status, 401);
    });

    it("takes break-glass without approval from those who may, and has it signed off by somebody else", async () => {
        const ana = await scene.person(ANA);
        const glass = { access: "production", breakGlass: true };
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", glass)).status, 422);
        const { status, body } = await scene.api(ana, "POST", "/api/v1/grants", { ...glass, reason: "it burns" });
        assert.deepEqual(
            [status, body.breakGlass, Date.parse(body.expiresAt) - Date.parse(body.startsAt)],
            [201, true, 1_800_000],
        );
        assert.equal((await scene.api(ana, "POST", `/api/v1/grants/${body.id}/sign-off`, {})).status, 404);
        const leo = await scene.person(LEO);
        const signed = await scene.api(leo, "POST", `/api/v1/grants/${body.id}/sign-off`, {});
        assert.deepEqual([signed.status, signed.body.signedOffBy], [200, "Leo Lead"]);
    });

    it("ends the grants of somebody who is no longer eligible at their next sign-in", async () => {
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await fetch(`${scene.okta.url}/api/v1/groups/00gStaff/users/00uAna`, {
            method: "DELETE",
            headers: { authorization: "SSWS any" },
        });
        await scene.person(ANA);
        const [grant] = await grants();
        assert.equal(grant?.endedBecause, "no longer eligible");
    });

    it("takes down every step with identity, address and the id of the request", async () => {
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await scene.api(ana, "DELETE", `/api/v1/grants/${body.id}`);
        const refused = await scene.api(ana, "POST", "/api/v1/grants", { access: "secret-project" });
        assert.match(refused.headers.get("x-request-id") ?? "", /^r-[0-9a-f]{24}$/);
        assert.deepEqual(
            scene.log.map((line) => line.slice(15).trim()).filter((line) => line.startsWith("Ana")),
            [
                "Ana Anders signed in from 203.0.113.7",
                `Ana Anders granted payroll from 203.0.113.7 until ${body.expiresAt}`,
                "Ana Anders revoked payroll from 203.0.113.7 (given back)",
                'Ana Anders refused secret-project from 203.0.113.7 (there is no access "secret-project" that you may request)',
            ],
        );
    });
});
