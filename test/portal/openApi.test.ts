import { strict as assert } from "node:assert";
import fc from "fast-check";

import { parseDuration } from "../../src/core/portal/duration";
import { openApiOf } from "../../src/portal/api/openApi";
import type { TestBrowser } from "./browser";
import { ADAM, ANA, openPortalScene, type PortalScene } from "./scene";

interface Operation {
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { properties: never } }>> };
}

const DOCUMENT = openApiOf("http://127.0.0.1:9465", "0.0.0") as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** As the API is promised. */
const PROMISED = [
    "get /",
    "get /login",
    "post /login",
    "get /callback",
    "post /logout",
    "post /backchannel-logout",
    "post /global-token-revocation",
    "get /device",
    "post /device",
    "post /device_authorization",
    "post /token",
    "get /api/v1/me",
    "get /api/v1/grants",
    "post /api/v1/grants",
    "patch /api/v1/grants/{id}",
    "delete /api/v1/grants/{id}",
    "post /api/v1/grants/{id}/sign-off",
    "get /api/v1/requests",
    "post /api/v1/requests/{id}",
    "post /api/v1/people/{id}/revoke",
    "get /api/v1/events",
    "get /api/v1/openapi.json",
    "get /healthz",
    "get /readyz",
    "get /metrics",
];

/** Requests that a scanner found, and what they answer. */
const ANSWERS: Readonly<Record<string, readonly [method: string, path: string, status: number, init?: RequestInit]>> = {
    "a list of neither true nor false": ["GET", "/api/v1/grants?all=yes", 422],
    "a list of nothing": ["GET", "/api/v1/requests?all=", 422],
    "a list twice": ["GET", "/api/v1/requests?all=true&all=true", 422],
    "a list of true": ["GET", "/api/v1/grants?all=true", 200],
    "an id of 2,000 characters": ["DELETE", `/api/v1/grants/${"0".repeat(2000)}`, 404],
    "an id of letters of no alphabet of ours": [
        "DELETE",
        `/api/v1/grants/${encodeURIComponent("\u{2a6b2}".repeat(80))}`,
        404,
    ],
    "an id that is no text": ["DELETE", "/api/v1/grants/%ff", 400],
    "a method that the path does not take": ["PUT", "/api/v1/me", 405],
    "a method that is hardly known": ["QUERY", "/api/v1/me", 405],
    "a method that a path with an id does not take": ["PUT", "/api/v1/grants/g-1", 405],
    "such a method with a body that is no JSON": ["PUT", "/api/v1/grants/g-1", 405, { body: "{", headers: ofJson() }],
    "a path that there is not, with such a body": ["POST", "/api/v1/nothing", 404, { body: "{", headers: ofJson() }],
    "a type of a body without a body": ["DELETE", "/api/v1/grants/g-1", 404, { headers: ofJson() }],
    "a body that is needed and not there": ["POST", "/api/v1/grants", 422, { headers: ofJson() }],
};

describe("the OpenAPI document", () => {
    it("describes every call that is promised, and no other one", () => {
        const described = Object.entries(DOCUMENT.paths).flatMap(([path, operations]) =>
            Object.keys(operations)
                .filter((method) => method !== "parameters")
                .map((method) => `${method} ${path}`),
        );
        assert.deepEqual(described.sort(), [...PROMISED].sort());
    });

    it("describes no call that there is not", async () => {
        await using scene = await openPortalScene();
        const ana = await scene.person(ANA);
        for (const each of PROMISED.filter((call) => !/events|logout$/.test(call))) {
            const [method = "", path = ""] = each.split(" ");
            const { status } = await ana.ask(`${scene.url}${path.replace("{id}", "g-1")}`, {
                method: method.toUpperCase(),
            });
            const isThere = status !== 405 && (status !== 404 || path.includes("{id}"));
            assert.ok(isThere, `${each}: ${status}`);
        }
    });

    it("says of a duration what is taken, as far as a pattern can", () => {
        const content = DOCUMENT.paths["/api/v1/grants"]?.post?.requestBody?.content["application/json"];
        const { duration } = (content?.schema.properties ?? {}) as { duration: { pattern: string } };
        const pattern = new RegExp(duration.pattern);
        fc.assert(
            fc.property(
                fc.stringMatching(pattern, { size: "-1" }),
                (text) => text === "" || parseDuration(text) !== undefined,
            ),
        );
        const taken = ["30m", "4h", "1h30m", "2d", "1d2h3m"];
        assert.deepEqual(
            taken.filter((text) => !pattern.test(text)),
            [],
        );
    });
});

describe("the portal answers", () => {
    let scene: PortalScene;
    let adam: TestBrowser;
    before(async () => {
        scene = await openPortalScene();
        adam = await scene.person(ADAM);
    });
    after(() => scene[Symbol.asyncDispose]());

    for (const [name, [method, path, status, init = {}]] of Object.entries(ANSWERS)) {
        it(`${status} to ${name}, with a document of the kind that is described`, async () => {
            const headers = {
                ...init.headers,
                accept: "application/json",
                origin: scene.url,
                "x-csrf-token": adam.csrf(),
            };
            const answer = await adam.ask(`${scene.url}${path}`, { ...init, method, headers });
            assert.equal(answer.status, status, answer.text);
            if (status < 400) return;
            assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
            assert.equal(JSON.parse(answer.text).status, status);
            assert.equal(answer.headers.get("allow") !== null, status === 405);
        });
    }
});

function ofJson(): Record<string, string> {
    return { "content-type": "application/json" };
}
