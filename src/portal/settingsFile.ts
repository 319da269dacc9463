import { readFile } from "node:fs/promises";

import { fail, hasCode } from "../core/errors/errors";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { readPortalSettings } from "../core/portal/settings/readPortalSettings";
import { fileProblem } from "../sources/fileProblem";
import { parseYaml } from "../sources/yaml";

const MOST_BYTES = 1024 * 1024;

/** Reads the portal's configuration, YAML or JSON. @throws `bad-input` that names the file and the setting */
export async function readPortalSettingsFile(path: string): Promise<PortalSettings> {
    const cannot = (why: string): never => fail("bad-input", `cannot use the configuration ${path}: ${why}`);
    const text = await readFile(path, "utf8").catch((cause: unknown) => cannot(fileProblem(cause) ?? String(cause)));
    if (text.length > MOST_BYTES) return cannot("it is longer than 1 MiB");
    const { document, problem } = await parseYaml(text);
    if (problem !== undefined) return cannot(problem);
    try {
        return readPortalSettings(document);
    } catch (error) {
        return hasCode(error, "bad-input") ? cannot(error.message) : cannot(String(error));
    }
}
