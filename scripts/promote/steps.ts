import { mkdir } from "node:fs/promises";

import { compareStacks } from "./compareStacks";
import { compareDeployed } from "./deployed";
import { compareRecord, digest, planIn, readRecord, writeRecord } from "./record";
import { readStackFile } from "./stackFile";
import type { Ended, Tools } from "./tools";

export interface Promotion {
    /** The stack that was tried. */
    readonly from: string;
    /** The stack that gets the same. */
    readonly to: string;
    /** Where the plan and its record are. */
    readonly folder: string;
    /** The checkout. */
    readonly directory: string;
    readonly tools: Tools;
}

/** How a step ended. */
export interface Outcome {
    /** Why it was refused, each reason a sentence; none when it was done. */
    readonly findings: readonly string[];
    /** What was done. */
    readonly done: string;
}

const PACK = ["--policy-pack", "policies"];

/** Live grants are not a change of the deployment: each of them would count as one. */
const BUT_MEMBERSHIP = ["--exclude", "**ZoneMembership::*"];

/**
 * Whether production may get what preview runs: the files differ only in what
 * may, preview runs this very commit, and nothing is pending there.
 *
 * Needs the state and the credentials of `from` only.
 */
export async function check({ from, to, directory, tools }: Promotion): Promise<Outcome> {
    const files = await Promise.all([from, to].map((stack) => readStackFile(directory, stack)));
    const [fromFile, toFile] = files as [(typeof files)[0], (typeof files)[0]];
    const checkout = await tools.checkout();
    const findings = [
        ...compareStacks(fromFile, toFile),
        ...compareDeployed(from, await tools.history(from), checkout),
    ];
    const done = `${from} runs ${checkout.commit} with nothing pending: ${to} may be planned`;
    if (findings.length > 0) return { findings, done };
    const ended = await tools.pulumi(["preview", "--stack", from, "--expect-no-changes", ...BUT_MEMBERSHIP]);
    return { findings: pending(from, ended), done };
}

/** Pulumi says so on stderr; its exit status says it in newer versions only. */
function pending(stack: string, { status, stderr }: Ended): string[] {
    if (status === 0) return [];
    if (/no changes were expected.*changes were proposed/.test(stderr)) {
        return [`${stack} has changes pending: deploy it, or see who changed its org`];
    }
    throw new Error(`pulumi could not preview ${stack}`);
}

/** Saves the plan of production, for review; writes nothing in Okta. */
export async function plan({ from, to, folder, directory, tools }: Promotion): Promise<Outcome> {
    const [fromFile, toFile] = [await readStackFile(directory, from), await readStackFile(directory, to)];
    const checkout = await tools.checkout();
    const done = `the plan of ${to} from ${checkout.commit} is in ${folder}`;
    const findings = [
        ...compareStacks(fromFile, toFile),
        ...(checkout.dirty ? ["the checkout has changes that are not committed"] : []),
    ];
    if (findings.length > 0) return { findings, done };
    await mkdir(folder, { recursive: true });
    const last = await tools.history(to);
    const { status } = await tools.pulumi(["preview", "--stack", to, "--diff", "--save-plan", planIn(folder), ...PACK]);
    if (status !== 0) throw new Error(`pulumi could not plan ${to}`);
    await writeRecord(folder, { stack: to, commit: checkout.commit, after: last?.startedAt ?? null });
    return { findings: [], done };
}

/**
 * Carries out the saved plan and nothing else. Pulumi compares the plan with
 * what there is in a preview of its own first, so a stale one writes nothing.
 */
export async function apply({ to, folder, tools }: Promotion): Promise<Outcome> {
    const record = await readRecord(folder);
    const now = { checkout: await tools.checkout(), last: await tools.history(to), sha256: await digest(folder) };
    const done = `${to} runs ${record.commit}`;
    const findings = [
        ...(record.stack === to ? [] : [`the plan is of ${record.stack}, and not of ${to}`]),
        ...compareRecord(record, now),
    ];
    if (findings.length > 0) return { findings, done };
    const ended = await tools.pulumi(["up", "--stack", to, "--yes", "--plan", planIn(folder), ...PACK]);
    if (/violates plan|expected resource operations/.test(ended.stdout + ended.stderr)) {
        return { findings: [`the plan is stale: ${to} or its org changed since; make and review a new one`], done };
    }
    if (ended.status !== 0) throw new Error(`pulumi could not deploy ${to}`);
    return { findings: [], done };
}
