import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

import { refuse } from "./refuse";

/**
 * Checks that the process of the dynamic providers, which Pulumi starts in the folder of the program, can load the package
 * by name. It is called before anything is registered: without a preview, a zone would exist already.
 *
 * @throws a RunError
 */
export function requireListed(): void {
    // With mocks, as in tests, the monitor is not a gRPC client, and no other process starts.
    const monitor: unknown = pulumi.runtime.getMonitor();
    if (typeof monitor === "object" && monitor !== null && "waitForReady" in monitor) checkListed(process.cwd());
}

function checkListed(directory: string): void {
    if (existsSync(join(directory, "src/provider/entries.cjs"))) return;
    try {
        createRequire(join(directory, "index.js")).resolve("zonekeeper/provider");
    } catch {
        const where = `the package zonekeeper is not in the node_modules of ${directory}`;
        refuse(`${where}: list it in the package.json there, as npm install zonekeeper does`);
    }
}
