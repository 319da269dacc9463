import { z } from "zod";

import { fail } from "../../errors/errors";
import { nearest } from "../../errors/nearest";
import { parseTrustedProxy } from "../clientAddress";
import { contradictions, type Purpose } from "./contradictions";
import type { AccessSettings, PortalSettings, WorkloadSettings } from "./portalSettings";
import { SCHEMA, type Written } from "./schema";
import { isLoopbackUrl, isOktaOrg, urlProblem } from "./urls";

/** What is asked for where the settings name no scopes; `offline_access` is added where the provider supports it. */
const USUAL_SCOPES = ["openid", "profile", "email", "groups"];

/** A host, an IPv6 address in brackets, and a port. */
const ADDRESS = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[^\s:[\]]+)):(?<port>\d{1,5})$/i;

/**
 * Reads the portal's configuration, a document that was YAML or JSON; all of it is under `portal:`.
 *
 * @param purpose To be judged by the policies, a configuration may have what they refuse.
 * @throws `bad-input` with a sentence on each setting that is wrong; values that may be secrets are not shown
 */
export function readPortalSettings(document: unknown, purpose: Purpose = "serve"): PortalSettings {
    const portal = (document as { readonly portal?: unknown } | null | undefined)?.portal;
    if (typeof portal !== "object" || portal === null || Array.isArray(portal)) {
        return fail("bad-input", "the configuration has no portal: with settings such as url, login and accesses");
    }
    const { data, error } = SCHEMA.safeParse(portal, { error: problemOfType });
    if (data === undefined) return fail("bad-input", [...new Set(error.issues.flatMap(problemsOf))].join("; "));
    const problems = [...valueProblems(data), ...contradictions(data, purpose)];
    if (problems.length > 0) return fail("bad-input", problems.map((each) => `the setting ${each}`).join("; "));
    return settingsOf(data);
}

function* valueProblems(data: Written): Generator<string> {
    const urls = [
        ["portal.url", data.url, "origin"],
        ["portal.login.issuer", data.login.issuer, "issuer"],
        ...(data.ipv4Url === undefined ? [] : [["portal.ipv4Url", data.ipv4Url, "origin"] as const]),
        ...data.workloads.map(({ issuer }, at) => [`portal.workloads.${at}.issuer`, issuer, "issuer"] as const),
        ...data.notify.flatMap((each, at) =>
            each.type === "webhook" ? [[`portal.notify.${at}.url`, each.url, "issuer"] as const] : [],
        ),
    ] as const;
    for (const [name, url, kind] of urls) {
        const problem = urlProblem(url, kind);
        if (problem !== undefined) yield `${name} ${problem}`;
    }
    const { groups } = ADDRESS.exec(data.listen) ?? {};
    if (groups === undefined || Number(groups.port) > 65535) {
        yield "portal.listen is not HOST:PORT, such as 127.0.0.1:9465 or [::1]:9465";
    }
    for (const [at, proxy] of data.trustedProxies.entries()) {
        if (parseTrustedProxy(proxy) === undefined) {
            yield `portal.trustedProxies.${at} is not an address or a CIDR such as 10.0.0.0/8`;
        } else if (/\/0$/.test(proxy)) yield `portal.trustedProxies.${at} trusts everybody`;
    }
    if (data.login.userClaim === undefined && !isOktaOrg(data.login.issuer) && !isLoopbackUrl(data.login.issuer)) {
        yield "portal.login.userClaim is missing: name the claim that holds the Okta login or id, as this issuer is no Okta org";
    }
}

function settingsOf(data: Written): PortalSettings {
    const { ipv6, name = "", port } = ADDRESS.exec(data.listen)?.groups ?? {};
    const { login, session } = data;
    return {
        url: new URL(data.url).origin,
        ipv4Url: data.ipv4Url === undefined ? undefined : new URL(data.ipv4Url).origin,
        listen: { host: ipv6 ?? name, port: Number(port) },
        trustedProxies: data.trustedProxies.flatMap((proxy) => parseTrustedProxy(proxy) ?? []),
        login: {
            issuer: login.issuer,
            clientId: login.clientId,
            clientSecret: login.clientSecret,
            scopes: login.scopes ?? USUAL_SCOPES,
            isOfflineAdded: login.scopes === undefined,
            groupsClaim: login.groupsClaim,
            userClaim: login.userClaim ?? "sub",
        },
        addressFrom: data.addressFrom,
        addressFallback: data.addressFallback,
        okta:
            data.okta && Object.fromEntries(Object.entries(data.okta).flatMap(([key, to]) => (to ? [[key, to]] : []))),
        session: {
            secret: session.secret,
            durationMs: session.duration,
            idleMs: session.idle,
            recheckMs: session.recheck,
        },
        store: data.store,
        maxAddresses: data.maxAddresses,
        allowUnroutable: data.allowUnroutable,
        accesses: data.accesses.map((access) => accessOf(access, data.production)),
        admins: data.admins ?? { groups: [], users: [] },
        workloads: data.workloads.map(workloadOf),
        notify: data.notify,
        state: data.state,
        log: data.log,
    };
}

function accessOf(
    { approval, breakGlass, ...access }: Written["accesses"][number],
    isProduction: boolean | undefined,
): AccessSettings {
    const { name, title = name, eligible, duration, reason, ticket, grantOnLogin, labels = { access: name } } = access;
    return {
        name,
        title,
        eligible,
        duration: { usualMs: duration.default, maxMs: duration.max, isExtendable: duration.extendable },
        reason,
        ticket,
        isGrantedOnLogin: grantOnLogin,
        isProduction: access.production ?? isProduction,
        approval: approval && {
            approvers: approval.approvers,
            count: approval.count,
            requestTimeoutMs: approval.requestTimeout,
        },
        breakGlass: breakGlass && { eligible: breakGlass.eligible, durationMs: breakGlass.duration },
        labels,
    };
}

function workloadOf({ maxDuration, runClaim, ...rest }: Written["workloads"][number]): WorkloadSettings {
    return { ...rest, maxDurationMs: maxDuration, runClaim };
}

/** What a value should have been, for the settings that do not say it themselves. */
const KINDS: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    object: "a map of settings",
    record: "a map",
    array: "a list",
    boolean: "true or false",
};

function problemOfType(issue: z.core.$ZodRawIssue): string | undefined {
    if (issue.code !== "invalid_type") return undefined;
    return issue.input === undefined ? "is missing" : `is not ${KINDS[issue.expected] ?? issue.expected}`;
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
    const path = ["portal", ...issue.path.map(String)].join(".");
    if (issue.code !== "unrecognized_keys") return [`the setting ${path} ${issue.message}`];
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
        const meant = nearest(key, known);
        const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
        return `there is no setting ${path}.${key}; ${hint}`;
    });
}

/** The settings that there are in one place of the document, found by walking the schema. */
function keysAt(path: readonly PropertyKey[]): string[] {
    let at: unknown = SCHEMA;
    for (const step of path) at = typeof step === "number" ? elementOf(at) : shapeOf(at)[String(step)];
    const options = (unwrapped(at) as { readonly options?: readonly unknown[] }).options ?? [at];
    return [...new Set(options.flatMap((option) => Object.keys(shapeOf(option))))];
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
    return (unwrapped(schema) as { readonly shape?: Record<string, unknown> }).shape ?? {};
}

function elementOf(schema: unknown): unknown {
    return (unwrapped(schema) as { readonly element?: unknown }).element;
}

/** Without what makes it optional or gives it a default. */
function unwrapped(schema: unknown): unknown {
    let at = schema;
    while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault) at = at.unwrap();
    return at;
}
