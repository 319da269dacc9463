import type { CredentialFacts, Facts, Known, TokenFacts } from "../../core/doctor/facts";
import { listApiTokens, listRoles, readAppNetwork, rolesPath } from "../../okta/admins";
import { claimsOf } from "../../okta/credentials/accessToken";
import { type Credential, describeCredential } from "../../okta/exchange/credential";
import type { OktaHttp } from "../../okta/http";
import { whoAmI } from "../../okta/org";
import type { Asker } from "./asker";

export interface WhoOptions {
    readonly http: OktaHttp;
    readonly credential: Credential;
    /** Where other credentials are set. */
    readonly unused: readonly string[];
    readonly signal: AbortSignal;
}

type Who = Pick<Facts, "credential" | "owner" | "roles" | "tokens" | "appNetwork">;

/** Who asks, by which credential, and with which rights. */
export async function gatherWho(options: WhoOptions, ask: Asker): Promise<Who> {
    const credential = credentialFacts(options);
    if (credential.kind === "api-token")
        return { credential, appNetwork: undefined, ...(await gatherOwner(options, ask)) };
    const roles = await rolesOfApp(options, credential, ask);
    const appNetwork = await networkOfApp(options, credential, ask);
    return { credential, owner: undefined, roles, tokens: undefined, appNetwork };
}

/** The id of a service app is its client id. One that Okta does not show, or that is not known, cannot be looked at. */
async function networkOfApp({ http, signal }: WhoOptions, { clientId }: CredentialFacts, ask: Asker) {
    if (clientId === undefined) return undefined;
    const network = await ask.okta("/api/v1/apps", () => readAppNetwork(http, clientId, signal));
    if (network.unknown !== undefined) return network;
    return network.value === undefined ? undefined : { value: network.value };
}

function credentialFacts({ credential, unused }: WhoOptions): CredentialFacts {
    const description = describeCredential(credential);
    const nothing = { scopes: undefined, endsAtMs: undefined, clientId: undefined };
    switch (credential.kind) {
        case "api-token":
            return { kind: credential.kind, description, unused, ...nothing };
        case "access-token":
            return { kind: credential.kind, description, unused, ...claimsOf(credential.accessToken) };
        case "private-key": {
            // Okta gives no token with fewer scopes than were asked for.
            const { kind, scopes, clientId } = credential;
            return { kind, description, unused, scopes, clientId, endsAtMs: undefined };
        }
    }
}

async function gatherOwner({ http, signal }: WhoOptions, ask: Asker): Promise<Omit<Who, "credential" | "appNetwork">> {
    const owner = await ask.okta("/api/v1/users/me", () => whoAmI(http, signal));
    if (owner.unknown !== undefined) return { owner, roles: owner, tokens: owner };
    const { id } = owner.value;
    const path = rolesPath({ userId: id });
    const roles = await ask.okta(path, () => listRoles(http, path, signal));
    const tokens: Known<readonly TokenFacts[]> = await ask.okta("/api/v1/api-tokens", async () => {
        const all = await listApiTokens(http, signal);
        return all.filter(({ userId }) => userId === id);
    });
    return { owner, roles, tokens };
}

async function rolesOfApp({ http, signal }: WhoOptions, { clientId }: CredentialFacts, ask: Asker) {
    if (clientId === undefined) {
        const reason = "the access token does not name the app that it is of";
        return { unknown: { name: "credential-owner", reason, remedy: "Try it with --write-test." } } as const;
    }
    const path = rolesPath({ clientId });
    return ask.okta(path, () => listRoles(http, path, signal));
}
