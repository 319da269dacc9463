import { sentenceOf } from "../../core/errors/codes";
import { hasCode } from "../../core/errors/errors";
import { isEligible } from "../../core/portal/settings/portalSettings";
import { requestGrant } from "../actions/requestGrant";
import { personCaller, toldOf } from "../callers";
import type { PortalContext } from "../context";
import { problemOf } from "../problem";

/** Grants what a sign-in grants by itself. What cannot be granted is shown on the page with its button: the sign-in itself has worked. */
export async function grantOnLogin(
    context: PortalContext,
    visitor: Parameters<typeof personCaller>[1],
    address: string,
): Promise<void> {
    const addressed = await context.addressing(visitor.session, visitor.key, address);
    const caller = personCaller(context, visitor, "cookie", addressed);
    const wanted = context.settings.accesses.filter(
        (access) => access.isGrantedOnLogin && isEligible(access.eligible, visitor.person),
    );
    for (const { name } of wanted) {
        try {
            await requestGrant(context, caller, { access: name }, { session: visitor.key });
        } catch (error) {
            const problem = problemOf(error);
            if (problem === undefined && !hasCode(error, "ledger-unwritable")) throw error;
            const request = context.newId("r-");
            const told = { request, ...toldOf(caller), access: name };
            await context.audit({ type: "portal.refused", ...told, why: problem?.sentence ?? sentenceOf(error) });
        }
    }
}
