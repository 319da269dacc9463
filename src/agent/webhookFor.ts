import type { WebhookAnswer, WebhookReceiver } from "./http/types";
import type { OpenMembership } from "./openMembership";

/**
 * The receiver of a delivery to `/hooks/grants`.
 *
 *   the URL names           goes to
 *   a membership            the source of that one
 *   none                    the shared source, or the only webhook source
 *   none, and there are
 *   several webhook sources refused: 400
 *
 * @param membership The value of `?membership=`.
 */
export function webhookFor(
    memberships: readonly Pick<OpenMembership, "settings" | "source" | "webhook">[],
    membership: string | undefined,
): WebhookReceiver {
    if (membership !== undefined) {
        const named = memberships.find(({ settings }) => settings.name === membership);
        return named?.webhook ?? refusing(404, "there is no such membership");
    }
    const takers = memberships.filter(({ source }) => "accept" in source);
    const common = takers.find(({ settings }) => settings.sourceOf === "all");
    if (common !== undefined || takers.length === 1) return (common ?? takers[0])?.webhook ?? NONE;
    if (takers.length === 0) return memberships[0]?.webhook ?? NONE;
    return refusing(400, "several memberships take deliveries: say which one, as /hooks/grants?membership=NAME");
}

function refusing(status: number, error: string): WebhookReceiver {
    const answer: WebhookAnswer = { status, body: { error } };
    return { screen: () => answer, authenticate: async () => answer, accept: async () => answer };
}

const NONE = refusing(404, "this agent's source is not a webhook");
