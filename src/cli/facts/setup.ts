import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { folderOf } from "../../agent/memory/folderOf";
import { findingOf } from "../../agent/orgConnection";
import { readSettingsFile } from "../../agent/settingsFile";
import { fail } from "../../core/errors/errors";
import { quote } from "../../core/errors/quote";
import { parseRules, type Rules } from "../../core/membership/rules";
import type { AgentSettings, MembershipSettings } from "../../core/settings/agentSettings";
import { findOkta, type OktaConnection, unusedCredentials } from "../../okta/connection";
import { parseSourceSpec } from "../../sources/settings/parseSource";
import { isSecretReference, readSecret } from "../../sources/settings/secret";
import type { SourceSpec } from "../../sources/settings/sourceSpec";
import { distinct, readSelector } from "../arguments/zonesAndSelector";
import type { MembershipFlags } from "../stack/stackFlags";
import type { Terminal } from "../terminal/terminal";
import type { AskAgentOptions } from "./askAgent";

/** The flags that `why` and `doctor` share. */
export interface SetupFlags extends MembershipFlags {
    readonly config?: string;
    /** One of several memberships of the configuration. */
    readonly membership?: string;
    readonly policy?: string;
    readonly state?: string;
    readonly okta?: string;
    readonly json?: boolean;
}

/** Where to look, from flags or from the configuration of an agent. */
export interface Setup {
    /** Where the configuration has a list of them. */
    readonly membership: string | undefined;
    /** None where none was named. */
    readonly zoneIds: readonly string[];
    /** The group to which the grants are bound; undefined where they are not. */
    readonly group: string | undefined;
    /** Names and ids of the groups that the portal's rules name. */
    readonly ruleGroups?: readonly string[] | undefined;
    readonly policyId: string | undefined;
    readonly source: SourceSpec | undefined;
    readonly rules: Rules;
    readonly firstContact: "hold" | "apply";
    /** Whether the Okta sessions of users without a grant are ended. */
    readonly endsSessions: boolean;
    readonly connection: OktaConnection;
    /** Where other credentials are set, which do not count. */
    readonly unused: readonly string[];
    /** The folder of the memory, as it was given. */
    readonly state: string | undefined;
    /** The folder of the denials. */
    readonly denials: string | undefined;
    /** Where an agent may listen, and what it wants; undefined where there is no configuration. */
    readonly agent: Pick<AskAgentOptions, "listen" | "token" | "membership"> | undefined;
}

/** One for each membership that the flags are about. @throws `bad-input` */
export async function readSetups(flags: SetupFlags, terminal: Terminal): Promise<readonly Setup[]> {
    const { policy, config, membership } = flags;
    const policyId = policy === undefined ? undefined : checkedId("--policy", policy, "rst1a2b3c4d5e6f7g8h9");
    if (config !== undefined) {
        const setups = await fromConfig(config, flags, terminal);
        return setups.map((setup) => ({ policyId, ...setup }));
    }
    if (membership !== undefined) fail("bad-input", "--membership names one of a configuration: give it with --config");
    return [fromFlags(flags, policyId, terminal)];
}

function fromFlags(flags: SetupFlags, policyId: string | undefined, terminal: Terminal): Setup {
    const { okta, zone = [] } = flags;
    const url = okta === undefined ? {} : { url: okta };
    const find = { config: () => undefined, nameOf: () => undefined, env: terminal.env, ...url };
    return {
        membership: undefined,
        group: undefined,
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
        endsSessions: false,
        connection: findOkta(find),
        unused: unusedCredentials(find),
        state: flags.state,
        denials: flags.state,
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
    ["stack", "--stack"],
    ["maxRemovalsWindow", "--max-removals-window"],
    ["maxTimeToLive", "--max-time-to-live"],
    ["refusePermanent", "--refuse-permanent"],
] as const;

/** @throws `bad-input` for a flag that says again what a configuration has */
export function refuseBesideConfig(flags: object): void {
    const given = new Map(Object.entries(flags));
    const twice = IN_CONFIG.find(([key]) => given.get(key) !== undefined);
    if (twice === undefined) return;
    fail("bad-input", `${twice[1]} is in the configuration already: leave it out with --config`);
}

type ConfiguredSetup = Omit<Setup, "policyId">;

async function fromConfig(path: string, flags: SetupFlags, terminal: Terminal): Promise<readonly ConfiguredSetup[]> {
    refuseBesideConfig(flags);
    const settings = await readSettingsFile(resolve(terminal.directory, path));
    return chosen(settings, flags.membership).map((membership) => setupOf(membership, settings, flags, terminal));
}

/** Of several memberships, the one that is named; else all. @throws `bad-input` for a name that there is not */
export function chosen({ memberships }: AgentSettings, name: string | undefined): readonly MembershipSettings[] {
    if (name === undefined) return memberships;
    const found = memberships.filter((membership) => membership.name === name);
    if (found.length > 0) return found;
    const names = memberships.map((membership) => membership.name).join(", ");
    return fail("bad-input", `the configuration has no membership ${quote(name)}; there is ${names}`);
}

/** The set-up of one membership of a configuration. @throws `bad-input` */
export function setupOf(
    membership: MembershipSettings,
    settings: AgentSettings,
    flags: Pick<SetupFlags, "okta">,
    { env, directory }: Pick<Terminal, "env" | "directory">,
): ConfiguredSetup {
    const secret = (text: string) =>
        isSecretReference(text)
            ? readSecret(text, { env, readFile: (file) => readFileSync(resolve(directory, file), "utf8") })
            : text;
    const find = findingOf(membership.org, settings, { env, secret, oktaUrl: flags.okta });
    const { token, listen, form } = settings;
    const name = form === "several" ? membership.name : undefined;
    return {
        membership: name,
        zoneIds: membership.zones,
        group: membership.group,
        ruleGroups: membership.ruleGroups,
        source: parseSourceSpec(membership.source),
        rules: membership.rules,
        firstContact: membership.firstContact,
        endsSessions: membership.onRevoke === "clear-sessions",
        connection: findOkta(find),
        unused: unusedCredentials(find),
        state: folderOf(settings.state, membership.name),
        denials: settings.state,
        agent: { listen, token: () => token && secret(token), membership: name },
    };
}

function checkedId(flag: string, id: string, example: string): string {
    return /^[\w-]+$/.test(id) ? id : fail("bad-input", `${flag} "${id}" is not an id such as ${example}`);
}
