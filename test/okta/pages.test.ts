import { strict as assert } from "node:assert";

import { nextPath, readPages } from "../../src/okta/pages";
import { API_TOKEN, signal, testClient } from "./support/client";
import { serve } from "./support/scriptedServer";

const ORG = "https://acme.okta.com";

describe("nextPath", () => {
    const table: [because: string, link: string | null, path: string | undefined][] = [
        ["no header", null, undefined],
        ["the last page", `<${ORG}/api/v1/zones?limit=20>; rel="self"`, undefined],
        [
            "headers that were joined",
            `<${ORG}/api/v1/zones?limit=20>; rel="self", <${ORG}/api/v1/zones?after=a&limit=20>; rel="next"`,
            "/api/v1/zones?after=a&limit=20",
        ],
        [
            "a cursor with a comma and a plus",
            `<${ORG}/api/v1/zones?after=a,b+c%2Cd>; rel="next"`,
            "/api/v1/zones?after=a,b+c%2Cd",
        ],
        [
            "another host, which is not asked",
            '<https://evil.example/api/v1/zones?after=a>; rel="next"',
            "/api/v1/zones?after=a",
        ],
        ["a path alone", '</api/v1/zones?after=a>; rel="next"', "/api/v1/zones?after=a"],
        [
            "other parameters and no quotes",
            `<${ORG}/api/v1/zones?after=a>; title="x"; rel=next`,
            "/api/v1/zones?after=a",
        ],
        ["another relation with the word in it", `<${ORG}/api/v1/zones?after=a>; rel="nextish"`, undefined],
        ["nonsense", "next", undefined],
    ];
    for (const [because, link, path] of table) {
        it(`reads ${because}`, () => assert.equal(nextPath(link, ORG), path));
    }
});

describe("readPages", () => {
    it("asks the org for each page, with the credential, and no other host", async () => {
        const link = '<https://evil.example/api/v1/apps?after=a>; rel="next"';
        await using okta = await serve({ body: [1, 2], headers: { link } }, { body: [3] });
        assert.deepEqual(await readPages(testClient(okta.url).http, "/api/v1/apps?limit=200", signal), [1, 2, 3]);
        assert.deepEqual(
            okta.asked.map(({ path, headers }) => `${path} ${headers.authorization}`),
            [`/api/v1/apps?limit=200 SSWS ${API_TOKEN}`, `/api/v1/apps?after=a SSWS ${API_TOKEN}`],
        );
    });

    it("refuses a list that has no end", async () => {
        const headers = { link: '</api/v1/apps?after=a>; rel="next"' };
        const fetch = async () => new Response("[]", { headers });
        await assert.rejects(readPages(testClient(ORG, { fetch }).http, "/api/v1/apps", signal), {
            code: "okta-unreachable",
            message: "GET /api/v1/apps: the list has more than 1000 pages",
        });
    });

    it("refuses a page that is no list", async () => {
        await using okta = await serve({ body: {} });
        await assert.rejects(readPages(testClient(okta.url).http, "/api/v1/apps", signal), {
            code: "okta-unreachable",
            message:
                "GET /api/v1/apps: the answer is not a list, so this is hardly Okta's API; check orgName and baseUrl",
        });
    });
});
