import * as client from "openid-client";

import { hasCode } from "../../core/errors/errors";
import type { LoginSettings } from "../../core/portal/settings/portalSettings";
import { isLoopbackUrl } from "../../core/portal/settings/urls";
import { refuse } from "../problem";
import { SKEW_S, unreachable } from "./answer";

export interface DiscoveryOptions {
    readonly login: LoginSettings;
    /** Read anew each time the provider is discovered. */
    readonly clientSecret: () => string | undefined;
    readonly fetch: typeof globalThis.fetch;
    readonly now: () => number;
}

/** A provider is asked anew after so long, as its addresses may change; keys are looked up when a new one appears. */
export const DISCOVERY_MS = 3_600_000;

const TIMEOUT_S = 10;

/** The provider's own description, kept for a while. */
export function openDiscovery(options: DiscoveryOptions) {
    const { login, now } = options;
    let known: { readonly config: Promise<client.Configuration>; readonly atMs: number } | undefined;
    let origins: readonly string[] = [new URL(login.issuer).origin];
    return {
        origins: () => origins,
        configuration(): Promise<client.Configuration> {
            if (known !== undefined && now() - known.atMs < DISCOVERY_MS) return known.config;
            const config = discover(options);
            known = { config, atMs: now() };
            config.then(
                (found) => {
                    const { authorization_endpoint: begin, end_session_endpoint: end } = found.serverMetadata();
                    const named = [login.issuer, begin, end].flatMap((url) => (url ? [new URL(url).origin] : []));
                    origins = [...new Set(named)];
                },
                () => {
                    known = undefined;
                },
            );
            return config;
        },
    };
}

async function discover({ login, clientSecret, fetch }: DiscoveryOptions): Promise<client.Configuration> {
    const secret = clientSecret();
    const config = await client.discovery(
        new URL(login.issuer),
        login.clientId,
        { [client.clockTolerance]: SKEW_S, ...(secret === undefined && { token_endpoint_auth_method: "none" }) },
        secret === undefined ? client.None() : client.ClientSecretBasic(secret),
        {
            timeout: TIMEOUT_S,
            [client.customFetch]: fetch as client.CustomFetch,
            // Without this the library believes a token that came straight from the provider, whatever signed it.
            execute: [
                client.enableNonRepudiationChecks,
                ...(isLoopbackUrl(login.issuer) ? [client.allowInsecureRequests] : []),
            ],
        },
    );
    return config;
}

/** The description of the provider. @throws a problem for visitors where it cannot be had */
export async function reachedOr(
    config: Promise<client.Configuration>,
    report: (error: unknown) => void,
): Promise<client.Configuration> {
    try {
        return await config;
    } catch (error) {
        if (!hasCode(error, "bad-input")) return unreachable(error);
        // It names a setting or a variable of the portal, which is nothing for visitors.
        report(error);
        const sentence = "the portal is not set up to sign anybody in: its log says why";
        return refuse(503, "portal-unavailable", sentence);
    }
}
