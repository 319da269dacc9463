import type { FastifyInstance } from "fastify";

import type { LedgerLine } from "../../events/events";
import { readAssets } from "../../page/assets";
import { readPageQuery } from "../../page/query";
import { RECENT_LINES } from "../../page/recently";
import { statusPage } from "../../page/statusPage";
import { gatheredViews } from "../../status/gathered";
import type { openOktaAnswers } from "../../status/oktaAnswers";
import type { ServerOptions } from "../types";

/** How many of the latest lines are searched for those of a membership. */
const SEARCHED_LINES = 300;

/**
 * `GET /`, the status page; `?membership=`, `?address=`, `?okta=`, `?find=`, `?show=` and `?page=` see readPageQuery.
 */
export function addPage(
    app: FastifyInstance,
    { view, memberships, recentLedger, clock, version, token, report }: ServerOptions,
    fromOkta: ReturnType<typeof openOktaAnswers>,
): void {
    const assets = readAssets();
    app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
        "/",
        { config: { kind: "read", allowance: "reads" } },
        async ({ query }, reply) => {
            const { view: all, several } = await gatheredViews(view(), memberships?.());
            const asked = readPageQuery(query);
            const one = several?.find(({ name }) => name === asked.membership);
            const ledger = await recentLedger(one === undefined ? RECENT_LINES : SEARCHED_LINES).catch(
                (error: unknown) => {
                    report(error);
                    return undefined;
                },
            );
            const isAsked = asked.okta === true && asked.address !== "" && all.isLeading;
            const okta = isAsked ? await fromOkta(asked.address, one?.name) : undefined;
            reply.type("text/html; charset=utf-8").header("content-security-policy", assets.policy);
            // With no-referrer, a browser would send `Origin: null` with the page's own form.
            reply.header("referrer-policy", "same-origin");
            return statusPage({
                view: one ?? all,
                memberships: several,
                ledger:
                    one === undefined
                        ? ledger
                        : ledger?.filter(({ event }) => isAbout(event, one.name)).slice(0, RECENT_LINES),
                // The name of a membership that no longer exists is ignored.
                query: { ...asked, membership: one?.name ?? "" },
                nowMs: clock.now(),
                version,
                confirming: token() === undefined ? "no-token" : "token",
                okta,
                assets,
            });
        },
    );
}

/** An event without a membership is about the whole agent. */
function isAbout({ membership }: LedgerLine["event"], name: string): boolean {
    return membership === undefined || membership === name;
}
