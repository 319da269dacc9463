import { sentenceOf } from "../core/errors/codes";
import { hasCode, isCoded } from "../core/errors/errors";

/** The time-out of each method of a provider, including waits for Okta's rate limit. */
export const DEADLINE_MS = 180_000;

/** The result of the call; undefined if the zone no longer exists. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (hasCode(error, "zone-missing")) return undefined;
        throw error;
    }
}

/**
 * Reports an accepted write that is not visible yet in a form in which Pulumi keeps
 * the state, and updates it in the next run.
 */
export async function settled(id: string, outs: object, work: Promise<unknown>): Promise<void> {
    try {
        await work;
    } catch (error) {
        if (!hasCode(error, "write-unverified")) throw error;
        const sentence = sentenceOf(error);
        throw Object.assign(new Error(sentence), { id, properties: outs, reasons: [sentence] });
    }
}

/** The result of check: the inputs, or the reason why there are none, in one line without a stack trace. */
export async function checkedInputs<Inputs>(make: () => Promise<Inputs>) {
    try {
        return { inputs: await make() };
    } catch (error) {
        if (!isCoded(error)) throw error;
        return { failures: [{ property: "", reason: sentenceOf(error) }] };
    }
}

/**
 * Pulumi prints the stack trace of an error that diff, read or delete throws; for an expected error, a sentence
 * with its stable code is enough.
 */
export async function inOneLine<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (isCoded(error)) Object.assign(error, { message: sentenceOf(error), stack: "" });
        throw error;
    }
}
