import { strict as assert } from "node:assert";

import { type FormHeaders, originProblem } from "../../../src/agent/http/caller/origin";

/** The table of originProblem. */
const ROWS: readonly (readonly [headers: FormHeaders, isTaken: boolean, because: string])[] = [
    [
        { host: "127.0.0.1:9464", origin: "https://access.example.com", "sec-fetch-site": "same-origin" },
        true,
        "the browser compared the addresses that it knows, also before a proxy",
    ],
    [{ host: "h", "sec-fetch-site": "none" }, true, "the person sent it, and no page"],
    [{ host: "h", origin: "http://h", "sec-fetch-site": "same-site" }, false, "a page of the same domain sent it"],
    [{ host: "h", origin: "http://h", "sec-fetch-site": "cross-site" }, false, "another site's page sent it"],
    [{ host: "h" }, true, "no browser sent it"],
    [{ host: "H:9464", origin: "http://h:9464" }, true, "our own page sent it, over plain http"],
    [{ host: "h:9464", origin: "http://h:9465" }, false, "a page of another port sent it"],
    [{ host: "h", origin: "null" }, false, "its page hides where it is from"],
    [{ origin: "http://h" }, false, "nothing says by which name we were asked"],
];

describe("originProblem", () => {
    for (const [headers, isTaken, because] of ROWS) {
        it(`${isTaken ? "takes" : "refuses"} a form where ${because}`, () => {
            assert.equal(originProblem(headers) === undefined, isTaken);
        });
    }
});
