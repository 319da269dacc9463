import { strict as assert } from "node:assert";

import { hasCode } from "../../src/core/errors/errors";
import { parsePlace } from "../../src/ranges/place";

describe("parsePlace", () => {
    const url = (href: string, name = href) => ({ type: "url", url: href, name });
    const table: readonly (readonly [text: string, place: object])[] = [
        ["okta_ip_ranges.json", { type: "file", path: "okta_ip_ranges.json" }],
        ["./old ranges.json", { type: "file", path: "./old ranges.json" }],
        ["https://example.com/ranges.json", url("https://example.com/ranges.json")],
        [
            "https://example.com/r.json?key=s3cr3t#top",
            url("https://example.com/r.json?key=s3cr3t", "https://example.com/r.json"),
        ],
        ["http://127.0.0.1:8080/", url("http://127.0.0.1:8080/")],
        ["http://localhost/r", url("http://localhost/r")],
    ];
    for (const [text, place] of table) {
        it(`reads ${text}`, () => assert.deepEqual(parsePlace(text, "--from"), place));
    }

    const BAD: readonly (readonly [text: string, says: string])[] = [
        [" ", "--from is empty: give a file or an https URL"],
        ["ftp://example.com/r.json", "--from begins with ftp://: give an https URL"],
        ["https://", "--from is not a URL such as https://s3.amazonaws.com/okta-ip-ranges/ip_ranges.json"],
        ["https://ana:s3cr3t@example.com/", "--from has a user or a password in it: take them out"],
        ["http://example.com/r.json", "--from is http://example.com, where it can be changed in transit: use https"],
    ];
    for (const [text, says] of BAD) {
        it(`refuses ${JSON.stringify(text)}`, () => {
            assert.throws(
                () => parsePlace(text, "--from"),
                (error) => hasCode(error, "bad-input") && error.message === says,
            );
        });
    }
});
