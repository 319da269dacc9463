import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { readRecording } from "../recordings/recording";
import { parsed } from "../recordings/translation";
import { problemsIn } from "./description";
import { isKnown } from "./deviations";

const directory = join(__dirname, "..", "..", "fixtures", "recordings");
const names = readdirSync(directory).map((file) => file.replace(/\.yaml$/, ""));

describe("Okta's own description of its API", () => {
    for (const name of names) {
        it(`fits ${name}, but for the deviations that are known`, () => {
            const found = readRecording(name).flatMap(({ method, path, body, status, answer }) =>
                problemsIn({
                    method,
                    path,
                    body: body === undefined ? undefined : JSON.parse(body),
                    status,
                    answer: parsed(answer),
                }),
            );
            assert.deepEqual(
                [...new Set(found)].filter((problem) => !isKnown(problem)),
                [],
            );
        });
    }
});
