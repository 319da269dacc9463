import { systemClock } from "../clock";
import { examine, type Finding } from "../core/doctor/examine";
import { fail } from "../core/errors/errors";
import { NO_MEMORY } from "../core/membership/memory";
import { parseRules } from "../core/membership/rules";
import { findOkta, unusedCredentials } from "../okta/connection";
import { oktaHttp } from "../okta/http";
import { fetchForOkta, wayTo } from "../outgoing/outgoingFetch";
import { openSource } from "../sources/open";
import { parseSourceSpec } from "../sources/spec";
import { untilSettled } from "./deadline";
import { describeFindings } from "./describeFindings";
import { gatherFacts } from "./facts/gatherFacts";
import { type MembershipFlags, withStack } from "./stackFlags";
import { denialsIn, distinct, memoryIn, readSelector } from "./sync";
import { STATUS, type Terminal } from "./terminal";

export interface DoctorFlags extends MembershipFlags {
    readonly policy?: string;
    readonly writeTest?: boolean;
    readonly state?: string;
    readonly okta?: string;
    readonly json?: boolean;
}

/** The doctor looks once, and says that the rate limit is used up rather than wait for it. */
const PATIENCE_MS = 2_000;

/**
 * Looks at everything that has to be right for grants to have an effect. Reads
 * only, but for `--write-test`. The status is that of a failure where a check
 * fails.
 */
export async function doctor(given: DoctorFlags, terminal: Terminal): Promise<number> {
    const flags = await withStack(given, terminal);
    const zoneIds = distinct(flags.zone ?? []).map((id) => checkedId("--zone", id, "nzo1a2b3c4d5e6f7g8h9"));
    const policyId =
        flags.policy === undefined ? undefined : checkedId("--policy", flags.policy, "rst1a2b3c4d5e6f7g8h9");
    if (flags.writeTest && zoneIds.length === 0) fail("bad-input", "--write-test needs the zone to write: --zone ID");
    if (flags.source !== undefined && zoneIds.length === 0) {
        fail("bad-input", "--source needs the zones that its grants are for: --zone ID");
    }
    const { env, directory } = terminal;
    const rules = parseRules({
        staticGateways: flags.static,
        deny: flags.deny,
        selector: readSelector(flags.selector ?? []),
        widestPrefix: flags.widestPrefix,
        maxRemovals: flags.maxRemovals,
        allowUnroutable: flags.allowUnroutable,
    });
    const spec = flags.source === undefined ? undefined : parseSourceSpec(flags.source);
    const url = flags.okta === undefined ? {} : { url: flags.okta };
    const find = { config: () => undefined, nameOf: () => undefined, env, ...url };
    const connection = findOkta(find);
    const http = oktaHttp({
        connection,
        fetch: fetchForOkta(connection, env),
        ...systemClock,
        maxThrottleWaitMs: PATIENCE_MS,
    });
    const lookAtWay = () => wayTo(connection, env);
    const { widestPrefix, allowUnroutable } = rules;
    const limits = { widestPrefix, allowUnroutable };
    const opening = { directory, env, ...systemClock, limits, okta: http };
    const source = spec === undefined ? undefined : openSource(spec, opening);
    const findings = await untilSettled(async (signal) => {
        const isWriteTest = flags.writeTest ?? false;
        const { state } = flags;
        const remembered = state === undefined ? undefined : await memoryIn(state, terminal, "read").read();
        const denials = state === undefined ? [] : await denialsIn(state, terminal);
        // As `sync --state`: a folder without a memory is first contact.
        const memory = state === undefined ? undefined : (remembered?.memory ?? NO_MEMORY);
        const asked = { zoneIds, policyId, source, rules, isWriteTest, memory, denials };
        const credential = { ...connection, unused: unusedCredentials(find) };
        return examine(await gatherFacts({ ...asked, ...credential, http, lookAtWay, clock: systemClock, signal }));
    }).finally(() => source?.close?.());
    terminal.out(flags.json ? JSON.stringify(document(findings)) : describeFindings(findings));
    return findings.some(isFailure) ? STATUS.failed : STATUS.done;
}

/** The promised shape of `--json`. */
function document(findings: readonly Finding[]) {
    return {
        checks: findings.map(({ code, name, status, detail, remedy }) => ({ code, name, status, detail, remedy })),
    };
}

function isFailure({ status }: Finding): boolean {
    return status === "fail";
}

/** An id that is none is a slip in the call, not something to find out about Okta. */
function checkedId(flag: string, id: string, example: string): string {
    return /^[\w-]+$/.test(id) ? id : fail("bad-input", `${flag} "${id}" is not an id such as ${example}`);
}
