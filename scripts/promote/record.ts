import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import { fail } from "../../src/core/errors/errors";
import type { Checkout, LastDeployment } from "./deployed";

/** What a saved plan was made from: it lies beside the plan. */
export interface PlanRecord {
    readonly stack: string;
    readonly commit: string;
    /** Of the plan's bytes, in hexadecimal. */
    readonly sha256: string;
    /** When the deployment began that the plan starts from; none for a stack that was never deployed. */
    readonly after: string | null;
}

const SCHEMA = z.object({
    stack: z.string(),
    commit: z.string(),
    sha256: z.string(),
    after: z.string().nullable(),
});

export function planIn(folder: string): string {
    return join(folder, "plan.json");
}

export async function writeRecord(folder: string, facts: Omit<PlanRecord, "sha256">): Promise<void> {
    const record: PlanRecord = { ...facts, sha256: await digest(folder) };
    await writeFile(join(folder, "record.json"), `${JSON.stringify(record, null, 4)}\n`);
}

/** @throws `bad-input` where no plan was saved */
export async function readRecord(folder: string): Promise<PlanRecord> {
    const text = await readFile(join(folder, "record.json"), "utf8").catch(() =>
        fail("bad-input", `there is no plan in ${folder}: make one with \`npm run promote -- plan\``),
    );
    try {
        return SCHEMA.parse(JSON.parse(text));
    } catch {
        return fail("bad-input", `record.json in ${folder} is not what \`npm run promote -- plan\` writes`);
    }
}

/**
 * Why a saved plan may not be carried out any more, each reason a sentence.
 *
 * @param last Of the stack that the plan is for.
 * @param sha256 Of the plan as it is now.
 */
export function compareRecord(
    record: PlanRecord,
    now: { readonly checkout: Checkout; readonly last: LastDeployment | undefined; readonly sha256: string },
): string[] {
    const { checkout, last, sha256 } = now;
    return [
        ...(checkout.dirty ? ["the checkout has changes that are not committed"] : []),
        ...(checkout.commit === record.commit
            ? []
            : [`the plan was made from ${record.commit}, and this is ${checkout.commit}`]),
        ...(sha256 === record.sha256 ? [] : ["the plan is not the one that was made"]),
        ...((last?.startedAt ?? null) === record.after
            ? []
            : [`${record.stack} was deployed since the plan was made, at ${last?.startedAt ?? "an unknown time"}`]),
    ];
}

export async function digest(folder: string): Promise<string> {
    return createHash("sha256")
        .update(await readFile(planIn(folder)))
        .digest("hex");
}
