import { parseSpan, type Span, sizeOf } from "../../../core/addresses/ip";
import { nearest } from "../../../core/errors/nearest";
import { quote } from "../../../core/errors/quote";
import { parseMoment } from "../../../core/grants/moment";
import type { NewDenial } from "../../denials/denials";
import type { Lifting } from "../../denials/denying";
import { type JsonObject, objectIn, oneLine } from "./jsonBody";

const FIELDS = ["user", "address", "grant", "until", "reason", "by"] as const;

/** The longest user, grant or name, and the longest reason. A grant may have a user of this length. */
const [LONGEST_NAME, LONGEST_REASON] = [320, 500];

type Problem = { readonly problem: string };

/**
 * Reads `{"user": "ana@example.com", "until": "2026-12-01T18:00:00Z", "reason": "INC-7", "by": "mia"}`.
 *
 *   body                                    outcome
 *   no object, or an unknown field          refused
 *   none or several of user, address, grant refused
 *   address that is IPv6, or no address     refused
 *   address 0.0.0.0/0                       refused: it would deny every address
 *   until that is no time, or is past       refused
 *   until missing or null                   until it is lifted
 *   reason missing                          "no reason given"
 *   reason empty or too long                refused
 *
 * @param by The author, if the body does not state one.
 */
export function readDenial(body: unknown, nowMs: number, by: string): { readonly denial: NewDenial } | Problem {
    const read = objectIn(body, '{"user" or "address" or "grant": "…", "reason": "…", "until": "…"}');
    if ("problem" in read) return read;
    const fields = read.object;
    const stray = strayIn(fields, FIELDS);
    if (stray !== undefined) return stray;
    const target = targetIn(fields);
    if ("problem" in target) return target;
    const end = endIn(fields.until, nowMs);
    if ("problem" in end) return end;
    const reason = textIn("reason", fields.reason ?? "no reason given", LONGEST_REASON);
    if ("problem" in reason) return reason;
    const name = fields.by === undefined ? { text: by } : textIn("by", fields.by, LONGEST_NAME);
    if ("problem" in name) return name;
    return { denial: { ...target, ...end, reason: reason.text, by: name.text } };
}

/** Reads `{"by": "mia", "reason": "found"}`, or an empty body. */
export function readLifting(body: unknown, by: string): Lifting | Problem {
    const read = objectIn(body, '{"by": "…", "reason": "…"}');
    if ("problem" in read) return read;
    const fields = read.object;
    const stray = strayIn(fields, ["by", "reason"]);
    if (stray !== undefined) return stray;
    const name = fields.by === undefined ? { text: by } : textIn("by", fields.by, LONGEST_NAME);
    if ("problem" in name) return name;
    if (fields.reason === undefined) return { by: name.text };
    const why = textIn("reason", fields.reason, LONGEST_REASON);
    return "problem" in why ? why : { by: name.text, reason: why.text };
}

function strayIn(fields: JsonObject, known: readonly string[]): Problem | undefined {
    const stray = Object.keys(fields).find((name) => !known.includes(name));
    if (stray === undefined) return undefined;
    const meant = nearest(stray, known);
    const hint = meant === undefined ? `it may have ${known.join(", ")}` : `did you mean ${meant}?`;
    return { problem: `the body has a field ${quote(stray)}: ${hint}` };
}

type Target = { readonly user: string } | { readonly span: Span } | { readonly grant: string };

function targetIn({ user, address, grant }: JsonObject): Target | Problem {
    const given = Object.entries({ user, address, grant }).filter(([, value]) => value !== undefined);
    const [only] = given;
    if (only === undefined || given.length > 1) {
        const found = only === undefined ? "none" : given.map(([name]) => name).join(" and ");
        return { problem: `exactly one of user, address and grant says who is denied; the body has ${found}` };
    }
    const [name, value] = only;
    if (name === "address") return spanIn(value);
    const text = textIn(name, value, LONGEST_NAME);
    if ("problem" in text) return text;
    // Not trimmed: a changed id would be another one.
    return name === "user" ? { user: String(value) } : { grant: String(value) };
}

function spanIn(value: unknown): { readonly span: Span } | Problem {
    const problem =
        "is not an IPv4 address, CIDR or range, such as 203.0.113.7, 203.0.113.0/24 or 203.0.113.4-203.0.113.9";
    if (typeof value !== "string") return { problem: `address is ${quote(value)}, which ${problem}` };
    const parsed = parseSpan(value.trim());
    if (parsed.problem !== undefined) {
        return {
            problem: parsed.problem.includes("host bits")
                ? `address ${parsed.problem}`
                : `address ${quote(value)} ${problem}`,
        };
    }
    if (sizeOf(parsed.span) < 2 ** 32) return { span: parsed.span };
    return { problem: "address 0.0.0.0/0 would put everybody out; if that is meant, deny 0.0.0.0/1 and 128.0.0.0/1" };
}

function endIn(until: unknown, nowMs: number): { readonly untilMs?: number } | Problem {
    if (until === undefined) return {};
    const untilMs = typeof until === "string" ? parseMoment(until) : undefined;
    if (untilMs === undefined) {
        return { problem: `until is ${quote(until)}, which is no moment such as 2026-12-01T18:00:00Z` };
    }
    if (untilMs > nowMs) return { untilMs };
    const now = new Date(nowMs).toISOString();
    return { problem: `until is ${quote(until)}, which is over: this agent's clock says ${now}` };
}

function textIn(name: string, value: unknown, longest: number): { readonly text: string } | Problem {
    if (value === undefined) return { problem: `${name} is missing` };
    if (typeof value !== "string") return { problem: `${name} is ${quote(value)}, which is not a text in quotes` };
    const text = oneLine(value);
    if (text === "") return { problem: `${name} is empty` };
    return text.length <= longest ? { text } : { problem: `${name} is longer than ${longest} characters` };
}
