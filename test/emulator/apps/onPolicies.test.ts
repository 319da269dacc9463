import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

type Row = { id: string };

describe("the policies of an app", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    let appId: string;
    const policy = async (type: string, name: string): Promise<string> =>
        (await call("POST", "/api/v1/policies", { type, name })).body.id;
    const linksOf = async () => {
        const { _links } = (await call("GET", `/api/v1/apps/${appId}`)).body;
        return [_links.accessPolicy.href, _links.profileEnrollment.href].map((href: string) => href.split("/").at(-1));
    };
    const appsOf = async (policyId: string) =>
        (await call("GET", `/api/v1/policies/${policyId}/app`)).body.map(({ id }: Row) => id);
    beforeEach(async () => {
        emulator = await startEmulator();
        call = callerOf(emulator);
        appId = (await call("POST", "/api/v1/apps", { label: "Payroll", signOnMode: "BOOKMARK" })).body.id;
    });
    afterEach(() => emulator.close());

    it("are one for signing in and one for enrollment, set by the same call", async () => {
        const [signOn, enrollment] = [await policy("ACCESS_POLICY", "P"), await policy("PROFILE_ENROLLMENT", "E")];
        const usual = await linksOf();
        assert.equal((await call("PUT", `/api/v1/apps/${appId}/policies/${enrollment}`)).status, 204);
        assert.deepEqual(await linksOf(), [usual[0], enrollment]);
        assert.equal((await call("PUT", `/api/v1/apps/${appId}/policies/${signOn}`)).status, 204);
        assert.deepEqual(await linksOf(), [signOn, enrollment]);
    });

    it("list their apps, the system's enrollment policy all that are on no other", async () => {
        const enrollment = await policy("PROFILE_ENROLLMENT", "E");
        const usual = (await linksOf())[1] ?? assert.fail();
        assert.ok((await appsOf(usual)).includes(appId));
        assert.deepEqual(await appsOf(enrollment), []);
        await call("PUT", `/api/v1/apps/${appId}/policies/${enrollment}`);
        assert.deepEqual([await appsOf(enrollment), (await appsOf(usual)).includes(appId)], [[appId], false]);
        const mapped = (await call("GET", `/api/v1/policies/${enrollment}/mappings`)).body;
        assert.deepEqual(
            mapped.map(({ id }: Row) => id),
            [appId],
        );
    });

    it("are refused where the type does not fit, and an enrollment policy takes no mapping", async () => {
        const password = await policy("PASSWORD", "W");
        const enrollment = await policy("PROFILE_ENROLLMENT", "E");
        assert.equal((await call("PUT", `/api/v1/apps/${appId}/policies/${password}`)).status, 400);
        const body = { resourceType: "APP", resourceId: appId };
        const refused = await call("POST", `/api/v1/policies/${enrollment}/mappings`, body);
        assert.deepEqual(
            [refused.status, refused.body.errorSummary],
            [400, "Api validation failed: Policy mappings are no longer supported on this endpoint"],
        );
        assert.equal((await call("GET", "/api/v1/policies/rst0/app")).status, 404);
    });

    it("cannot be deleted while the app is on them", async () => {
        const enrollment = await policy("PROFILE_ENROLLMENT", "E");
        await call("PUT", `/api/v1/apps/${appId}/policies/${enrollment}`);
        assert.equal((await call("DELETE", `/api/v1/policies/${enrollment}`)).status, 400);
    });
});
