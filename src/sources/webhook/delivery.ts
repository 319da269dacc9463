import { codeNamed } from "../../core/errors/codes";
import { hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { readPush } from "../../core/grants/pushDocument";
import type { Push } from "../../core/grants/pushes";
import { MOST_BYTES } from "../document";
import { parseJson } from "../json";
import { isSigned, webhookKey } from "./signature";

/** A request to the path of the webhook, as Node gives it: names of headers in small letters. */
export interface Delivery {
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    /** Byte for byte as it came: the signature is over it. */
    readonly body: Uint8Array;
}

/** What is answered; the body is sent as JSON. */
export interface Answer {
    readonly status: number;
    readonly body: Readonly<Record<string, unknown>>;
}

/** A delivery that may be believed. */
export interface Checked {
    /** The sender's, the same whenever it sends it again. */
    readonly id: string;
    readonly push: Push;
}

/** A delivery of another time than this may be an old one that somebody sends again. Source: Standard Webhooks. */
const WINDOW_S = 5 * 60;

const { code: UNBELIEVED } = codeNamed("webhook-unsigned");

/**
 * Checks a delivery by the Standard Webhooks specification, and reads it.
 *
 *   what is wrong                                              answer
 *   longer than 32 MiB                                         413
 *   no webhook-id, -timestamp or -signature, or nonsense in it 400
 *   sent more than five minutes ago, or ahead, by our clock    400
 *   no secret can be read                                      503
 *   no signature by any secret                                 401
 *   no JSON, a key twice, no payload that there is             400
 *   all grants, and none of them usable, or only a part of all 400
 */
export function checkDelivery(
    { headers, body }: Delivery,
    secrets: readonly (() => string)[],
    { nowMs, limits }: { readonly nowMs: number; readonly limits: DocumentLimits },
): Checked | Answer {
    const problem = authenticate({ headers, body }, secrets, nowMs);
    if (problem !== undefined) return problem;
    const { id, timestamp } = signedHeaders(headers);
    const { document, problem: nonsense } = parse(body);
    if (nonsense !== undefined) return refused(400, nonsense);
    const push = readPush(document, { sentMs: Number(timestamp) * 1000, nowMs, limits });
    return "problem" in push ? refused(400, push.problem) : { id, push };
}

/** What is wrong with a delivery by its headers alone: the second and the third row of checkDelivery. */
export function screenHeaders(headers: Delivery["headers"], nowMs: number): Answer | undefined {
    const id = headers["webhook-id"];
    const timestamp = headers["webhook-timestamp"];
    const signature = headers["webhook-signature"];
    if (typeof id !== "string" || !/^[\x21-\x7e]{1,256}$/.test(id)) {
        return refused(400, "the header webhook-id is missing, or is not 1 to 256 visible characters");
    }
    if (typeof timestamp !== "string" || !/^\d{1,12}$/.test(timestamp)) {
        return refused(400, "the header webhook-timestamp is missing, or is no number of seconds since 1970");
    }
    if (typeof signature !== "string" || signature === "") {
        return refused(400, "the header webhook-signature is missing");
    }
    if (Math.abs(nowMs / 1000 - Number(timestamp)) > WINDOW_S) {
        return refused(
            400,
            `the delivery was not sent within five minutes of now, by this agent's clock [${UNBELIEVED}]`,
        );
    }
    return undefined;
}

/** What is wrong with a delivery before its body is read: all rows of checkDelivery but the last. */
export function authenticate(
    { headers, body }: Delivery,
    secrets: readonly (() => string)[],
    nowMs: number,
): Answer | undefined {
    if (body.byteLength > MOST_BYTES) return refused(413, "the body is longer than 32 MiB");
    const problem = screenHeaders(headers, nowMs);
    if (problem !== undefined) return problem;
    const keys = keysOf(secrets);
    if (keys.length === 0) return refused(503, "signatures cannot be checked now: no secret can be read");
    if (!isSigned({ ...signedHeaders(headers), body }, keys)) {
        return refused(401, `the signature is not by the secret of this agent [${UNBELIEVED}]`);
    }
    return undefined;
}

function signedHeaders(headers: Delivery["headers"]) {
    const text = (name: string) => String(headers[name] ?? "");
    return {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
    };
}

export function refused(status: number, error: string): Answer {
    return { status, body: { error } };
}

/** The keys of the secrets that can be read: while one is changed, the other one counts. */
function keysOf(secrets: readonly (() => string)[]): readonly Uint8Array[] {
    return secrets.flatMap((read) => {
        try {
            return webhookKey(read()) ?? [];
        } catch (error) {
            if (!hasCode(error, "bad-input")) throw error;
            return [];
        }
    });
}

function parse(body: Uint8Array): { readonly document?: unknown; readonly problem?: string } {
    try {
        const { document, twice } = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(body));
        if (document !== undefined) return { document };
        return { problem: twice ?? "the body is not JSON in UTF-8" };
    } catch {
        return { problem: "the body is not JSON in UTF-8" };
    }
}
