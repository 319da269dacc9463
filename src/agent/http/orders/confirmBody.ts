import { z } from "zod";
import { sameMembers } from "../../../core/sets";

import { heldDigest } from "../../page/heldDigest";
import { objectIn, oneLine } from "./jsonBody";

/** A confirmation as it was sent. */
export interface Confirmation {
    /** Whether a list is the one that the caller saw; undefined: whatever is held now. */
    readonly isSeen: ((held: readonly string[]) => boolean) | undefined;
    /** The membership; undefined: all. */
    readonly membership: string | undefined;
    readonly by: string | undefined;
    readonly reason: string | undefined;
}

const text = (longest: number) => z.string().transform(oneLine).pipe(z.string().min(1).max(longest)).optional();

const JSON_BODY = z.strictObject({
    held: z.array(z.string()).optional(),
    membership: text(63),
    by: text(200),
    reason: text(500),
});

const SHAPE = '{"held": ["203.0.113.7/32"], "by": "NAME", "reason": "WHY"}';

/** Reads `{"held": ["203.0.113.7/32", …], "by": "mia", "reason": "INC-7"}`, in which every field is optional. */
export function readConfirmation(body: unknown): Confirmation | { readonly problem: string } {
    const read = objectIn(body, SHAPE);
    if ("problem" in read) return read;
    const { data } = JSON_BODY.safeParse(read.object);
    if (data === undefined) return { problem: `the body is not ${SHAPE}` };
    const { held, membership, by, reason } = data;
    return { isSeen: held && ((now) => sameMembers(held, now)), membership, by, reason };
}

/** The fields of the form on the status page. */
export interface ConfirmationForm {
    readonly token: string;
    read(): Confirmation | { readonly problem: string };
}

/**
 * Reads the fields `token`, `seen` (see heldDigest), `by`, `reason` and `membership`, form-encoded; the last two may be
 * missing.
 */
export function readConfirmationForm(body: unknown): ConfirmationForm {
    const fields = new URLSearchParams(Buffer.isBuffer(body) ? body.toString("utf8") : "");
    const field = (name: string) => oneLine(fields.get(name) ?? "");
    return {
        token: fields.get("token")?.trim() ?? "",
        read() {
            const [seen, by, reason] = [field("seen"), field("by"), field("reason")];
            if (seen === "") return { problem: "the form does not say what was seen: send it from the status page" };
            if (by === "" || by.length > 200) return { problem: "say who you are, in up to 200 characters" };
            if (reason.length > 500) return { problem: "the reason is longer than 500 characters" };
            return {
                isSeen: (now) => seen === heldDigest(now),
                membership: field("membership") || undefined,
                by,
                reason: reason || undefined,
            };
        },
    };
}
