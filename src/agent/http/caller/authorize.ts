import { createHash, timingSafeEqual } from "node:crypto";

import { fail } from "../../../core/errors/errors";
import { type FormHeaders, originProblem } from "./origin";

/**
 * The access class of a path.
 *
 *   open     contains no personal data: probes and metrics; or is authenticated otherwise, as a signed webhook
 *   read     shows who is in
 *   change   changes what the agent does
 */
export type PathKind = "open" | "read" | "change";

export interface HttpRequest {
    readonly kind: PathKind;
    /** Whether only this machine can reach the agent. */
    readonly isLocal: boolean;
    /** The evidence that a proxy forwarded the request; undefined if there is none. */
    readonly forwardedBy: string | undefined;
    readonly token: string | undefined;
    /** The raw header. */
    readonly authorization: string | undefined;
}

/** A refusal: a status and a sentence. */
export interface HttpRefusal {
    readonly status: 401 | 403;
    readonly error: string;
}

/** The shortest token; a shorter one could be guessed in a year at the rate limit of unauthenticated requests. */
const MIN_TOKEN = 16;

/**
 * Decides whether a request is permitted. What shows who is in is closed by default, unless only
 * this machine can reach the agent.
 *
 *   listens on   token   open   read                                change
 *   loopback     none    yes    yes                                 403
 *   loopback     set     yes    yes                                 with it, as Bearer
 *   loopback,    none    yes    403                                 403
 *     by a proxy set     yes    with it, as Bearer or password      with it, as Bearer
 *   elsewhere    none    yes    403                                 403
 *   elsewhere    set     yes    with it, as Bearer or as a          with it, as Bearer
 *                               browser's password (Basic)
 *
 * A browser sends a stored password with every request, also with one that another
 * site's page caused; so a password permits no change.
 */
export function refusalOf({ kind, isLocal, forwardedBy, token, authorization }: HttpRequest): HttpRefusal | undefined {
    if (kind === "open" || (kind === "read" && isLocal && forwardedBy === undefined)) return undefined;
    const why = kind === "read" && isLocal ? `the request came through a proxy (${forwardedBy}); ` : "";
    if (token === undefined) return { status: 403, error: why + withoutToken(kind) };
    const { bearer, password } = credentialsIn(authorization);
    const given = bearer ?? (kind === "read" ? password : undefined);
    if (given !== undefined && isSame(given, token)) return undefined;
    const way =
        kind === "read"
            ? "Authorization: Bearer TOKEN, or the token as a browser's password"
            : "Authorization: Bearer TOKEN";
    return {
        status: 401,
        error: given === undefined ? `${why}this needs the agent's token: ${way}` : "this is not the agent's token",
    };
}

/**
 * Why a form with the token in a field is refused. The token also proves that no other site's page sent the form, as a
 * browser does not fill it in by itself.
 */
export function formRefusalOf({ headers, token, given }: FormAsked): HttpRefusal | undefined {
    const problem = originProblem(headers);
    if (problem !== undefined) return { status: 403, error: problem };
    if (token === undefined) return { status: 403, error: withoutToken("change") };
    if (given !== "" && isSame(given, token)) return undefined;
    return {
        status: 401,
        error: given === "" ? "this needs the agent's token" : "this is not the agent's token",
    };
}

export interface FormAsked {
    readonly headers: FormHeaders;
    readonly token: string | undefined;
    /** The token in the form. */
    readonly given: string;
}

function withoutToken(kind: PathKind): string {
    const what = kind === "read" ? "shows who is inside only to this machine" : "takes no confirmation and no denial";
    return `without a token this agent ${what}: set token: env:NAME in its configuration`;
}

/** @throws `bad-input` for a token that is too short */
export function checkToken(token: string | undefined): void {
    if (token !== undefined && token.length < MIN_TOKEN) {
        fail(
            "bad-input",
            `the agent's token is shorter than ${MIN_TOKEN} characters: make one with openssl rand -hex 32`,
        );
    }
}

function credentialsIn(authorization = ""): { readonly bearer?: string; readonly password?: string } {
    const [, scheme = "", value = ""] = /^(\w+) +(\S+) *$/.exec(authorization) ?? [];
    if (/^bearer$/i.test(scheme)) return { bearer: value };
    if (!/^basic$/i.test(scheme)) return {};
    return {
        password: Buffer.from(value, "base64")
            .toString("utf8")
            .replace(/^[^:]*:/, ""),
    };
}

/** Compares in constant time, independent of the token and its length. */
function isSame(given: string, token: string): boolean {
    const [a, b] = [given, token].map((text) => createHash("sha256").update(text).digest());
    return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
