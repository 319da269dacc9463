import { strict as assert } from "node:assert";

import { oktaDateIn } from "../../../src/core/time/oktaDate";
import { NOW } from "../../support/grants";

const DATE = "Tue, 01 Dec 2026 12:00:00 GMT";
const JSON_TYPE = "application/json";

interface Row {
    /** @default 200 */
    readonly status?: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly isOkta: boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
    "is the Date of an answer in JSON": { headers: { date: DATE, "content-type": JSON_TYPE }, isOkta: true },
    "is the Date of JSON with a character set": {
        headers: { date: DATE, "content-type": "application/json;charset=UTF-8" },
        isOkta: true,
    },
    "is the Date of a problem document": {
        headers: { date: DATE, "content-type": "application/problem+json" },
        isOkta: true,
    },
    "is the Date of an answer without a body": { status: 204, headers: { date: DATE }, isOkta: true },
    "is the Date of a refusal": { status: 404, headers: { date: DATE, "content-type": JSON_TYPE }, isOkta: true },
    "is the Date of an answer that says too many": {
        status: 429,
        headers: { date: DATE, "content-type": JSON_TYPE },
        isOkta: true,
    },
    "is the Date of an answer that a cache has just fetched": { headers: { date: DATE, age: "0" }, isOkta: true },
    "is not that of an answer that a cache kept": { headers: { date: DATE, age: "30" }, isOkta: false },
    "is not that of an answer with an Age that is no number": { headers: { date: DATE, age: "?" }, isOkta: false },
    "is not that of a page of HTML": { headers: { date: DATE, "content-type": "text/html" }, isOkta: false },
    "is not that of a redirect, such as to a portal's login": {
        status: 302,
        headers: { date: DATE },
        isOkta: false,
    },
    "is not that of a proxy that wants a password": { status: 407, headers: { date: DATE }, isOkta: false },
    "is not that of a proxy that reaches nobody": {
        status: 502,
        headers: { date: DATE, "content-type": JSON_TYPE },
        isOkta: false,
    },
    "is missing where there is none": { headers: {}, isOkta: false },
    "is missing where there are two": { headers: { date: `${DATE}, ${DATE}` }, isOkta: false },
    "is missing where it is a number": { headers: { date: "1764590400" }, isOkta: false },
    "is missing where there is no such day": { headers: { date: "Tue, 41 Dec 2026 12:00:00 GMT" }, isOkta: false },
    "is missing where it is in another time zone": {
        headers: { date: "Tue, 01 Dec 2026 12:00:00 CET" },
        isOkta: false,
    },
};

describe("oktaDateIn", () => {
    for (const [sentence, { status = 200, headers, isOkta }] of Object.entries(ROWS)) {
        it(sentence, () => {
            const found = oktaDateIn({ status, header: (name) => headers[name] ?? null });
            assert.equal(found, isOkta ? NOW : undefined);
        });
    }
});
