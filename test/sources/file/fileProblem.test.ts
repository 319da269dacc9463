import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";

import { fileProblem } from "../../../src/sources/file/fileProblem";

describe("fileProblem", () => {
    const table: [path: string, words: string][] = [
        [`${__filename}.gone`, "there is no such file"],
        [`${__filename}/in/a/file`, "there is no such file"],
        [__dirname, "it is a folder"],
    ];
    for (const [path, words] of table) {
        it(`says "${words}"`, () => assert.equal(fileProblem(errorOf(() => readFileSync(path))), words));
    }

    it("says who may not read", () => {
        const denied = Object.assign(new Error("EACCES: permission denied, open 'x'"), { code: "EACCES" });
        assert.equal(fileProblem(denied), "this user may not read it");
    });

    it("keeps the message of other errors of the file system", () => {
        const worn = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
        assert.equal(fileProblem(worn), "EIO: i/o error, read");
    });

    it("does not treat a bug as an error of the file system", () => {
        assert.equal(fileProblem(new TypeError("x is undefined")), undefined);
    });
});

function errorOf(action: () => unknown): unknown {
    try {
        return action();
    } catch (error) {
        return error;
    }
}
