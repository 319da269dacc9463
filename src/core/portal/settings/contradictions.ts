import { formatDuration } from "../duration";
import type { Written } from "./schema";
import { isLoopbackUrl } from "./urls";

/** What a configuration is read for: to be used, or to be judged by the policies, which say themselves what they refuse. */
export type Purpose = "serve" | "judge";

/** Settings that are right one by one and wrong together, each as the end of a sentence that begins with "the setting". */
export function* contradictions(data: Written, purpose: Purpose): Generator<string> {
    const names = data.accesses.map(({ name }) => name);
    for (const [at, name] of names.entries()) {
        if (names.indexOf(name) !== at) yield `portal.accesses.${at}.name is there twice: ${name}`;
    }
    for (const [at, access] of data.accesses.entries()) {
        for (const problem of accessContradictions(access, purpose === "judge" || data.notify.length > 0)) {
            yield `portal.accesses.${at}${problem}`;
        }
    }
    for (const [at, { issuer, accesses, claims, maxDuration }] of data.workloads.entries()) {
        if (withoutSlash(issuer) === withoutSlash(data.login.issuer)) {
            yield `portal.workloads.${at}.issuer is the one of portal.login: tokens of the OpenID provider are never taken`;
        }
        const unknown = accesses.find((name) => !names.includes(name));
        if (unknown !== undefined) yield `portal.workloads.${at}.accesses names ${unknown}, which is no access`;
        for (const name of ["iss", "aud", "exp", "nbf", "iat", "jti"]) {
            if (name in claims) yield `portal.workloads.${at}.claims.${name} is checked by itself: leave it out`;
        }
        if (maxDuration > 86_400_000) yield `portal.workloads.${at}.maxDuration is longer than a day`;
    }
    if (data.addressFrom === "okta-log" && data.okta === undefined) {
        yield "portal.okta is missing: addressFrom okta-log needs OAuth with the scope okta.logs.read";
    }
    if (data.addressFrom === "connection" && data.okta !== undefined) {
        yield "portal.okta is only for addressFrom: okta-log; the portal holds no other credential of Okta";
    }
    if (data.addressFrom === "connection" && data.addressFallback !== undefined) {
        yield "portal.addressFallback is only for addressFrom: okta-log";
    }
    if (data.session.idle > data.session.duration) yield "portal.session.idle is longer than portal.session.duration";
    if (data.store.type === "postgres" && !/^(env|file):/.test(data.store.url)) {
        yield "portal.store.url may hold a password: it must be the place of the URL, env:NAME or file:PATH, and never the URL itself";
    }
    if (data.url.startsWith("http:") !== (data.ipv4Url ?? data.url).startsWith("http:") && isLoopbackUrl(data.url)) {
        yield "portal.ipv4Url has another scheme than portal.url";
    }
}

function withoutSlash(issuer: string): string {
    return issuer.replace(/\/+$/, "");
}

function* accessContradictions(access: Written["accesses"][number], isNotified: boolean): Generator<string> {
    const { duration, grantOnLogin, approval, ticket, reason, breakGlass } = access;
    if (duration.default > duration.max) {
        yield `.duration.default is ${formatDuration(duration.default)}, and max only ${formatDuration(duration.max)}`;
    }
    if (grantOnLogin) {
        const asked = [
            approval && "approval",
            ticket && "ticket",
            reason === "required" ? "reason: required" : undefined,
        ].find((each) => each !== undefined);
        if (asked !== undefined) yield `.grantOnLogin cannot go with ${asked}: nobody is asked at a login`;
    }
    if (breakGlass !== undefined && !isNotified) {
        yield ".breakGlass needs portal.notify, so that people are notified";
    }
    if (breakGlass !== undefined && breakGlass.duration > duration.max) {
        yield ".breakGlass.duration is longer than duration.max";
    }
}
