import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { SLOW, slowFirst } from "../../scripts/test/slowFiles";
import { ROOT } from "../support/run";

describe("slowFirst", () => {
    it("begins with the slow files that are to run, and loses none of the others", () => {
        const [first = "", second = ""] = SLOW;
        assert.deepEqual(slowFirst(["a.test.ts", second, "b.test.ts", first]), [
            first,
            second,
            "a.test.ts",
            "b.test.ts",
        ]);
    });

    it("names files that are there", () => {
        assert.deepEqual(
            SLOW.filter((file) => !existsSync(join(ROOT, file))),
            [],
        );
    });
});
