import { version } from "@pulumi/okta/package.json";

import { systemClock } from "../clock";
import { type Adoption, adoptZone, type ForeignZone } from "../core/adopting/adopt";
import { importFile } from "../core/adopting/adoptImport";
import { expiringGrants } from "../core/adopting/expiring";
import { fail, isCoded } from "../core/errors/errors";
import type { Grant } from "../core/grants/grants";
import type { Reading } from "../core/grants/grantsDocument";
import { isSelected } from "../core/grants/selection";
import { parseRules, type Rules } from "../core/membership/rules";
import { findOkta } from "../okta/connection";
import { type OktaHttp, oktaHttp } from "../okta/http";
import { readOrganization } from "../okta/org";
import { httpPolicies } from "../okta/policies";
import { httpZones } from "../okta/zones/httpZones";
import type { Zone } from "../okta/zones/zones";
import { fetchForOkta } from "../outgoing/outgoingFetch";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/settings/parseSource";
import type { SourceSpec } from "../sources/settings/sourceSpec";
import { untilSettled } from "./arguments/deadline";
import { readSelector } from "./arguments/zonesAndSelector";
import { describeAdoption } from "./describe/describeAdopt";
import { describeWriters } from "./describe/describeWriters";
import { type NamingRules, rulesNaming } from "./facts/rulesNaming";
import { selectedStack } from "./stack/selectedStack";
import { stackMembership } from "./stack/stackMembership";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface AdoptFlags {
    readonly zoneId: string;
    /** @default the selected one, where the Pulumi CLI can say which, else dev */
    readonly stack?: string;
    /** Entries without a grant become grants that end after this time, such as `8h`. @default static gateways */
    readonly expireIn?: string;
    readonly name: string;
    readonly source?: string;
    readonly selector?: readonly string[];
    readonly deny?: readonly string[];
    readonly widestPrefix?: string;
    readonly allowUnroutable?: boolean;
    readonly okta?: string;
    readonly json?: boolean;
}

const NO_RULES: NamingRules = { rules: [] };

/** The only rule that names the zone; of several, a person has to choose the one of the stack. */
function ruleIn({ rules: [only, ...others] }: NamingRules) {
    return only === undefined || others.length > 0 ? {} : { policyId: only.policyId, ruleId: only.rule.id };
}

const NOBODY: Reading = { grants: [], unusable: [] };

/**
 * Prints how to bring a zone under Zonekeeper, and writes nothing. The
 * status is that of something refused where somebody has to decide first, or
 * where a grant finds no room.
 */
export async function adopt(flags: AdoptFlags, terminal: Terminal): Promise<number> {
    const { zoneId, name, okta } = flags;
    const stack = flags.stack ?? (await selectedStack(terminal)) ?? "dev";
    checkName("--stack", stack, /^[\w.-]+(\/[\w.-]+){0,2}$/, "dev");
    checkName("--name", name, /^\w[\w.-]*$/, "access");
    const { deny, widestPrefix, allowUnroutable } = flags;
    const given = {
        ...(flags.selector && { selector: readSelector(flags.selector) }),
        ...(deny && { deny }),
        ...(widestPrefix && { widestPrefix }),
        ...(allowUnroutable && { allowUnroutable }),
    };
    const rules = parseRules(given);
    const spec = flags.source === undefined ? undefined : parseSourceSpec(flags.source);
    const http = openOkta(flags, terminal);
    const zones = httpZones(http);
    const [{ grants, unusable }, zone, naming, orgId] = await untilSettled(async (signal) => [
        await readGrants(spec, rules, { terminal, http }, signal),
        suited(await zones.read(zoneId, signal)),
        flags.json ? NO_RULES : await rulesNaming(httpPolicies(http), zoneId, signal),
        flags.json ? undefined : await orgIdOf(http, signal),
    ]);
    const selected = grants.filter((grant) => isSelected(grant, rules.selector));
    const foreign = foreignZone(zone);
    const nowMs = systemClock.now();
    const judge = (granted: readonly Grant[]) => adoptZone({ zone: foreign, grants: granted, nowMs, deny: rules.deny });
    const asItIs = judge(selected);
    const expiring = expiringOf(flags, asItIs, rules, nowMs);
    const adoption = expiring.length === 0 ? asItIs : judge([...selected, ...expiring.map(({ read }) => read)]);
    if (flags.json) {
        terminal.out(JSON.stringify(importFile({ zoneId, name, version }), undefined, 4));
        for (const decision of adoption.decisions) terminal.err(`zonekeeper: decide first: ${decision}`);
    } else {
        const org = orgId === undefined ? {} : { orgId };
        const settings = { ...adoption.settings, ...ruleIn(naming), ...given, ...(spec && { source: spec }), ...org };
        const kept = { zoneId, source: flags.source, adoption, rules: given, okta };
        const keepers = describeWriters({ ...kept, stack: await stackMembership(terminal.directory, stack) });
        const written = expiring.map((each) => each.written);
        const said = {
            unusable,
            settings,
            stack,
            name,
            okta,
            keepers,
            expiring: { written, into: flags.source ?? "" },
            naming,
        };
        terminal.out(describeAdoption({ zone: foreign, adoption, ...said }));
    }
    return adoption.decisions.length + adoption.refused.length > 0 ? STATUS.refused : STATUS.done;
}

