import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

import { buildProgram } from "../build/program";

/** The command zonekeeper as the package has it. */
export interface BuiltCommand extends AsyncDisposable {
    /** The file that Node starts. */
    readonly bin: string;
    /** A folder for what V8 compiles. */
    readonly compiled: string;
}

/** What the package has besides `dist`, as far as the command reads it. */
const PARTS = ["bin", "templates", "package.json"];

/**
 * Builds the checkout's command once for all tests of a run. It starts in a third of the time that the command takes to
 * load from its TypeScript, and the tests start it some hundred times.
 *
 * The folder is below `node_modules`, where Node finds the packages, and goes away with the run.
 */
export async function buildCommand(root: string): Promise<BuiltCommand> {
    const cache = join(root, "node_modules", ".cache");
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, "zonekeeper-test-"));
    await Promise.all(PARTS.map((part) => cp(join(root, part), join(folder, part), { recursive: true })));
    await buildProgram(root, join(folder, "dist"));
    return {
        bin: join(folder, "bin", "zonekeeper.cjs"),
        compiled: join(folder, "compiled"),
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
}
