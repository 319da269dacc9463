import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PAGES } from "../../scripts/reference/pages";
import { ROOT } from "../support/run";

describe("the reference", () => {
    for (const [path, page] of Object.entries(PAGES)) {
        it(`says what the code says; npm run reference writes it: ${path}`, async () => {
            assert.equal(readFileSync(join(ROOT, path), "utf8"), await page());
        });
    }
});
