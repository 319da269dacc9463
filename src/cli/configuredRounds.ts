import { randomUUID } from "node:crypto";

import { version } from "../../package.json";
import { type DryRound, dryRun, readConfiguration } from "../agent/dryRun";
import { plainOrSecret } from "../agent/environment";
import { refuseSameOrgTwice } from "../agent/sameOrg";
import { systemClock } from "../clock";
import { sentenceOf } from "../core/errors/codes";
import { hasCode, isCoded } from "../core/errors/errors";
import { oneLine } from "../core/errors/quote";
import { changes } from "../core/membership/plan";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { untilSettled } from "./arguments/deadline";
import { describeRound } from "./describe/describeRound";
import { roundDocument } from "./describe/roundDocument";
import { chosen } from "./facts/setup";
import { keepConfigured } from "./folderLock";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface ConfiguredFlags {
    readonly config: string;
    readonly membership?: string;
    readonly okta?: string;
    readonly json?: boolean;
    /** `check`: as `plan`, with its own status where there is something to change. @default "plan" */
    readonly mode?: "plan" | "check" | "write";
    readonly confirmRemovals?: boolean;
}

/** What became of the round of one of several memberships. */
type Outcome = { readonly name: string } & (
    | { readonly round: DryRound; readonly problem?: never }
    | { readonly problem: string; readonly status: number; readonly round?: never }
);

/**
 * One round of each membership of an agent's configuration; by default only what it would do. The exit status is that of
 * `sync`; with several memberships, a failure of one does not skip the others.
 */
export async function configuredRounds(flags: ConfiguredFlags, terminal: Terminal): Promise<number> {
    const { env, directory, err, out } = terminal;
    const mode = flags.mode === "write" ? "write" : "plan";
    const settings = await readConfiguration(flags.config, terminal);
    const onWarning = (text: string) => err(`warning: ${text}`);
    const fetches = { fetch: outgoingFetch(env), directFetch: outgoingFetch({}) };
    const common = { directory, env, clock: systemClock, ...fetches, nonce: randomUUID, version, onWarning };
    const by = { oktaUrl: flags.okta, mode, isConfirmed: flags.confirmRemovals ?? false } as const;
    using _ = mode === "write" ? await keepConfigured(settings, terminal) : undefined;
    const run = (membership: (typeof settings.memberships)[number]) =>
        untilSettled((signal) => dryRun(membership, settings, { ...common, ...by, signal }));
    refuseSameOrgTwice(settings, { env, oktaUrl: flags.okta, secret: (text) => plainOrSecret(text, terminal) });
    const memberships = chosen(settings, flags.membership);
    const [only] = memberships;
    if (settings.form === "one" && only !== undefined) {
        const round = await run(only);
        out(flags.json ? JSON.stringify(dryDocument(round)) : describeDry(round, mode));
        return statusOf([round], flags.mode);
    }
    const outcomes: Outcome[] = [];
    for (const membership of memberships) {
        const { name } = membership;
        outcomes.push(await run(membership).then((round) => ({ name, round }), failed(name)));
    }
    out(
        flags.json
            ? JSON.stringify({ memberships: outcomes.map(documentOf) })
            : outcomes.map((each) => describe(each, mode)).join("\n\n"),
    );
    // What is wrong with the configuration comes first: an agent would not start with it.
    const problems = outcomes.flatMap((each) => (each.round === undefined ? each.status : []));
    if (problems.length > 0) return Math.max(...problems);
    return statusOf(
        outcomes.flatMap(({ round }) => round ?? []),
        flags.mode,
    );
}

function statusOf(rounds: readonly DryRound[], mode: ConfiguredFlags["mode"]): number {
    const isDue = ({ zones, group }: DryRound) =>
        zones.some(changes) || (group !== undefined && group.add.length + group.remove.length > 0);
    if (mode === "check" && rounds.some(isDue)) return STATUS.changes;
    return rounds.some(({ refused }) => refused.length > 0) ? STATUS.refused : STATUS.done;
}

function failed(name: string) {
    return (error: unknown): Outcome => {
        if (!isCoded(error)) throw error;
        return { name, problem: sentenceOf(error), status: hasCode(error, "bad-input") ? STATUS.wrong : STATUS.failed };
    };
}

function documentOf({ name, round, problem }: Outcome): object {
    return round === undefined ? { name, error: problem } : { name, ...dryDocument(round) };
}

function describe({ name, round, problem }: Outcome, mode: "plan" | "write"): string {
    return `Membership ${name}\n${round === undefined ? `cannot be kept: ${problem}` : describeDry(round, mode)}`;
}

function dryDocument({ group, ...round }: DryRound): object {
    return { ...roundDocument(round), ...(group !== undefined && { group }) };
}

function describeDry({ group, ...round }: DryRound, mode: "plan" | "write"): string {
    const text = describeRound(round, mode);
    if (group === undefined) return text;
    const { id, add, remove, held } = group;
    const outcome = add.length + remove.length === 0 ? "nothing to change" : "would change";
    return [
        text,
        `Group ${id}: ${outcome}`,
        ...add.map((name) => `  + ${oneLine(name)}`),
        ...remove.map((name) => `  - ${oneLine(name)}`),
        ...held.map(
            (name) => `  = ${oneLine(name)}: no grant explains the membership; it is held until it is confirmed`,
        ),
    ].join("\n");
}
