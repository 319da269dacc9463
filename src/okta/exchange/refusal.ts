import { type Code, coded } from "../../core/errors/errors";
import type { Answer } from "./answer";
import { type Credential, describeCredential, rotation } from "./credential";
import { fieldsOf } from "./fields";
import type { RefusedError } from "./refused";

/** A 4xx answer, with what the message needs. */
export interface Refusal {
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly answer: Answer;
    readonly orgUrl: string;
    /** The credential of the request. */
    readonly credential: Credential | undefined;
}

interface Remedy {
    readonly code: Code;
    /** What to do, as the end of a sentence. */
    readonly todo: string;
}

/**
 * Throws for a 4xx answer, with Okta's message and a remedy.
 *
 *   answer                 code                because
 *   401 E0000015           okta-refused        the org lacks a feature; the credential is fine
 *   401                    okta-unauthorized   the credential is wrong, old, or of another org
 *   403                    okta-forbidden      its role or its scopes do not suffice
 *   404 on /api/v1/zones/  zone-missing        no zone of this id in this org
 *   another 4xx            okta-refused
 */
export function refuse(refusal: Refusal, redact: (text: string) => string): never {
    const { method, path, answer } = refusal;
    const { code, todo } = remedyFor(refusal);
    const message = redact(`${method} ${path}: ${reasonIn(answer)}${todo === "" ? "" : `; ${todo}`}`);
    throw Object.assign(coded(code, message), { status: answer.status, path }) satisfies RefusedError;
}

/** Okta's message: status, code, summary, each cause (often the real reason), and the request id. */
export function reasonIn({ status, headers, body }: Answer): string {
    const { errorCode, errorSummary, errorCauses, errorId, error, error_description } = fieldsOf(body);
    const causes = Array.isArray(errorCauses) ? errorCauses.map((cause) => wordIn(fieldsOf(cause).errorSummary)) : [];
    const words = [wordIn(errorCode ?? error), wordIn(errorSummary ?? error_description), ...causes];
    const ids = [
        ["errorId", wordIn(errorId)],
        ["request id", wordIn(headers.get("x-okta-request-id"))],
    ].flatMap(([name, id]) => (id === "" ? [] : [`${name} ${id}`]));
    const said = [`${status} ${words[0]}`.trim(), ...words.slice(1)].filter((word) => word !== "").join(": ");
    return ids.length === 0 ? said : `${said} (${ids.join(", ")})`;
}

function remedyFor({ method, path, answer, orgUrl, credential }: Refusal): Remedy {
    switch (answer.status) {
        case 401:
            if (fieldsOf(answer.body).errorCode === "E0000015") {
                return { code: "okta-refused", todo: `${orgUrl} lacks the feature; the credential is not the problem` };
            }
            return { code: "okta-unauthorized", todo: `${orgUrl} ${unaccepted(credential)}` };
        case 403:
            return { code: "okta-forbidden", todo: rights(method, path, credential) };
        case 404: {
            const [, zoneId] = /^\/api\/v1\/zones\/([^/?]+)/.exec(path) ?? [];
            if (zoneId === undefined)
                return { code: "okta-refused", todo: `check the id, and that ${orgUrl} is the org` };
            const which = /^nzo/.test(zoneId) ? `(${zoneId})` : `(${zoneId} is none: ids begin with nzo)`;
            return { code: "zone-missing", todo: `check the zone's id ${which}, and that ${orgUrl} is its org` };
        }
        default:
            return { code: "okta-refused", todo: "" };
    }
}

/** Why a credential is not accepted, and what to do; follows the URL of the org. */
function unaccepted(credential: Credential | undefined): string {
    if (credential === undefined) return `asks for a credential, which Okta does not for this; ${IN_BETWEEN}`;
    return `does not accept ${describeCredential(credential)}: ${rotation(credential)}${renewal(credential)}`;
}

const IN_BETWEEN = "look at the proxy or the firewall in between";

function renewal(credential: Credential): string {
    switch (credential.kind) {
        case "api-token":
            return "it is mistyped, revoked, of another org, unused for 30 days, or its admin is deactivated; create a new one under Security > API > Tokens";
        case "access-token":
            return "it has expired, or is of another org; fetch a new one";
        case "private-key":
            return "check the client id, that its public key is in the app, and that the app is active";
    }
}

function rights(method: string, path: string, credential: Credential | undefined): string {
    if (credential === undefined) return `Okta refuses this to nobody; ${IN_BETWEEN}`;
    const role = "the role Organization Administrator";
    const who = `${describeCredential(credential)} may not do this`;
    if (credential.kind === "api-token") {
        const bound = "; a token that is bound to network zones works only from inside one of them";
        return `${who}: the admin who created it needs ${role}; after a change of role create a new token${bound}`;
    }
    const scope = scopeFor(method, path);
    return `${who}: the app needs ${role}${scope === undefined ? "" : ` and the scope ${scope}, granted and asked for`}`;
}

/** The scope that Okta's reference names for a call. */
export function scopeFor(method: string, path: string): string | undefined {
    const [, resource = ""] = /^\/api\/v1\/([^/?]+)/.exec(path) ?? [];
    const names: Readonly<Record<string, string>> = {
        zones: "networkZones",
        policies: "policies",
        apps: "apps",
        logs: "logs",
        users: "users",
        groups: "groups",
        org: "orgs",
        "api-tokens": "apiTokens",
    };
    const isRoles = /^\/(api\/v1\/(users|groups)|oauth2\/v1\/clients)\/[^/?]+\/roles/.test(path);
    const name = isRoles ? "roles" : Object.hasOwn(names, resource) ? names[resource] : undefined;
    return name === undefined ? undefined : `okta.${name}.${method === "GET" ? "read" : "manage"}`;
}

/** A text of an answer, truncated for a message, on one line; "" for anything else. */
function wordIn(value: unknown): string {
    return typeof value === "string" ? value.replace(/\s+/g, " ").trim().slice(0, 400) : "";
}
