import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

interface Row {
    readonly label: string;
    readonly _links: { readonly accessPolicy: { readonly href: string } };
}

describe("apps", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const policyId = (name: string, type = "ACCESS_POLICY") =>
        [...emulator.org.policies.values()].find((policy) => policy.name === name && policy.type === type)?.id ?? "";
    const policyOf = async (id: string) => (await call("GET", `/api/v1/apps/${id}`)).body._links.accessPolicy.href;
    const seed = {
        policies: [{ id: "rst1", name: "P" }],
        apps: [
            { id: "0oa1", label: "Payroll" },
            { id: "0oa2", label: "Wiki", signOnMode: "SAML_2_0", policyId: "rst1" },
        ],
    };
    beforeEach(async () => {
        emulator = await startEmulator({ seed });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("has Okta's own on the policies of their names, and others on Any two factors unless the seed says", async () => {
        const { body, headers } = await call("GET", "/api/v1/apps?limit=200");
        const rows = body.map(({ label, _links }: Row) => [label, _links.accessPolicy.href.split("/").at(-1)]);
        assert.deepEqual(rows, [
            ["Okta Admin Console", policyId("Okta Admin Console")],
            ["Okta Dashboard", policyId("Okta Dashboard")],
            ["Okta Browser Plugin", policyId("Okta Browser Plugin")],
            ["Payroll", policyId("Any two factors")],
            ["Wiki", "rst1"],
        ]);
        assert.equal(headers.get("link"), `<${emulator.url}/api/v1/apps?limit=200>; rel="self"`);
    });

    it("pages, and refuses a cursor that it did not give", async () => {
        const first = await call("GET", "/api/v1/apps?limit=3");
        const next = /<[^>]*(\/api[^>]*)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
        const second = await call("GET", next);
        assert.deepEqual(
            [...first.body, ...second.body].map(({ label }: Row) => label),
            ["Okta Admin Console", "Okta Dashboard", "Okta Browser Plugin", "Payroll", "Wiki"],
        );
        assert.doesNotMatch(second.headers.get("link") ?? "", /next/);
        const { body } = await call("GET", "/api/v1/apps?after=nobody");
        assert.deepEqual(
            [body.errorCode, body.errorSummary, body.errorCauses],
            ["E0000029", "Invalid paging request.", [{ errorSummary: "Invalid cursor." }]],
        );
    });

    it("PUT of a policy answers 204 and moves the app, whose lastUpdated stays", async () => {
        const { lastUpdated } = (await call("GET", "/api/v1/apps/0oa1")).body;
        const put = await call("PUT", "/api/v1/apps/0oa1/policies/rst1");
        assert.deepEqual([put.status, put.body], [204, ""]);
        assert.equal(await policyOf("0oa1"), `${emulator.url}/api/v1/policies/rst1`);
        assert.equal((await call("GET", "/api/v1/apps/0oa1")).body.lastUpdated, lastUpdated);
    });

    const refused: [title: string, path: () => string, status: number][] = [
        ["an app that there is not", () => "0oa9/policies/rst1", 404],
        ["a policy that there is not", () => "0oa1/policies/rst9", 404],
        ["a global session policy", () => `0oa1/policies/${policyId("Default Policy", "OKTA_SIGN_ON")}`, 400],
    ];
    for (const [title, path, status] of refused) {
        it(`refuses to assign ${title}`, async () => {
            assert.equal((await call("PUT", `/api/v1/apps/${path()}`)).status, status);
            assert.match(await policyOf("0oa1"), new RegExp(`${policyId("Any two factors")}$`));
        });
    }

    it("shows the apps of a policy as its mappings, and takes a new one", async () => {
        const mapped = async () =>
            (await call("GET", "/api/v1/policies/rst1/mappings")).body.map(({ id }: { id: string }) => id);
        assert.deepEqual(await mapped(), ["0oa2"]);
        await call("POST", "/api/v1/policies/rst1/mappings", { resourceId: "0oa1", resourceType: "APP" });
        assert.deepEqual(await mapped(), ["0oa1", "0oa2"]);
    });

    it("creates an app of a kind that Okta's SDKs know, on Any two factors, and deletes it once it is inactive", async () => {
        const { status, body } = await call("POST", "/api/v1/apps", {
            label: "New",
            signOnMode: "BOOKMARK",
            name: "bookmark",
            settings: { app: { url: "https://example.com" } },
        });
        assert.deepEqual(
            [status, body.name, body.settings.app.url, body.status],
            [200, "bookmark", "https://example.com", "ACTIVE"],
        );
        assert.match(body.id, /^0oa[0-9A-Za-z]{17}$/);
        const early = await call("DELETE", `/api/v1/apps/${body.id}`);
        assert.deepEqual([early.status, early.body.errorCode], [403, "E0000056"]);
        assert.deepEqual((await call("POST", `/api/v1/apps/${body.id}/lifecycle/deactivate`)).body, {});
        assert.equal((await call("DELETE", `/api/v1/apps/${body.id}`)).status, 204);
        assert.equal((await call("GET", `/api/v1/apps/${body.id}`)).status, 404);
    });

    it("refuses an app of another kind, or without a label", async () => {
        assert.equal((await call("POST", "/api/v1/apps", { label: "x", signOnMode: "MAGIC" })).status, 400);
        assert.equal((await call("POST", "/api/v1/apps", { signOnMode: "BOOKMARK" })).status, 400);
    });
});
