import { createHmac, randomUUID } from "node:crypto";

import type { Delivery } from "../src/sources/webhook/delivery";

/** The secret of every webhook of the bench. */
export const KEY = Buffer.alloc(32, 7);

/** A delivery as a sender signs it now. */
export function signedDelivery(body: string): Delivery {
    const [id, seconds] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
    const signature = createHmac("sha256", KEY).update(`${id}.${seconds}.${body}`).digest("base64");
    const headers = { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` };
    return { headers, body: Buffer.from(body) };
}
