import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

import { lazyProvider, type ProviderName } from "../src/provider/lazyProvider.cjs";
import { refuse } from "./refuse";

/**
 * The dynamic provider of one of our resources.
 *
 * @throws a RunError where the other process could not find it, so that this is said before anything is written
 */
export function provider(what: ProviderName): pulumi.dynamic.ResourceProvider {
    // With mocks, as in somebody's tests, the monitor is no client of gRPC, and no other process starts.
    const monitor: unknown = pulumi.runtime.getMonitor();
    if (typeof monitor === "object" && monitor !== null && "waitForReady" in monitor) checkListed(process.cwd());
    return lazyProvider(what);
}

/** Pulumi starts the other process in the folder of the program, and there it looks for the package by its name. */
function checkListed(directory: string): void {
    if (existsSync(join(directory, "src/provider/entries.cjs"))) return;
    try {
        createRequire(join(directory, "index.js")).resolve("zonekeeper/provider");
    } catch {
        const where = `the package zonekeeper is not in the node_modules of ${directory}`;
        refuse(`${where}: list it in the package.json there, as npm install zonekeeper does`);
    }
}
