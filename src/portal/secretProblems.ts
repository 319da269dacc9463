import { type Environment, secretAt } from "../agent/environment";
import { hasCode } from "../core/errors/errors";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { isSecretReference } from "../sources/settings/secret";

/** A secret of the configuration that cannot be read where the portal runs. */
export interface SecretProblem {
    /** The setting: `login.clientSecret`. */
    readonly where: string;
    /** Why, with the name of the variable or file: for those who run the portal, and nobody else. */
    readonly sentence: string;
}

/** All of them at once, so that a start does not fail once for each, nor a sign-in weeks later. */
export function secretProblems(
    settings: PortalSettings,
    environment: Pick<Environment, "directory" | "env">,
): readonly SecretProblem[] {
    return referencesIn(settings).flatMap(([where, reference]) => {
        try {
            secretAt(reference, environment);
            return [];
        } catch (error) {
            return [{ where, sentence: hasCode(error, "bad-input") ? error.message : String(error) }];
        }
    });
}

function referencesIn({ login, session, store, okta = {}, notify }: PortalSettings): readonly [string, string][] {
    const found: [string, string | undefined][] = [
        ["login.clientSecret", login.clientSecret],
        ["session.secret", session.secret],
        ["store.url", store.type === "postgres" ? store.url : undefined],
        ...Object.entries(okta).map(([key, value]): [string, string] => [`okta.${key}`, value]),
        ...notify.flatMap((place, at): [string, string][] => [
            ...(place.type === "webhook" ? [] : [[`notify.${at}.url`, place.url] as [string, string]]),
            ...(place.type === "webhook" ? [[`notify.${at}.secret`, place.secret] as [string, string]] : []),
        ]),
    ];
    return found.flatMap(([where, value]) => (value !== undefined && isSecretReference(value) ? [[where, value]] : []));
}
