import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { readEntries } from "../../core/grants/grantsDocument";
import { loginsDocument } from "../../core/grants/logins";
import { openQueue } from "../../queue";
import { fileProblem } from "../file/fileProblem";
import type { Waiting } from "../http/retry";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { logFile } from "./logFile";
import { type LogReaderOptions, openLogReader } from "./logReader";

export interface OktaLogSourceOptions extends Omit<LogReaderOptions, "file">, Pick<Waiting, "sleep"> {
    /** The path of the file with the position in the log and the sign-ins. @default they are kept in memory */
    readonly file?: string | undefined;
    /** `read`: the file is read, and never written. @default "write" */
    readonly mode?: "read" | "write";
    /** How often the log is read. */
    readonly pollSeconds: number;
    readonly limits: DocumentLimits;
}

const NAME = "Okta's System Log";

/**
 * Grants the address from which a user signs in to Okta, for some hours or until the user signs out, by Okta's System
 * Log (scope `okta.logs.read`).
 */
export function oktaLogSource(options: OktaLogSourceOptions): GrantSource {
    const { hours, limits, pollSeconds, sleep } = options;
    const inTurn = openQueue();
    const readLog = openLogReader({ ...options, file: logFile(options.file, options.mode) });

    return {
        name: NAME,
        isKept: options.file !== undefined,
        async read(signal) {
            try {
                const logins = await inTurn(() => readLog(signal));
                // This source writes the entries itself: if none is usable, as with IPv6, that is an answer.
                return readEntries(loginsDocument(logins, hours * 3_600_000).grants, limits);
            } catch (cause) {
                return unreadable(NAME, cause, signal, problemOf);
            }
        },
        async watch(wake, signal) {
            try {
                for (;;) {
                    await sleep(pollSeconds * 1000, signal);
                    wake();
                }
            } catch (error) {
                if (!signal.aborted) throw error;
            }
        },
    };
}

function problemOf(cause: unknown): string | undefined {
    const { code, message } = cause as { readonly code?: unknown; readonly message?: string };
    return typeof code === "string" && code.startsWith("okta-") ? message : fileProblem(cause);
}
