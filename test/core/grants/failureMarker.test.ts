import { strict as assert } from "node:assert";

import { readGrantsDocument } from "../../../src/core/grants/grantsDocument";

const read = (fields: object) => readGrantsDocument({ grants: [], ...fields }, { widestPrefix: 24 });

describe("a grants document that says that its source failed", () => {
    const failed: readonly (readonly [fields: object, marker: string])[] = [
        [{ error: "time-out of the database" }, '"error" is set'],
        [{ errors: [{ message: "shard 2 did not answer" }] }, '"errors" is set'],
        [{ Error: { code: 500 } }, '"Error" is set'],
        [{ error_message: "x" }, '"error_message" is set'],
        [{ exception: "java.net.SocketTimeoutException" }, '"exception" is set'],
        [{ failed: true }, '"failed" is set'],
        [{ success: false }, '"success" is false'],
        [{ ok: false }, '"ok" is false'],
        [{ status: "error" }, '"status" is "error"'],
        [{ state: "PARTIAL" }, '"state" is "PARTIAL"'],
    ];
    for (const [fields, marker] of failed) {
        it(`is unreadable with ${JSON.stringify(fields)}`, () => {
            assert.throws(() => read(fields), new RegExp(`the document says that it is not all: ${marker}`));
        });
    }

    const fine: readonly object[] = [
        { error: null },
        { error: "" },
        { errors: [] },
        { errors: 0 },
        { error: {} },
        { failed: false },
        { success: true, ok: true },
        { status: "ok" },
        { status: 200 },
        { result: "success" },
        { errorPolicy: "ignore", warnings: ["slow"] },
    ];
    for (const fields of fine) {
        it(`is read with ${JSON.stringify(fields)}`, () => {
            assert.deepEqual(read(fields), { grants: [], unusable: [] });
        });
    }
});
