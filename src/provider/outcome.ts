import { sentenceOf } from "../core/errors/codes";
import { hasCode, isCoded } from "../core/errors/errors";

/** No method of a provider takes longer, waits for Okta's rate limit included. */
export const DEADLINE_MS = 180_000;

/** What the call gives, or undefined where Okta no longer has the zone. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (hasCode(error, "zone-missing")) return undefined;
        throw error;
    }
}

/**
 * A write that Okta took but that cannot be seen yet is no failure to create:
 * told so, Pulumi keeps the state and updates it in the next run.
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

/** What check says of inputs that it made, or of the reason why it could not: one line, and no stack. */
export async function checkedInputs<Inputs>(make: () => Promise<Inputs>) {
    try {
        return { inputs: await make() };
    } catch (error) {
        if (!isCoded(error)) throw error;
        return { failures: [{ property: "", reason: sentenceOf(error) }] };
    }
}

/**
 * Pulumi prints the stack of an error that diff, read or delete throws; for one that people can mend, a sentence
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
