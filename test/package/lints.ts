import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";

/** What others hold a package against: whether its entries resolve, with their types, for everybody who may import them. */
export function describeLints(packed: () => { readonly tarball: string; readonly folder: string }): void {
    it("passes attw (Are the types wrong?)", async () => {
        // Both are ES modules, which tsx would not load by require.
        const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
        const checked = await checkPackage(
            createPackageFromTarballData(new Uint8Array(readFileSync(packed().tarball))),
        );
        assert.deepEqual("problems" in checked ? checked.problems : checked, []);
    });

    it("passes publint", async () => {
        const { publint } = await import("publint");
        const { messages } = await publint({ pkgDir: packed().folder, strict: true, pack: false });
        assert.deepEqual(messages, []);
    });
}
