import { resolve } from "node:path";

import { openCheckedClock, zonesInTime } from "../checkedClock";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { httpZones } from "../okta/zones/httpZones";
import { zoneLock } from "../okta/zones/zoneLock";
import { type Round, reconcile } from "../reconcile";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/spec";
import { openAgentDenials } from "./denials/open";
import { type Environment, plainOrSecret } from "./environment";
import { agentMemory } from "./memory/agentMemory";
import { readSettingsFile } from "./settingsFile";

export interface DryRunOptions extends Environment {
    /** The configuration; a relative path is relative to the directory. */
    readonly config: string;
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    /** Hears what somebody should know of, in a sentence. */
    readonly onWarning: (sentence: string) => void;
    readonly signal: AbortSignal;
}

/**
 * What the first round of an agent would do with this configuration and its state folder: nothing is written, and no
 * lead is asked for.
 *
 * @throws `bad-input`, `source-unreadable`, `okta-*`, `zone-*`
 */
export async function dryRun(options: DryRunOptions): Promise<Round> {
    const { directory, env, clock, onWarning, signal } = options;
    const settings = await readSettingsFile(resolve(directory, options.config));
    const url = options.oktaUrl ?? settings.okta.url;
    const connection = findOkta({
        config: (key) => settings.okta[key] && plainOrSecret(settings.okta[key], options),
        nameOf: (key) => `okta.${key}`,
        env,
        ...(url !== undefined && { url }),
    });
    const time = openCheckedClock(clock);
    const asking = connection.isHttpProxy ? (options.directFetch ?? options.fetch) : options.fetch;
    const okta = oktaHttp({ connection, ...time, fetch: time.hearing(asking), onWait: onWarning });
    const { widestPrefix, allowUnroutable } = settings.rules;
    const limits = { widestPrefix, allowUnroutable };
    const opening = { directory, env, ...time, limits, okta, state: settings.state };
    const source = openSource(parseSourceSpec(settings.source), opening);
    const denials = await openAgentDenials(settings, options);
    return reconcile({
        source,
        zones: zonesInTime(httpZones(okta), time, onWarning),
        lock: zoneLock(),
        zoneIds: settings.zones,
        rules: settings.rules,
        firstContact: settings.firstContact,
        denials: denials.list(),
        memory: agentMemory(settings, { directory, clock: time, onWarning, mode: "read" }),
        clock: time,
        signal,
        mode: "plan",
    }).finally(() => source.close?.());
}
