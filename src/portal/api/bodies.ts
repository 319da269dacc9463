import { z } from "zod";

import { parseMoment } from "../../core/grants/moment";
import { parseDuration } from "../../core/portal/duration";
import { refuse } from "../problem";

const text = (longest: number) =>
    z
        .string({ error: "is not a text" })
        // Browsers send a line feed of a form as two characters.
        .overwrite((written) => written.replace(/\r\n?/g, "\n"))
        .max(longest, `is longer than ${longest} characters`);

/** What of `parseDuration` a pattern can say: a form may leave the field empty. */
const DURATION_PATTERN = "^([1-9][0-9]{0,3}d)?([1-9][0-9]{0,3}h)?([1-9][0-9]{0,4}m)?$";

const duration = text(20)
    .meta({ description: "A time such as 30m, 4h or 1h30m", examples: ["4h"], pattern: DURATION_PATTERN })
    .refine(
        (written) => written === "" || parseDuration(written) !== undefined,
        "is not a time such as 30m, 4h or 1h30m",
    );

const moment = text(40)
    .meta({ format: "date-time", description: "RFC 3339 with a time zone" })
    .refine(
        (written) => written === "" || parseMoment(written) !== undefined,
        "is not a moment such as 2026-12-01T18:00:00Z",
    );

const yesOrNo = z.union([z.boolean(), z.enum(["true", "false", ""])], { error: "is neither true nor false" });

/** `POST /api/v1/grants`. */
export const grantBody = z
    .strictObject({
        access: text(63).min(1, "is empty"),
        duration: duration.optional(),
        startsAt: moment.optional(),
        reason: text(1000).optional(),
        ticket: text(200).optional(),
        breakGlass: yesOrNo.optional(),
        user: text(320).min(1, "is empty").optional().meta({ description: "For admins: who is granted access" }),
        address: text(64)
            .min(1, "is empty")
            .optional()
            .meta({ description: "For admins: from which address", format: "ipv4" }),
    })
    .meta({ dependentRequired: { user: ["address", "reason"], address: ["user", "reason"] } });

/** `PATCH /api/v1/grants/ID`: one of the two. */
export const changeBody = z
    .strictObject({
        duration: duration
            .refine((written) => written !== "", "is empty")
            .meta({ pattern: DURATION_PATTERN.replace("^", "^(?=.)") })
            .optional(),
        address: z.literal("current", { error: "is not current" }).optional(),
    })
    .meta({ oneOf: [{ required: ["duration"] }, { required: ["address"] }] })
    .refine(({ duration, address }) => (duration === undefined) !== (address === undefined), {
        message: "has to have duration or address, and not both",
    });

/** `POST /api/v1/requests/ID`. */
export const decisionBody = z.strictObject({
    decision: z.enum(["approve", "deny", "withdraw"], { error: "is none of approve, deny and withdraw" }),
    note: text(1000).optional(),
});

/** A body without fields. */
export const emptyBody = z.strictObject({});

/** The query of the lists. */
export const listQuery = z.object({
    all: z.enum(["true", "false"], { error: "is neither true nor false" }).optional(),
});

/**
 * A body as the schema has it. The form's token is not a part of it.
 *
 * @throws a problem that names the field
 */
export function read<T>(schema: z.ZodType<T>, body: unknown): T {
    const given = body === null || body === undefined ? {} : body;
    if (typeof given !== "object" || Array.isArray(given))
        return refuse(400, "portal-malformed", "the body is no object");
    const { _csrf: _, ...fields } = given as Readonly<Record<string, unknown>>;
    const { data, error, success } = schema.safeParse(fields);
    if (success) return data;
    const [issue] = error.issues;
    if (issue?.code === "unrecognized_keys") {
        return refuse(400, "portal-malformed", `there is no field ${JSON.stringify(issue.keys[0]?.slice(0, 80))}`);
    }
    const field = issue?.path.join(".") || "the body";
    const message =
        issue?.code === "invalid_type" && field !== "the body" ? typeProblem(fields, field, issue) : issue?.message;
    return refuse(422, "portal-rules", `${field} ${message}`);
}

function typeProblem(
    fields: Readonly<Record<string, unknown>>,
    field: string,
    issue: { readonly message: string },
): string {
    return fields[field] === undefined ? "is missing" : issue.message;
}

/** What a grant's body asks for; an empty field of a form is one that is not there. */
export function askOf(body: z.output<typeof grantBody>) {
    const { access, duration, startsAt, reason, ticket, breakGlass, user, address } = body;
    return {
        access,
        ...(duration && { durationMs: parseDuration(duration) }),
        ...(startsAt && { startsAtMs: parseMoment(startsAt) }),
        ...(reason && { reason }),
        ...(ticket && { ticket }),
        ...((breakGlass === true || breakGlass === "true") && { isBreakGlass: true }),
        ...(user !== undefined && { user }),
        ...(address !== undefined && { address }),
    };
}
