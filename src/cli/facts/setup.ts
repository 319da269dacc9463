import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { readSettingsFile } from "../../agent/settingsFile";
import { fail } from "../../core/errors/errors";
import { parseRules, type Rules } from "../../core/membership/rules";
import type { Address } from "../../core/settings/agentSettings";
import { findOkta, type OktaConnection, unusedCredentials } from "../../okta/connection";
import { isSecretReference, readSecret } from "../../sources/secret";
import type { SourceSpec } from "../../sources/sourceSpec";
import { parseSourceSpec } from "../../sources/spec";
import { distinct, readSelector } from "../sync";
import type { Terminal } from "../terminal";

/** What `why` and `doctor` are told in the same words. */
export interface SetupFlags {
    readonly config?: string;
    readonly stack?: string;
    readonly zone?: readonly string[];
    readonly policy?: string;
    readonly source?: string;
    readonly selector?: readonly string[];
    readonly static?: readonly string[];
    readonly deny?: readonly string[];
    readonly widestPrefix?: string;
    readonly maxRemovals?: string;
    readonly state?: string;
    readonly allowUnroutable?: boolean;
    readonly okta?: string;
    readonly json?: boolean;
}

/** Where to look, from flags or from the configuration of an agent. */
export interface Setup {
    /** None where none was named. */
    readonly zoneIds: readonly string[];
    readonly policyId: string | undefined;
    readonly source: SourceSpec | undefined;
    readonly rules: Rules;
    readonly firstContact: "hold" | "apply";
    readonly connection: OktaConnection;
    /** Where other credentials are set, which do not count. */
    readonly unused: readonly string[];
    /** The state folder, as it was given. */
    readonly state: string | undefined;
    /** Where an agent may listen, and what it wants; undefined where there is no configuration. */
    readonly agent: { readonly listen: Address; readonly token: () => string | undefined } | undefined;
}

/** @throws `bad-input` */
export async function readSetup(flags: SetupFlags, terminal: Terminal): Promise<Setup> {
    const { policy, config, okta, zone = [] } = flags;
    const policyId = policy === undefined ? undefined : checkedId("--policy", policy, "rst1a2b3c4d5e6f7g8h9");
    if (config !== undefined) return { policyId, ...(await fromConfig(config, flags, terminal)) };
    const url = okta === undefined ? {} : { url: okta };
    const find = { config: () => undefined, nameOf: () => undefined, env: terminal.env, ...url };
    return {
        policyId,
        zoneIds: distinct(zone).map((id) => checkedId("--zone", id, "nzo1a2b3c4d5e6f7g8h9")),
        source: flags.source === undefined ? undefined : parseSourceSpec(flags.source),
        rules: parseRules({
            staticGateways: flags.static,
            deny: flags.deny,
            selector: readSelector(flags.selector ?? []),
            widestPrefix: flags.widestPrefix,
            maxRemovals: flags.maxRemovals,
            allowUnroutable: flags.allowUnroutable,
        }),
        firstContact: "hold",
        connection: findOkta(find),
        unused: unusedCredentials(find),
        state: flags.state,
        agent: undefined,
    };
}

/** What a configuration has, and a flag would contradict. */
const IN_CONFIG = [
    ["zone", "--zone"],
    ["source", "--source"],
    ["state", "--state"],
    ["selector", "--selector"],
    ["static", "--static"],
    ["deny", "--deny"],
    ["widestPrefix", "--widest-prefix"],
    ["maxRemovals", "--max-removals"],
    ["allowUnroutable", "--allow-unroutable"],
] as const;

async function fromConfig(path: string, flags: SetupFlags, terminal: Terminal): Promise<Omit<Setup, "policyId">> {
    const twice = IN_CONFIG.find(([key]) => flags[key] !== undefined);
    if (twice !== undefined)
        fail("bad-input", `${twice[1]} is in the configuration already: leave it out with --config`);
    const { env, directory } = terminal;
    const settings = await readSettingsFile(resolve(directory, path));
    const secret = (text: string) =>
        isSecretReference(text)
            ? readSecret(text, { env, readFile: (file) => readFileSync(resolve(directory, file), "utf8") })
            : text;
    const url = flags.okta ?? settings.okta.url;
    const { token } = settings;
    const find = {
        config: (key: string) => settings.okta[key] && secret(settings.okta[key]),
        nameOf: (key: string) => `okta.${key}`,
        env,
        ...(url !== undefined && { url }),
    };
    return {
        zoneIds: settings.zones,
        source: parseSourceSpec(settings.source),
        rules: settings.rules,
        firstContact: settings.firstContact,
        connection: findOkta(find),
        unused: unusedCredentials(find),
        state: settings.state,
        agent: { listen: settings.listen, token: () => token && secret(token) },
    };
}

function checkedId(flag: string, id: string, example: string): string {
    return /^[\w-]+$/.test(id) ? id : fail("bad-input", `${flag} "${id}" is not an id such as ${example}`);
}