/** The stack then writes to no other org. Undefined where Okta does not say it in the form that the setting has. */
async function orgIdOf(http: OktaHttp, signal: AbortSignal): Promise<string | undefined> {
    const known = await readOrganization(http, signal).catch((error: unknown) => {
        if (!isCoded(error)) throw error;
        return undefined;
    });
    return known !== undefined && /^00o\w{17}$/.test(known.id) ? known.id : undefined;
}

/** Grants with an end for entries without a grant, with `--expire-in`. */
function expiringOf({ expireIn, source, selector }: AdoptFlags, adoption: Adoption, rules: Rules, nowMs: number) {
    if (expireIn === undefined) return [];
    const lastsMs = readDuration(expireIn);
    if (source === undefined) fail("bad-input", "--expire-in needs --source: the grants document that gets the grants");
    const { widestPrefix, allowUnroutable } = rules;
    const labels = readSelector(selector ?? []);
    return expiringGrants(adoption.gateways, {
        endMs: nowMs + lastsMs,
        labels,
        limits: { widestPrefix, allowUnroutable },
    });
}

function readDuration(text: string): number {
    const [, digits, unit = ""] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
    const ms = { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
    if (digits === undefined || ms === undefined) {
        return fail("bad-input", `--expire-in "${text}" is not a time such as 90m, 8h or 7d`);
    }
    return Number(digits) * ms;
}

function openOkta({ okta }: AdoptFlags, { env, err }: Terminal): OktaHttp {
    const url = okta === undefined ? {} : { url: okta };
    const connection = findOkta({ config: () => undefined, nameOf: () => undefined, env, ...url });
    return oktaHttp({ connection, fetch: fetchForOkta(connection, env), ...systemClock, onWait: err });
}

/** @throws `zone-unfit` */
function suited(zone: Zone): Zone {
    if (zone.usage === "POLICY") return zone;
    const what = `zone ${zone.id} "${zone.name}" is a BLOCKLIST: Okta refuses requests from inside it`;
    return fail("zone-unfit", `${what}, and Zonekeeper lets them in; name a zone whose usage is POLICY`);
}

/** Empty if no source is given. */
async function readGrants(
    spec: SourceSpec | undefined,
    { widestPrefix, allowUnroutable }: Rules,
    { terminal, http }: { readonly terminal: Terminal; readonly http: OktaHttp },
    signal: AbortSignal,
) {
    if (spec === undefined) return NOBODY;
    const { env, directory } = terminal;
    const limits = { widestPrefix, allowUnroutable };
    const source = openSource(spec, { directory, env, ...systemClock, limits, okta: http });
    return source.read(signal).finally(() => source.close?.());
}

/** With its proxies as Okta has them, since the program has to say the same. */
function foreignZone({ id, name, status, gateways, document }: Zone): ForeignZone {
    const proxies = (document.proxies ?? []) as readonly { readonly value: string }[];
    return { id, name, status, gateways, proxies: proxies.map(({ value }) => value) };
}

/** The names end up in commands and in Pulumi's state. */
function checkName(flag: string, text: string, pattern: RegExp, example: string): void {
    if (!pattern.test(text)) fail("bad-input", `${flag} "${text}" is not a name such as ${example}`);
}
