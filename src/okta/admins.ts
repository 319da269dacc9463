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
    /** The user whose rights it has. */
    readonly userId: string | undefined;
    /** When it expires unless it is used. */
    readonly expiresAtMs: number | undefined;
    /** Ids of the zones to which its use is restricted, or from which it is excluded. */
    readonly include: readonly string[];
    readonly exclude: readonly string[];
}

/**
 * The API tokens of the org. Okta does not mark the one that makes the request.
 * `/api/v1/api-tokens/current` cannot be read: its one method revokes the token.
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
 * The network restriction of an OAuth app; undefined if Okta does not know it as an app.
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

/** The settings of ThreatInsight; undefined if the org does not have it. @throws `okta-*` */
export async function readThreatInsight(http: OktaHttp, signal: AbortSignal): Promise<ThreatInsight | undefined> {
    const document = await orMissing(http.request("GET", "/api/v1/threats/configuration", { signal }));
    const { action, excludeZones } = fieldsOf(document?.body);
    return document && { action: textOf(action) ?? "", excludeZones: textsOf(excludeZones) };
}

/** Undefined for a 404. */
async function orMissing(answer: Promise<Answer>): Promise<Answer | undefined> {
    return answer.catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
    });
}

/** The path of the roles of an administrator or of an OAuth app, direct or through a group. */
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
