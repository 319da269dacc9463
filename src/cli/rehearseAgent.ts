import { randomUUID } from "node:crypto";

import { version } from "../../package.json";
import { type DryRound, dryRun, readConfiguration } from "../agent/dryRun";
import { plainOrSecret } from "../agent/environment";
import { refuseSameOrgTwice } from "../agent/sameOrg";
import { systemClock } from "../clock";
import { sentenceOf } from "../core/errors/codes";
import { hasCode, isCoded } from "../core/errors/errors";
import { oneLine } from "../core/errors/quote";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { untilSettled } from "./arguments/deadline";
import { describeRound } from "./describe/describeRound";
import { roundDocument } from "./describe/roundDocument";
import { chosen } from "./facts/setup";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface RehearseFlags {
    readonly config: string;
    readonly membership?: string;
    readonly okta?: string;
    readonly json?: boolean;
}

/** What became of the dry run of one of several memberships. */
type Outcome = { readonly name: string } & (
    | { readonly round: DryRound; readonly problem?: never }
    | { readonly problem: string; readonly status: number; readonly round?: never }
);

/**
 * Prints what the first round of an agent would do. The exit status is that of `sync --dry-run`; with several memberships,
 * a failure of one does not skip the others.
 */
export async function rehearseAgent(flags: RehearseFlags, terminal: Terminal): Promise<number> {
    const { env, directory, err, out } = terminal;
    const settings = await readConfiguration(flags.config, terminal);
    const onWarning = (text: string) => err(`warning: ${text}`);
    const fetches = { fetch: outgoingFetch(env), directFetch: outgoingFetch({}) };
    const common = { directory, env, clock: systemClock, ...fetches, nonce: randomUUID, version, onWarning };
    const run = (membership: (typeof settings.memberships)[number]) =>
        untilSettled((signal) => dryRun(membership, settings, { ...common, oktaUrl: flags.okta, signal }));
    refuseSameOrgTwice(settings, { env, oktaUrl: flags.okta, secret: (text) => plainOrSecret(text, terminal) });
    const memberships = chosen(settings, flags.membership);
    const [only] = memberships;
    if (settings.form === "one" && only !== undefined) {
        const round = await run(only);
        out(flags.json ? JSON.stringify(dryDocument(round)) : describeDry(round));
        return round.refused.length > 0 ? STATUS.refused : STATUS.done;
    }
    const outcomes: Outcome[] = [];
    for (const membership of memberships) {
        const { name } = membership;
        outcomes.push(await run(membership).then((round) => ({ name, round }), failed(name)));
    }
    out(flags.json ? JSON.stringify({ memberships: outcomes.map(documentOf) }) : outcomes.map(describe).join("\n\n"));
    // What is wrong with the configuration comes first: an agent would not start with it.
    const problems = outcomes.flatMap((each) => (each.round === undefined ? each.status : []));
    if (problems.length > 0) return Math.max(...problems);
    return outcomes.some(({ round }) => round !== undefined && round.refused.length > 0) ? STATUS.refused : STATUS.done;
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

function describe({ name, round, problem }: Outcome): string {
    return `Membership ${name}\n${round === undefined ? `cannot be kept: ${problem}` : describeDry(round)}`;
}

function dryDocument({ group, ...round }: DryRound): object {
    return { ...roundDocument(round), ...(group !== undefined && { group }) };
}

function describeDry({ group, ...round }: DryRound): string {
    const text = describeRound(round, "plan");
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
