import { strict as assert } from "node:assert";

import { ADAM, ANA, ASK, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

describe("what is not yours", () => {
    let scene: PortalScene;

    beforeEach(async () => {
        scene = await openPortalScene();
    });

    afterEach(() => scene[Symbol.asyncDispose]());

    it("is in a list of all for approvers of its access and for admins, and for nobody else", async () => {
        const [ana, lea, adam, leo] = await Promise.all([ANA, LEA, ADAM, LEO].map((login) => scene.person(login)));
        if (!ana || !lea || !adam || !leo) throw new Error("nobody signed in");
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await scene.api(lea, "POST", "/api/v1/grants", { access: "payroll" });
        await scene.api(ana, "POST", "/api/v1/grants", ASK);
        const seen = async (who: typeof ana, query: string) => {
            const { body: grants } = await scene.api(who, "GET", `/api/v1/grants${query}`);
            const { body: requests } = await scene.api(who, "GET", `/api/v1/requests${query}`);
            const of = (rows: readonly { readonly user: string; readonly access: string }[]) =>
                rows.map(({ user, access }) => `${user} ${access}`).sort();
            return [of(grants.grants), of(requests.requests)];
        };
        const [mine, asked] = [["00uAna payroll"], ["00uAna production"]];
        const both = ["00uAna payroll", "00uLea payroll"];
        assert.deepEqual(await seen(ana, ""), [mine, asked]);
        assert.deepEqual(await seen(ana, "?all=true"), [mine, asked], "she approves nothing");
        assert.deepEqual(await seen(lea, ""), [["00uLea payroll"], []]);
        assert.deepEqual(await seen(lea, "?all=true"), [["00uLea payroll"], asked], "she approves Production");
        assert.deepEqual(await seen(leo, "?all=true"), [[], asked]);
        assert.deepEqual(await seen(adam, ""), [[], []]);
        assert.deepEqual(await seen(adam, "?all=true"), [both, asked]);
    });

    it("is answered like what is not there, by whatever call", async () => {
        const [ana, lea] = [await scene.person(ANA), await scene.person(LEA)];
        const { body: grant } = await scene.api(lea, "POST", "/api/v1/grants", { access: "payroll" });
        const { body: request } = await scene.api(lea, "POST", "/api/v1/grants", ASK);
        const CALLS: readonly (readonly [method: string, path: (id: string) => string, body?: object])[] = [
            ["DELETE", (id) => `/api/v1/grants/${id}`],
            ["PATCH", (id) => `/api/v1/grants/${id}`, { duration: "5h" }],
            ["PATCH", (id) => `/api/v1/grants/${id}`, { address: "current" }],
            ["POST", (id) => `/api/v1/grants/${id}/sign-off`],
            ["POST", (id) => `/api/v1/requests/${id}`, { decision: "approve" }],
            ["POST", (id) => `/api/v1/requests/${id}`, { decision: "deny" }],
            ["POST", (id) => `/api/v1/requests/${id}`, { decision: "withdraw" }],
        ];
        for (const [method, path, body] of CALLS) {
            const [there, missing] = path("").includes("requests") ? [request.id, "q-0"] : [grant.id, "g-0"];
            const shapes = [];
            for (const id of [there, `${missing}${"0".repeat(23)}`]) {
                const answer = await scene.api(ana, method, path(id), body);
                shapes.push([answer.status, answer.body.code, String(answer.body.detail).replaceAll(id, "ID")]);
            }
            assert.deepEqual(shapes[0], shapes[1], `${method} ${path("ID")} ${JSON.stringify(body)}`);
            assert.ok([403, 404].includes(Number(shapes[0]?.[0])), String(shapes[0]));
        }
    });

    it("are people: a person who is no admin gets the same answer for one who is there and for one who is not", async () => {
        const ana = await scene.person(ANA);
        await scene.person(LEA);
        const shapes = [];
        for (const user of ["00uLea", LEA, "00uNobody", "nobody@example.com"]) {
            const ended = await scene.api(ana, "POST", `/api/v1/people/${user}/revoke`);
            const granted = await scene.api(ana, "POST", "/api/v1/grants", {
                ...{ access: "payroll", user, address: "203.0.113.9", reason: "x" },
            });
            shapes.push([ended.status, ended.body.detail, granted.status, granted.body.detail]);
        }
        assert.deepEqual(new Set(shapes.map((shape) => JSON.stringify(shape))).size, 1, JSON.stringify(shapes));
        assert.deepEqual([shapes[0]?.[0], shapes[0]?.[2]], [403, 403]);
    });
});

describe("a token of the device flow", () => {
    it("approves nothing of its own person, and is good no more once an admin ends all of them", async () => {
        await using scene = await openPortalScene();
        const lea = await scene.person(LEA);
        const { body: asked } = await scene.api(lea, "POST", "/api/v1/grants", ASK);
        const form = async (path: string, fields: Record<string, string>) => {
            const headers = { "x-forwarded-for": "203.0.113.7" };
            const body = new URLSearchParams(fields);
            return (await (await fetch(`${scene.url}${path}`, { method: "POST", headers, body })).json()) as {
                readonly [name: string]: string;
            };
        };
        const { device_code = "", user_code = "" } = await form("/device_authorization", { client_id: "cli" });
        await lea.go(`${scene.url}/device?user_code=${user_code}`);
        await lea.submit("/device", { _csrf: lea.csrf(), user_code, decision: "allow" });
        const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
        const { access_token } = await form("/token", { grant_type, device_code });
        const headers = {
            authorization: `Bearer ${access_token}`,
            "x-forwarded-for": "203.0.113.7",
            "content-type": "application/json",
        };
        const body = JSON.stringify({ decision: "approve" });
        const approved = await fetch(`${scene.url}/api/v1/requests/${asked.id}`, { method: "POST", headers, body });
        assert.equal(approved.status, 403);
        const me = async () => (await fetch(`${scene.url}/api/v1/me`, { headers })).status;
        assert.equal(await me(), 200);
        const adam = await scene.person(ADAM);
        assert.equal((await scene.api(adam, "POST", "/api/v1/people/00uLea/revoke")).status, 200);
        assert.equal(await me(), 401);
    });
});
