import { strict as assert } from "node:assert";

import { codeNamed } from "../../src/core/errors/codes";
import { answer, serve } from "../sources/server";
import { type BadInput, CALLS, GRANTS, OKTA } from "./badInput";
import { type Called, grantsOf, openScene, type Scene, TOKEN } from "./scene";

const A = "203.0.113.1/32";
const GOOD = grantsOf({ b: "203.0.113.3" });

describe("zonekeeper sync loses nothing with", () => {
    for (const each of [...CALLS, ...GRANTS, ...OKTA]) {
        it(each.title, async () => {
            await using scene = await openBadScene(each);
            const called = await scene.sync(["--json", ...(each.flags ?? [])], each.env);
            assertFailed(called, scene, each);
        });
    }

    it("an Okta that is not there", async () => {
        await using scene = await openBadScene({});
        await using server = await serve();
        const { url } = server;
        await server[Symbol.asyncDispose]();
        const called = await scene.sync(["--json", "--okta", url]);
        const says = `GET /api/v1/zones/nzo1: no answer from ${url}: the connection was refused; check the address, and that no firewall is in between`;
        assertFailed(called, scene, { code: "okta-unreachable", says });
    });

    for (const [title, status, body, problem] of [
        ["a source that refuses", 401, "", "it answers 401; it wants a token: say token: env:NAME or file:PATH"],
        ["a source that is down", 503, "", "it answers 503; see to that server, or try again later (asked 3 times)"],
        ["a source that is a sign-in page", 200, "<html></html>", "it is HTML or XML, not YAML or JSON"],
        ["a source of something else", 200, "[]", 'the document has no list "grants"; nobody is `grants: []`'],
    ] as const) {
        it(title, async () => {
            await using server = await serve(answer(status, body));
            await using scene = await openBadScene({});
            const called = await scene.sync(["--json", "--source", server.url]);
            const says = `cannot read grants from ${server.url}/: ${problem}`;
            assertFailed(called, scene, { code: "source-unreadable", says });
        });
    }

    it("a YAML file with a mistake, and says where", async () => {
        await using scene = await openBadScene({ grants: "grants:\n  - id: a\n    ip: [203.0.113.1\n" });
        const { status, err } = await scene.sync();
        assert.equal(status, 1);
        assert.equal(err.length, 1);
        assert.match(
            err[0] ?? "",
            /^zonekeeper: cannot read grants from file grants\.yaml: [^\n]+ at line \d, column \d \[ZK401\]$/,
        );
        assert.deepEqual(scene.states("nzo1"), [[A]]);
    });
});

async function openBadScene({ grants = GOOD, fault }: Pick<BadInput, "grants" | "fault">): Promise<Scene> {
    const zones = [
        { id: "nzo2", name: "Abroad", type: "DYNAMIC" as const },
        { id: "nzo3", name: "LegacyIpZone", system: true, gateways: [] },
    ];
    const tokens = [{ value: TOKEN }, { value: "00rEaDoNlY_tOkEn", access: "read-only" as const }];
    const scene = await openScene({ nzo1: [A] }, grants, { zones, tokens });
    if (fault !== undefined) scene.okta.inject(fault);
    return scene;
}

/** One line on stderr and the same as JSON on stdout; and the zone was in no other state than before. */
function assertFailed(called: Called, scene: Scene, { code, says }: Pick<BadInput, "code" | "says">) {
    const err = called.err.filter((line) => !line.startsWith("Okta's rate limit is used up; waiting "));
    const [line = ""] = err;
    assert.deepEqual([called.status, err.length], [code === "bad-input" ? 2 : 1, 1]);
    const shown = line
        .replaceAll(scene.okta.url, "http://okta")
        .replaceAll(scene.directory, "DIR")
        .replace(/errorId [\w-]+, request id [\w-]+/, "errorId X, request id X")
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "TIME");
    const { code: stable } = codeNamed(code);
    assert.equal(shown, `zonekeeper: ${says} [${stable}]`);
    const message = line.slice("zonekeeper: ".length, -` [${stable}]`.length);
    assert.deepEqual(JSON.parse(called.out), { code: stable, error: { code, message } });
    assert.deepEqual(scene.states("nzo1"), [[A]]);
}
