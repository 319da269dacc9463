import type { FastifyInstance } from "fastify";

import { inSlices } from "../../../sources/slices";
import type { LedgerLine } from "../../events/events";
import { readAssets } from "../../page/assets";
import { listGrantsWork } from "../../page/grantList";
import { noMembershipPage } from "../../page/noMembershipPage";
import { readPageQuery } from "../../page/query";
import { RECENT_LINES } from "../../page/recently";
import { statusPage } from "../../page/statusPage";
import { gatheredViews, viewAbout } from "../../status/gathered";
import type { openOktaAnswers } from "../../status/oktaAnswers";
import type { AgentView, MembershipView } from "../../status/view";
import type { ServerOptions } from "../types";
import { membershipsOf, viewFor } from "../whichMembership";

/** How many of the latest lines are searched for those of a membership. */
const SEARCHED_LINES = 300;

/**
 * `GET /`, the status page; `?membership=`, `?address=`, `?okta=`, `?find=`, `?show=` and `?page=` see readPageQuery.
 */
export function addPage(
    app: FastifyInstance,
    options: ServerOptions,
    fromOkta: ReturnType<typeof openOktaAnswers>,
): void {
    const { view, memberships, recentLedger, clock, version, token, report } = options;
    const assets = readAssets();
    app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
        "/",
        { config: { kind: "read", allowance: "reads" } },
        async ({ query }, reply) => {
            // With no-referrer, a browser would send `Origin: null` with the page's own form.
            reply.header("referrer-policy", "same-origin");
            reply.type("text/html; charset=utf-8").header("content-security-policy", assets.policy);
            const names = membershipsOf(options).map(({ name }) => name);
            if ("problem" in viewFor(options, query.membership)) {
                return reply.code(404).send(noMembershipPage(query.membership, names, assets));
            }
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
            return statusPage({
                view: one ?? all,
                memberships: several,
                list: await inSlices(listGrantsWork((one ?? all).grants, asked)),
                about: await aboutAddress(asked.address, one ?? all, several),
                ledger:
                    one === undefined
                        ? ledger
                        : ledger?.filter(({ event }) => isAbout(event, one.name)).slice(0, RECENT_LINES),
                // The only membership has no page of its own.
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

/** Before the page is made, which cannot be interrupted. */
async function aboutAddress(address: string, view: AgentView, several: readonly MembershipView[] | undefined) {
    if (address === "") return undefined;
    const memberships: MembershipView[] = [];
    for (const each of several ?? []) memberships.push(await viewAbout(each, address));
    return { view: await viewAbout(view, address), memberships: several && memberships };
}

/** An event without a membership is about the whole agent. */
function isAbout({ membership }: LedgerLine["event"], name: string): boolean {
    return membership === undefined || membership === name;
}
