import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

import { type ProviderName, storedText } from "../src/provider/lazyProvider.cjs";
import { refuse } from "./refuse";

/**
 * A dynamic resource like `pulumi.dynamic.Resource`. That class loads a compiler and a debugger to serialize the provider,
 * which takes a tenth of the time of a run; the text of these providers is known.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
    /** @param type The last part of the type token: `pulumi-nodejs:dynamic/zonekeeper:ZoneSettings`. */
    constructor(
        what: ProviderName,
        type: string,
        name: string,
        props: pulumi.Inputs,
        opts?: pulumi.CustomResourceOptions,
    ) {
        const inputs = { ...props, __provider: providerText(what) };
        super(`pulumi-nodejs:dynamic/zonekeeper:${type}`, name, inputs, opts);
    }
}

/**
 * The serialized dynamic provider of a resource, which Pulumi stores and runs in another process.
 *
 * @throws a RunError if that process could not find the package, so that it is reported before anything is written
 */
function providerText(what: ProviderName): string {
    // With mocks, as in tests, the monitor is not a gRPC client, and no other process starts.
    const monitor: unknown = pulumi.runtime.getMonitor();
    if (typeof monitor === "object" && monitor !== null && "waitForReady" in monitor) checkListed(process.cwd());
    return storedText(what);
}

/**
 * Checks that the package can be found by name from the folder of the program, in which Pulumi starts the other
 * process.
 */
function checkListed(directory: string): void {
    if (existsSync(join(directory, "src/provider/entries.cjs"))) return;
    try {
        createRequire(join(directory, "index.js")).resolve("zonekeeper/provider");
    } catch {
        const where = `the package zonekeeper is not in the node_modules of ${directory}`;
        refuse(`${where}: list it in the package.json there, as npm install zonekeeper does`);
    }
}
