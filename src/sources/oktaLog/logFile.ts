import { readFile } from "node:fs/promises";

import { fail } from "../../core/errors/errors";
import type { Login, Logins } from "../../core/grants/logins";
import { writeDurably } from "../../durable";

/** The position in the log, and the sign-ins up to it. They are saved together. */
export interface LogState {
    /** The query for the log. With another query the log is read again. */
    readonly query: string;
    /** The path and query of the next page; undefined before the first. */
    readonly cursor: string | undefined;
    readonly logins: Logins;
}

/** Keeps the state in a file; in memory only where there is no path. */
export interface LogFile {
    /** @throws `source-unreadable` for a damaged file */
    load(): Promise<LogState | undefined>;
    save(state: LogState): Promise<void>;
}

/** @param mode `read`: nothing is written. */
export function logFile(path: string | undefined, mode: "read" | "write" = "write"): LogFile {
    return {
        async load() {
            if (path === undefined) return undefined;
            let text: string;
            try {
                text = await readFile(path, "utf8");
            } catch (error) {
                if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
                throw error;
            }
            try {
                const { version, query, cursor, logins } = JSON.parse(text) as Plain;
                if (version !== 1) throw new Error(`it has version ${version}`);
                return { query, cursor, logins: new Map(logins) };
            } catch (cause) {
                const problem = `the file ${path} is damaged: move it away, and the log is read anew`;
                return fail("source-unreadable", problem, { cause });
            }
        },
        async save({ logins, ...state }) {
            if (path === undefined || mode === "read") return;
            await writeDurably(path, `${JSON.stringify({ version: 1, ...state, logins: [...logins] })}\n`);
        },
    };
}

interface Plain {
    readonly version: 1;
    readonly query: string;
    readonly cursor?: string;
    readonly logins: readonly (readonly [key: string, login: Login])[];
}
