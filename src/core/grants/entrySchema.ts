import { z } from "zod";
import { quote } from "../errors/quote";
import { parseMoment } from "./moment";

const moment = z.string({ error: momentProblem }).transform((text, context) => {
    const ms = parseMoment(text);
    if (ms === undefined) context.addIssue({ code: "custom", message: momentProblem({ input: text }) });
    return ms ?? z.NEVER;
});

/** A text, or a number without quotes: 4711. A number such as 007 comes as a text, as it was written. */
const textOf = (error: (issue: { readonly input?: unknown }) => string) =>
    z.union([z.string(), z.number()], { error }).transform(String);

const text = (longest: number) =>
    textOf(({ input }) => unquoted(input) ?? "is not a text").refine(
        (value) => value.length <= longest,
        `is longer than ${longest} characters`,
    );

/** What is wrong with a value that needs quotes to be a text: `yes` is a text in YAML, and `true` is not. */
function unquoted(input: unknown): string | undefined {
    return typeof input === "boolean" ? `is ${input}, which is no text; put it in quotes` : undefined;
}

const label = z.union([z.string(), z.number(), z.boolean()], { error: "a label is a text, a number or a boolean" });

const NO_IP = "is not an address, a CIDR, a range a-b, or a list of 1 to 100 of these";

export const NO_GRANT = "is not a grant with fields such as id, ip and expiresAt";

/** The fields of an entry. What it does not know is checked elsewhere: see fieldNames. */
export const ENTRY = z.object(
    {
        id: textOf(idProblem).refine((id) => id !== "" && id.length <= 200, "is empty or longer than 200 characters"),
        user: text(320).nullish(),
        ip: z.union([z.string(), z.array(z.string()).min(1, NO_IP).max(100, NO_IP)], { error: NO_IP }),
        startsAt: moment.nullish(),
        expiresAt: moment.nullish(),
        permanent: z.boolean({ error: "is neither true nor false" }).nullish(),
        reason: text(1000).nullish(),
        labels: z.record(z.string(), label, { error: "is not a map such as { app: payroll }" }).nullish(),
    },
    { error: NO_GRANT },
);

function idProblem({ input }: { readonly input?: unknown }): string {
    const what = input == null ? "is missing" : "is neither a text nor a number";
    return unquoted(input) ?? `${what}; every grant needs an id of its own`;
}

function momentProblem({ input }: { readonly input?: unknown }): string {
    const hint = typeof input === "string" && ENDS_WITH_A_ZONE.test(input.trim()) ? WHAT_ELSE : "";
    return `${quote(input)} is not a moment with a time zone, such as 2026-12-01T18:00:00Z${hint}`;
}

const ENDS_WITH_A_ZONE = /:\d\d(\.\d+)?\s*(z|[+-]\d\d:?\d\d)$/i;

const WHAT_ELSE = ": the day has to exist, the time needs its seconds, and an offset is written as +01:00";

/** What is wrong with the times of a grant. A grant without an end, or with two, is a mistake, and admits no user until it is corrected. */
export function timeProblem(startsAtMs: number | undefined, expiresAtMs: number | undefined, permanent: boolean) {
    if (permanent)
        return expiresAtMs === undefined ? undefined : "is given although the grant is permanent: keep one of the two";
    if (expiresAtMs === undefined)
        return "is missing; give a moment such as 2026-12-01T18:00:00Z, or say permanent: true";
    if (startsAtMs !== undefined && startsAtMs >= expiresAtMs) return "is not after startsAt";
    return undefined;
}
