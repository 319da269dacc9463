import { strict as assert } from "node:assert";

import { A, grant } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { answer, type Handler, serve } from "../server";
import { failing, open, signal, token } from "../trial";

describe("a redirect of httpSource", () => {
    it("is followed on the same server, token and all", async () => {
        await using server = await serve(
            answer(307, "", { location: "/v2/grants" }),
            answer(200, documentOf([grant(A)])),
        );
        assert.deepEqual((await open(`${server.url}/grants`, { token }).read(signal)).grants, [grant(A)]);
        assert.deepEqual(
            server.asked.map(({ path, authorization }) => [path, authorization]),
            [
                ["/grants", "Bearer s3cr3t"],
                ["/v2/grants", "Bearer s3cr3t"],
            ],
        );
    });

    it("carries no token to another server", async () => {
        await using other = await serve(answer(200, { grants: [] }));
        await using server = await serve(answer(302, "", { location: `${other.url}/grants` }));
        await assert.rejects(open(server.url, { token }).read(signal), { code: "source-unreadable" });
        assert.deepEqual(other.asked, []);
    });

    const wrong: [what: string, handler: Handler, problem: string][] = [
        [
            "a redirect to another server",
            answer(302, "", { location: "https://user:pass@example.com/x?key=s3cr3t" }),
            "it redirects to https://example.com: if that is right, write the new URL in the source",
        ],
        ["a redirect to nowhere", answer(302), "it answers 302 and no document; check the URL"],
        ["a redirect to nonsense", answer(302, "", { location: "http://[" }), "it redirects to what is not a URL"],
        ["a circle", answer(302, "", { location: "/grants" }), "it redirects more than 5 times"],
    ];
    for (const [what, handler, problem] of wrong) {
        it(`is not taken for an empty list: ${what}`, async () => {
            const { message, slept } = await failing([handler]);
            assert.equal(message, `cannot read grants from http://host/grants: ${problem}`);
            assert.deepEqual(slept, []);
        });
    }
});
