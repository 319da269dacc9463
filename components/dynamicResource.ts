import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

import { type ProviderName, storedText } from "../src/provider/lazyProvider.cjs";
import { refuse } from "./refuse";

/**
 * A dynamic resource as `pulumi.dynamic.Resource` makes it. That class loads a compiler and a debugger to write the provider
 * out, which takes a tenth of the time of a run; the text of ours is known.
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
 * The text of the dynamic provider of one of our resources, which Pulumi stores and runs in another process.
 *
 * @throws a RunError where that process could not find it, so that this is said before anything is written
 */
function providerText(what: ProviderName): string {
    // With mocks, as in somebody's tests, the monitor is no client of gRPC, and no other process starts.
    const monitor: unknown = pulumi.runtime.getMonitor();
    if (typeof monitor === "object" && monitor !== null && "waitForReady" in monitor) checkListed(process.cwd());
    return storedText(what);
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
