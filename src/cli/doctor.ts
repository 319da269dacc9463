import { systemClock } from "../clock";
import { examine, type Finding } from "../core/doctor/examine";
import { stackDifferences } from "../core/doctor/stack";
import { fail } from "../core/errors/errors";
import { NO_MEMORY } from "../core/membership/memory";
import { type OktaHttp, oktaHttp } from "../okta/http";
import { fetchForOkta, outgoingFetch, wayTo } from "../outgoing/outgoingFetch";
import { openSource } from "../sources/open";
import { stackOutputs } from "../stackOutputs";
import { untilSettled } from "./arguments/deadline";
import { describeFindings } from "./describe/describeFindings";
import { askAgent } from "./facts/askAgent";
import { type GatherOptions, gatherFacts } from "./facts/gatherFacts";
import { readSetups, type Setup, type SetupFlags } from "./facts/setup";
import { withStack } from "./stack/stackFlags";
import { denialsIn, memoryIn } from "./stateFolder";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface DoctorFlags extends SetupFlags {
    readonly writeTest?: boolean;
    readonly zoneName?: readonly string[];
}

/** The doctor does not wait for the rate limit, but reports that it is used up. */
const PATIENCE_MS = 2_000;

/**
 * Checks everything that has to be right for grants to have an effect. Reads
 * only, but for `--write-test`. The status is that of a failure where a check
 * fails.
 */
export async function doctor(given: DoctorFlags, terminal: Terminal): Promise<number> {
    // With a configuration, the stack is what that is compared with.
    const { stack: name, ...alone } = given;
    const flags = given.config === undefined ? await withStack(given, terminal) : alone;
    const { writeTest: isWriteTest = false, zoneName: zoneNames = [] } = flags;
    checkNamed(flags);
    const setups = await readSetups(flags, terminal);
    const found: Examined[] = [];
    for (const setup of setups) {
        const stack = given.config === undefined ? undefined : await compared(name, setup, terminal);
        found.push({
            membership: setup.membership,
            findings: await findingsOf(setup, { isWriteTest, zoneNames, stack }, terminal),
        });
    }
    const findings = found.flatMap((each) => each.findings);
    terminal.out(flags.json ? JSON.stringify(document(found)) : found.map(described).join("\n\n"));
    return findings.some(isFailure) ? STATUS.failed : STATUS.done;
}

/** What was found of a membership. */
interface Examined {
    /** Where the configuration has a list of them. */
    readonly membership: string | undefined;
    readonly findings: readonly Finding[];
}

function described({ membership, findings }: Examined): string {
    const heading = membership === undefined ? "" : `Membership ${membership}\n\n`;
    return heading + describeFindings(findings);
}

async function findingsOf(
    setup: Setup,
    besides: Pick<GatherOptions, "isWriteTest" | "zoneNames" | "stack">,
    terminal: Terminal,
): Promise<readonly Finding[]> {
    const { connection, source: spec } = setup;
    const http = oktaHttp({
        connection,
        fetch: fetchForOkta(connection, terminal.env),
        ...systemClock,
        maxThrottleWaitMs: PATIENCE_MS,
    });
    const source = spec === undefined ? undefined : openSource(spec, openingOf(setup, http, terminal));
    return untilSettled(async (signal) => {
        const asked = { ...setup, ...(await remembered(setup, terminal)), source, ...besides };
        const credential = { credential: connection.credential, lookAtWay: () => wayTo(connection, terminal.env) };
        const agent = setup.agent && (await askAgent({ ...setup.agent, fetch: outgoingFetch({}), signal }));
        return examine(await gatherFacts({ ...asked, ...credential, agent, http, clock: systemClock, signal }));
    }).finally(() => source?.close?.());
}

async function compared(name: string | undefined, setup: Setup, terminal: Terminal) {
    if (name === undefined) return undefined;
    return { name, differences: stackDifferences(setup, await stackOutputs(name, terminal)) };
}

/** Refuses options that need a zone without one. @throws `bad-input` */
function checkNamed({ zone = [], config, writeTest, source }: DoctorFlags): void {
    if (zone.length > 0 || config !== undefined) return;
    if (writeTest) fail("bad-input", "--write-test needs the zone to write: --zone ID");
    if (source !== undefined) fail("bad-input", "--source needs the zones that its grants are for: --zone ID");
}

function openingOf({ rules, source, state }: Setup, okta: OktaHttp, { env, directory }: Terminal) {
    const { widestPrefix, allowUnroutable } = rules;
    // The log source would write there how far it has read; pushes are nowhere else.
    const folder = source?.type === "webhook" && state !== undefined ? { state } : {};
    return { directory, env, ...systemClock, limits: { widestPrefix, allowUnroutable }, okta, ...folder };
}

/** What an agent or `sync --state` keeps in the state folder. As there, one without a memory is first contact. */
async function remembered({ state, denials }: Setup, terminal: Terminal) {
    if (state === undefined || denials === undefined) return { memory: undefined, denials: [] };
    const { memory = NO_MEMORY } = (await memoryIn(state, terminal, "read").read()) ?? {};
    return { memory, denials: await denialsIn(denials, terminal) };
}

/** The promised shape of `--json`. */
function document(found: readonly Examined[]) {
    return {
        checks: found.flatMap(({ membership, findings }) =>
            findings.map(({ code, name, status, detail, remedy }) => {
                const of = membership === undefined ? {} : { membership };
                return { ...of, code, name, status, detail, remedy };
            }),
        ),
    };
}

function isFailure({ status }: Finding): boolean {
    return status === "fail";
}
