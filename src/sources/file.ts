import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import type { DocumentLimits } from "../core/grantsDocument";
import { readDocument } from "./document";
import { fileProblem } from "./fileProblem";
import type { GrantSource } from "./source";
import { unreadable } from "./unreadable";

export interface FileSourceOptions {
    readonly path: string;
    /** What a relative path hangs on. */
    readonly directory: string;
    readonly limits: DocumentLimits;
}

/**
 * Grants in a YAML or JSON file, whatever its ending; it is read anew each time.
 *
 * Who writes the file should write another one and rename it: a YAML file that is
 * cut off between two lines may be a good file with fewer grants.
 */
export function fileSource({ path, directory, limits }: FileSourceOptions): GrantSource {
    const name = `file ${path}`;
    const whole = resolve(directory, path);
    const problemOf = (cause: unknown) => {
        const problem = fileProblem(cause);
        return problem === undefined || path === whole ? problem : `${problem} (${whole})`;
    };
    return {
        name,
        async read(signal) {
            try {
                return await readDocument(createReadStream(whole, { signal }), limits);
            } catch (cause) {
                return unreadable(name, cause, signal, problemOf);
            }
        },
    };
}
