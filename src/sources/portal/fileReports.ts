import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail } from "../../core/errors/errors";
import type { AgentReport } from "../../core/portal/agentReport";
import { makeFolder } from "../../folder";
import { fileProblem } from "../file/fileProblem";
import { stampOf } from "../file/watchFile";
import type { Waiting } from "../http/retry";
import { type AgentReports, reportIn } from "./reports";

/** How often the folder is looked at. */
const POLL_MS = 500;

/** Reports in a folder beside the portal's file, one file for each agent. */
export function fileReports({ path, sleep }: { readonly path: string } & Pick<Waiting, "sleep">): AgentReports {
    const folder = `${path}.agents`;
    const named = async <T>(work: () => Promise<T>): Promise<T> => {
        try {
            return await work();
        } catch (error) {
            const problem = fileProblem(error);
            if (problem === undefined) throw error;
            return fail("source-unreadable", `${folder}: ${problem}`, { cause: error });
        }
    };
    return {
        write: (agent, report) =>
            named(async () => {
                const file = join(folder, `${agent.replace(/[^\w-]/g, "_")}.json`);
                await makeFolder(dirname(file));
                // It is written again within seconds, so that a crash may take it.
                await writeFile(`${file}.new`, JSON.stringify(report), { mode: 0o600 });
                await rename(`${file}.new`, file);
            }),
        read: (signal) =>
            named(async () => {
                signal.throwIfAborted();
                const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
                    if (error.code === "ENOENT") return [];
                    throw error;
                });
                const texts = names
                    .filter((name) => name.endsWith(".json"))
                    .map((name) => readFile(join(folder, name), "utf8"));
                const reports = (await Promise.all(texts)).map(reportIn);
                return reports.filter((report): report is AgentReport => report !== undefined);
            }),
        async watch(wake, signal) {
            let seen = "";
            try {
                while (!signal.aborted) {
                    const { state } = await stampOf(folder);
                    if (state !== seen) wake();
                    seen = state;
                    await sleep(POLL_MS, signal);
                }
            } catch (error) {
                if (!signal.aborted) throw error;
            }
        },
        close: async () => {},
    };
}
