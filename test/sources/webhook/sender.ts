import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";

import type { Delivery } from "../../../src/sources/webhook/delivery";
import { NOW } from "../../support/grants";

export const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes....").toString("base64")}`;
export const OTHER_SECRET = `whsec_${Buffer.from("another one of thirty-two bytes.").toString("base64")}`;

export interface SendOptions {
    readonly id?: string;
    /** @default NOW */
    readonly sentMs?: number;
    readonly secrets?: readonly string[];
}

/** A delivery as the reference library of Standard Webhooks signs it. */
export function delivery(
    payload: unknown,
    { id = randomUUID(), sentMs = NOW, secrets = [SECRET] }: SendOptions = {},
): Delivery {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(sentMs), text));
    return {
        headers: {
            "webhook-id": id,
            "webhook-timestamp": String(Math.floor(sentMs / 1000)),
            "webhook-signature": signatures.join(" "),
        },
        body: Buffer.from(text),
    };
}
