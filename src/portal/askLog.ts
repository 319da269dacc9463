import { type Environment, plainOrSecret } from "../agent/environment";
import { fail } from "../core/errors/errors";
import { type Logged, type LoggedSignIn, loggedAddress, SKEW_MS } from "../core/portal/loggedAddress";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { findOkta } from "../okta/connection";
import { oktaHttp } from "../okta/http";

const ASK_MS = 5_000;

/** Asks Okta's System Log about sign-ins, with a credential that may read the log and nothing else. @throws `bad-input` */
export function openLogQuestions(
    { okta, addressFrom }: PortalSettings,
    options: Environment,
    onWait: (text: string) => void,
): (signIn: LoggedSignIn) => Promise<Logged> {
    if (addressFrom === "connection" || okta === undefined) {
        return async () => fail("bad-input", "Okta's log is not asked");
    }
    // Of the environment nothing counts: an agent's credential beside the portal may write.
    const connection = findOkta({
        config: (key) => okta[key] && plainOrSecret(okta[key], options),
        nameOf: (key) => `portal.okta.${key}`,
        env: {},
        ...(okta.url !== undefined && { url: okta.url }),
    });
    const http = oktaHttp({ connection, ...options.clock, fetch: options.fetch, maxThrottleWaitMs: 2_000, onWait });
    return async (signIn) => {
        const query = new URLSearchParams({
            since: new Date(signIn.sinceMs - SKEW_MS).toISOString(),
            until: new Date(signIn.untilMs + SKEW_MS).toISOString(),
            filter: `eventType eq "user.authentication.sso" and actor.id eq ${JSON.stringify(signIn.sub)}`,
            sortOrder: "DESCENDING",
            limit: "100",
        });
        const { body } = await http.request("GET", `/api/v1/logs?${query}`, { signal: AbortSignal.timeout(ASK_MS) });
        return loggedAddress(Array.isArray(body) ? body : [], signIn);
    };
}
