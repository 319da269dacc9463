import { codeNamed } from "../../core/errors/codes";
import { hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { readingPush } from "../../core/grants/pushDocument";
import type { Push } from "../../core/grants/pushes";
import { MOST_BYTES, SMALL_JSON } from "../document/document";
import { parseInThread } from "../document/documentThread";
import { DEEPEST_BODY, parseBody } from "../document/json";
import { inSlices } from "../slices";
import { signing, webhookKey } from "./signature";

/** A request to the path of the webhook, as Node gives it: names of headers in small letters. */
export interface Delivery {
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    /** The exact bytes of the body, over which the signature is computed. */
    readonly body: Uint8Array;
}

/** An answer; the body is sent as JSON. */
export interface Answer {
    readonly status: number;
    readonly body: Readonly<Record<string, unknown>>;
}

/** A delivery whose signature is valid. */
export interface Checked {
    /** The sender's, the same whenever it sends it again. */
    readonly id: string;
    readonly push: Push;
}

/** The time window against replays of old deliveries. Source: Standard Webhooks. */
const WINDOW_S = 5 * 60;

const { code: UNBELIEVED } = codeNamed("webhook-unsigned");
const { code: UNREADABLE } = codeNamed("source-unreadable");

/**
 * Checks a delivery by the Standard Webhooks specification, and reads it.
 *
 *   what is wrong                                              answer
 *   longer than 32 MiB                                         413
 *   no webhook-id, -timestamp or -signature, or nonsense in it 400
 *   sent more than five minutes ago, or ahead, by our clock    400
 *   no secret can be read                                      503
 *   no signature by any secret                                 401
 *   no JSON, a key twice, too deep, no payload that there is   400
 *   a long one, in which one grant is longer than 256 KiB      400
 *   a long one, and the thread that parses it fails            503
 *   all grants, and none of them usable, or only a part of all 400
 */
export async function checkDelivery(
    { headers, body }: Delivery,
    secrets: readonly (() => string)[],
    { nowMs, limits }: { readonly nowMs: number; readonly limits: DocumentLimits },
): Promise<Checked | Answer> {
    const problem = await authenticate({ headers, body }, secrets, nowMs);
    if (problem !== undefined) return problem;
    const { id, timestamp } = signedHeaders(headers);
    let document: unknown;
    try {
        document = await parse(body);
    } catch (error) {
        if (hasCode(error, "bad-input")) return refused(400, error.message);
        if (hasCode(error, "source-unreadable"))
            return refused(503, `it cannot be read now: ${error.message} [${UNREADABLE}]`);
        throw error;
    }
    const push = await inSlices(readingPush(document, { sentMs: Number(timestamp) * 1000, nowMs, limits }));
    return "problem" in push ? refused(400, push.problem) : { id, push };
}

const SIGN = "sign deliveries by Standard Webhooks, see docs/reference/sources.md";

/** What is wrong with a delivery by its headers alone: the second and the third row of checkDelivery. */
export function screenHeaders(headers: Delivery["headers"], nowMs: number): Answer | undefined {
    const id = headers["webhook-id"];
    const timestamp = headers["webhook-timestamp"];
    const signature = headers["webhook-signature"];
    if (typeof id !== "string" || !/^[\x21-\x7e]{1,256}$/.test(id)) {
        return refused(400, `the header webhook-id is missing, or is not 1 to 256 visible characters: ${SIGN}`);
    }
    if (typeof timestamp !== "string" || !/^\d{1,12}$/.test(timestamp)) {
        return refused(400, `the header webhook-timestamp is missing, or is no number of seconds since 1970: ${SIGN}`);
    }
    if (typeof signature !== "string" || signature === "") {
        return refused(400, `the header webhook-signature is missing: ${SIGN}`);
    }
    if (Math.abs(nowMs / 1000 - Number(timestamp)) > WINDOW_S) {
        return refused(
            400,
            `the delivery was not sent within five minutes of now, by this agent's clock: set the clocks, and sign it again [${UNBELIEVED}]`,
        );
    }
    return undefined;
}

/** What is wrong with a delivery before its body is read: all rows of checkDelivery but the last. */
export async function authenticate(
    { headers, body }: Delivery,
    secrets: readonly (() => string)[],
    nowMs: number,
): Promise<Answer | undefined> {
    if (body.byteLength > MOST_BYTES)
        return refused(
            413,
            "the body is longer than 32 MiB: send changes (grant.set, grant.removed) in place of all grants",
        );
    const problem = screenHeaders(headers, nowMs);
    if (problem !== undefined) return problem;
    const keys = keysOf(secrets);
    if (keys.length === 0)
        return refused(
            503,
            "signatures cannot be checked now, since no secret can be read: see to source.secret of this agent, and send it again",
        );
    if (!(await inSlices(signing({ ...signedHeaders(headers), body }, keys)))) {
        return refused(
            401,
            `the signature is not by the secret of this agent: sign with the secret that its source.secret names [${UNBELIEVED}]`,
        );
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

/** The keys of the secrets that can be read: during a rotation one of them may be missing. */
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

/** Parses a long body in a thread, so that grants end on time meanwhile. @throws what parseInThread throws */
async function parse(body: Uint8Array): Promise<unknown> {
    return body.length <= SMALL_JSON
        ? parseBody(body, DEEPEST_BODY)
        : parseInThread(new Uint8Array(body), { longestItem: SMALL_JSON, deepest: DEEPEST_BODY });
}
