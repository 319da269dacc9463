import type { NetworkRestriction } from "../core/reasons/restrictions";
import type { ThreatInsight } from "../core/reasons/threatInsight";
import type { Answer } from "./exchange/answer";
import { type Fields, fieldsOf, momentOf, textOf, textsOf } from "./exchange/fields";
import { isMissing } from "./exchange/refused";
import type { OktaHttp } from "./http";
import { readPages } from "./pages";

/** An API token of the org, without its text. */
export interface ListedToken {
    readonly name: string;
    /** Whose rights it has. */
    readonly userId: string | undefined;
    /** When it dies if nobody uses it before. */
    readonly expiresAtMs: number | undefined;
    /** Ids of zones from which alone it may be used, or from which it may not. */
    readonly include: readonly string[];
    readonly exclude: readonly string[];
}

/**
 * The API tokens of the org, which Okta lists without saying which of them asks.
 * `/api/v1/api-tokens/current` is not for asking: its one method revokes the token.
 *
 * @throws `okta-*`
 */
export async function listApiTokens(http: OktaHttp, signal: AbortSignal): Promise<readonly ListedToken[]> {
    const items = await readPages(http, "/api/v1/api-tokens", signal);
    return items.map((item) => tokenIn(fieldsOf(item)));
}

function tokenIn({ name, userId, expiresAt, network }: Fields): ListedToken {
    const { include, exclude } = fieldsOf(network);
    return {
        name: textOf(name) ?? "",
        userId: textOf(userId),
        expiresAtMs: momentOf(expiresAt),
        include: textsOf(include),
        exclude: textsOf(exclude),
    };
}

/**
 * From where an OAuth app may be used; undefined for one that Okta does not know as an app.
 *
 * @throws `okta-*`
 */
export async function readAppNetwork(
    http: OktaHttp,
    clientId: string,
    signal: AbortSignal,
): Promise<NetworkRestriction | undefined> {
    const document = await orMissing(http.request("GET", `/api/v1/apps/${encodeURIComponent(clientId)}`, { signal }));
    const { oauthClient } = fieldsOf(fieldsOf(document?.body).settings);
    const { include, exclude } = fieldsOf(fieldsOf(oauthClient).network);
    return document && { include: textsOf(include), exclude: textsOf(exclude) };
}

/** What ThreatInsight is set to; undefined where the org has no such thing. @throws `okta-*` */
export async function readThreatInsight(http: OktaHttp, signal: AbortSignal): Promise<ThreatInsight | undefined> {
    const document = await orMissing(http.request("GET", "/api/v1/threats/configuration", { signal }));
    const { action, excludeZones } = fieldsOf(document?.body);
    return document && { action: textOf(action) ?? "", excludeZones: textsOf(excludeZones) };
}

/** Okta answers 404 for what is not there. */
async function orMissing(answer: Promise<Answer>): Promise<Answer | undefined> {
    return answer.catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
    });
}

/** Where the roles of an admin or of an OAuth app are listed, whether they have them themselves or by a group. */
export function rolesPath(holder: { readonly userId: string } | { readonly clientId: string }): string {
    return "userId" in holder
        ? `/api/v1/users/${encodeURIComponent(holder.userId)}/roles`
        : `/oauth2/v1/clients/${encodeURIComponent(holder.clientId)}/roles`;
}

/** The types of the active roles, such as `ORG_ADMIN`; `CUSTOM` for one that the org made. @throws `okta-*` */
export async function listRoles(http: OktaHttp, path: string, signal: AbortSignal): Promise<readonly string[]> {
    const { body } = await http.request("GET", path, { signal });
    const roles = Array.isArray(body) ? body.map(fieldsOf) : [];
    return roles.filter(({ status }) => status !== "INACTIVE").flatMap(({ type }) => textOf(type) ?? []);
}
