import { z } from "zod";

const NAME = "is not a name such as payroll: up to 63 letters, digits, dots, hyphens and underscores";

export const text = z.string().min(1, "is empty");

/** The name of an org or a membership. */
export const name = z.string({ error: NAME }).regex(/^[a-z\d][\w.-]{0,62}$/i, NAME);

/** The place of a secret; never the secret itself. */
export const secret = text.regex(
    /^(env|file):./,
    "must be the place of the secret, env:NAME or file:PATH, and never the secret itself",
);

/** Milliseconds, from a text such as `15m`. */
export const duration = z
    .string({ error: "is not a time such as 30s, 15m or 4h" })
    .regex(/^[1-9]\d{0,6}(s|m|h|d)$/, "is not a time such as 30s, 15m or 4h")
    .transform((written) => {
        const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[written.slice(-1) as "s" | "m" | "h" | "d"];
        return Number(written.slice(0, -1)) * unit;
    });

/** Addresses, CIDRs and ranges as they are written; parsed later. */
export const spans = z.array(text, { error: "is not a list of addresses, CIDRs and ranges" });
