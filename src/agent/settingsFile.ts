import { readFile } from "node:fs/promises";
import { dirname } from "node:path";

import { fail, hasCode } from "../core/errors/errors";
import { withPortalRules } from "../core/portal/boundMemberships";
import { type AgentSettings, readAgentSettings } from "../core/settings/agentSettings";
import { requireTimeToLive, withoutPortal } from "../core/settings/portalInAgent";
import { withStack } from "../core/settings/stackOutputs";
import { parseYaml } from "../sources/document/yaml";
import { fileProblem } from "../sources/file/fileProblem";
import { stackOutputs } from "../stackOutputs";

/** The longest file; a configuration has some twenty settings. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads the agent's configuration, YAML or JSON.
 *
 * @throws `bad-input` that names the file and the setting
 */
export async function readSettingsFile(path: string): Promise<AgentSettings> {
    const cannot = (why: string): never => fail("bad-input", `cannot use the configuration ${path}: ${why}`);
    const text = await readFile(path, "utf8").catch((cause: unknown) => cannot(fileProblem(cause) ?? String(cause)));
    if (text.length > MOST_BYTES) return cannot("it is longer than 1 MiB");
    const { document, problem } = await parseYaml(text);
    if (problem !== undefined) return cannot(problem);
    try {
        const settings = readAgentSettings(await withItsStacks(withoutPortal(document), dirname(path)));
        requireTimeToLive(settings);
        return withPortalRules(settings, document);
    } catch (error) {
        return hasCode(error, "bad-input") ? cannot(error.message) : cannot(String(error));
    }
}

/** The stack of the configuration, or one of each membership. */
async function withItsStacks(document: unknown, directory: string): Promise<unknown> {
    if (typeof document !== "object" || document === null || !("memberships" in document)) {
        return withItsStack(document, directory);
    }
    const { memberships } = document;
    if (!Array.isArray(memberships)) return document;
    const read: unknown[] = [];
    for (const membership of memberships) read.push(await withItsStack(membership, directory));
    return { ...document, memberships: read };
}

/** With `stack:`, zones, source, selector, static gateways and limits are outputs of the stack. */
async function withItsStack(document: unknown, directory: string): Promise<unknown> {
    if (typeof document !== "object" || document === null || !("stack" in document)) return document;
    const { stack } = document;
    // Another type is reported with the other problems.
    if (typeof stack !== "string") return document;
    return withStack(document, stack, await stackOutputs(stack, { directory, env: process.env }));
}
