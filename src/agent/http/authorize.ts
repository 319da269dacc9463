import { createHash, timingSafeEqual } from "node:crypto";

import { fail } from "../../core/errors/errors";
import { type FormHeaders, originProblem } from "./origin";

/**
 * What a path is, as to who may ask for it.
 *
 *   open     says nothing of people: probes and metrics; or proves itself, as a signed webhook does
 *   read     says who is in
 *   change   changes what the agent does
 */
export type PathKind = "open" | "read" | "change";

export interface HttpRequest {
    readonly kind: PathKind;
    /** Whether only this machine can reach the agent. */
    readonly isLocal: boolean;
    /** By what the request shows that a proxy passed it on; undefined where it does not. */
    readonly forwardedBy: string | undefined;
    readonly token: string | undefined;
    /** The header, as it came. */
    readonly authorization: string | undefined;
}

/** Why somebody may not: a status and a sentence. */
export interface HttpRefusal {
    readonly status: 401 | 403;
    readonly error: string;
}

/** A token that could be guessed in a year at the rate that strangers are allowed. */
const MIN_TOKEN = 16;

/**
 * Who may ask for what. What says who is in is closed by default wherever more
 * than this machine can ask.
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
 * A browser sends a password that it knows with every request, also with one
 * that somebody else's page caused; so a password changes nothing.
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
 * Why a form is refused that brings the token in a field of its own. The token is the proof that no other site's page
 * made the form up, since a browser does not fill it in by itself.
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
    /** What the form has as the token. */
    readonly given: string;
}

function withoutToken(kind: PathKind): string {
    const what = kind === "read" ? "shows who is inside only to this machine" : "takes no confirmation and no denial";
    return `without a token this agent ${what}: set token: env:NAME in its configuration`;
}

/** @throws `bad-input` for a token that is too short to keep anybody out */
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

/** In a time that tells nothing of the token, its length included. */
function isSame(given: string, token: string): boolean {
    const [a, b] = [given, token].map((text) => createHash("sha256").update(text).digest());
    return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
