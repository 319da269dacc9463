import { readFile } from "node:fs/promises";
import { fail, hasCode } from "../core/errors/errors";
import { type AgentSettings, readAgentSettings } from "../core/settings/agentSettings";
import { fileProblem } from "../sources/fileProblem";
import { parseYaml } from "../sources/yaml";

/** A configuration has some twenty settings; a longer file is another one. */
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
        return readAgentSettings(document);
    } catch (error) {
        return hasCode(error, "bad-input") ? cannot(error.message) : cannot(String(error));
    }
}
