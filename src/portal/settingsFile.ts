import { readFile } from "node:fs/promises";

import { fail, hasCode } from "../core/errors/errors";
import type { Purpose } from "../core/portal/settings/contradictions";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { readPortalSettings } from "../core/portal/settings/readPortalSettings";
import { parseYaml } from "../sources/document/yaml";
import { fileProblem } from "../sources/file/fileProblem";

const MOST_BYTES = 1024 * 1024;

/** Reads the portal's configuration, YAML or JSON. @throws `bad-input` that names the file and the setting */
export async function readPortalSettingsFile(path: string, purpose: Purpose = "serve"): Promise<PortalSettings> {
    return settingsIn(path, await readDocument(path), purpose);
}

/** The portal that an agent serves as well; undefined where its configuration has none. @throws as readPortalSettingsFile */
export async function portalInFile(path: string): Promise<PortalSettings | undefined> {
    const document = await readDocument(path);
    const isThere = typeof document === "object" && document !== null && "portal" in document;
    return isThere ? settingsIn(path, document, "serve") : undefined;
}

async function readDocument(path: string): Promise<unknown> {
    const text = await readFile(path, "utf8").catch((cause: unknown) =>
        cannotUse(path, fileProblem(cause) ?? String(cause)),
    );
    if (text.length > MOST_BYTES) return cannotUse(path, "it is longer than 1 MiB");
    const { document, problem } = await parseYaml(text);
    return problem === undefined ? document : cannotUse(path, problem);
}

function settingsIn(path: string, document: unknown, purpose: Purpose): PortalSettings {
    try {
        return readPortalSettings(document, purpose);
    } catch (error) {
        return cannotUse(path, hasCode(error, "bad-input") ? error.message : String(error));
    }
}

function cannotUse(path: string, why: string): never {
    return fail("bad-input", `cannot use the configuration ${path}: ${why}`);
}
