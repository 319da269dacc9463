import { strict as assert } from "node:assert";

import { keepServing } from "../../src/portal/keepServing";
import { ACCESSES, ANA, openPortalScene } from "./scene";

describe("a service that reads its settings again", () => {
    it("goes on with the new ones, and ends with the stop", async () => {
        const scene = openScene();
        await scene.reload("b");
        await scene.reload("c");
        scene.stop.abort("over");
        await scene.ended;
        assert.deepEqual(scene.served, ["a", "b", "c"]);
        assert.deepEqual(scene.ends, ["the configuration was read again", "the configuration was read again", "over"]);
    });

    it("goes on undisturbed where they cannot be read", async () => {
        const scene = openScene();
        await scene.reload("unreadable");
        scene.stop.abort("over");
        await scene.ended;
        assert.deepEqual([scene.served, scene.refused], [["a"], ["cannot read unreadable"]]);
    });

    it("goes on with the ones of before where it cannot begin with them", async () => {
        const scene = openScene();
        await scene.reload("b");
        await scene.reload("bad");
        scene.stop.abort("over");
        await scene.ended;
        assert.deepEqual([scene.served, scene.refused], [["a", "b", "bad", "b"], ["cannot serve bad"]]);
    });

    it("fails where it cannot begin at all, and where it fails later", async () => {
        await assert.rejects(openScene("bad").ended, /cannot serve bad/);
        const scene = openScene();
        await scene.reload("b");
        scene.fail();
        await assert.rejects(scene.ended, /it failed/);
    });
});

describe("a portal that reads its configuration again", () => {
    it("has the accesses of now, with the sessions and grants of before", async () => {
        await using scene = await openPortalScene();
        const ana = await scene.person(ANA);
        const { body: grant } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        const [payroll, ...others] = ACCESSES;
        await scene.reload({ accesses: [{ ...payroll, name: "wages", title: "Wages" }, ...others] });

        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", { access: "wages" })).status, 201);
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" })).status, 403);
        const extended = await scene.api(ana, "PATCH", `/api/v1/grants/${grant.id}`, { duration: "8h" });
        assert.deepEqual([extended.status, extended.body.detail], [403, "this access is no longer offered"]);
        const { body } = await scene.api(ana, "GET", "/api/v1/grants");
        assert.deepEqual(
            body.grants.map(({ access, state }: { access: string; state: string }) => [access, state]),
            [
                ["wages", "pending"],
                ["payroll", "pending"],
            ],
        );
        assert.equal((await scene.api(ana, "DELETE", `/api/v1/grants/${grant.id}`)).status, 200);

        await scene.reload("portal: { url: nowhere }");
        assert.match(scene.log.at(-1) ?? "", /error .*stays in force: .*portal\.yaml.*portal\.login is missing/);
        assert.equal((await scene.api(ana, "GET", "/api/v1/me")).status, 200);
    });
});

/** Settings are texts: `bad` cannot be served, `unreadable` cannot be read. */
function openScene(first = "a") {
    const stop = new AbortController();
    const [served, ends, refused]: [string[], string[], string[]] = [[], [], []];
    let [written, reload, fail, heard] = [first, () => {}, () => {}, () => {}];
    const ended = keepServing({
        first,
        read: async () => (written === "unreadable" ? assert.fail(`cannot read ${written}`) : written),
        async serve(settings, until, onServing) {
            served.push(settings);
            if (settings === "bad") throw new Error("cannot serve bad");
            onServing();
            heard();
            await new Promise<void>((resolve, reject) => {
                until.addEventListener("abort", () => resolve());
                fail = () => reject(new Error("it failed"));
            });
            ends.push(String(until.reason));
        },
        stop: stop.signal,
        onReload: (again) => {
            reload = again;
        },
        onRefused: (error) => {
            refused.push((error as Error).message);
            if (written === "unreadable") heard();
        },
    });
    return {
        ...{ stop, served, ends, refused, ended },
        fail: () => fail(),
        reload: (text: string) =>
            new Promise<void>((resolve) => {
                [written, heard] = [text, resolve];
                reload();
            }),
    };
}
