import { strict as assert } from "node:assert";

import { listenProblem } from "../../../src/agent/http/listenProblem";

describe("listenProblem", () => {
    const table: [code: string | undefined, problem: string][] = [
        ["EADDRINUSE", "another process has this port; end it, or listen on another one"],
        ["EACCES", "this user may not have this port; choose one from 1024 up"],
        ["EADDRNOTAVAIL", "this machine has no such address; 0.0.0.0 is all that it has"],
        ["ENOTFOUND", "there is no host of this name; write an address such as 127.0.0.1"],
        ["EMFILE", "listen EMFILE"],
        [undefined, "listen undefined"],
    ];
    for (const [code, problem] of table) {
        it(`says of ${code}: ${problem}`, () => {
            assert.equal(
                listenProblem(Object.assign(new Error(`listen ${code}`), code === undefined ? {} : { code })),
                problem,
            );
        });
    }
});
