import type { dynamic } from "@pulumi/pulumi";
import { fail } from "../core/errors/errors";
import { type Allowed, askFor } from "../core/judging/allowed";
import type { Permission } from "../core/settings/zoneSettings";
import { inOneLine } from "./outcome";
import { perOrg } from "./perOrg";
import { sameState } from "./state";

/** Plain JSON, as Pulumi keeps it in the stack's state. */
export interface DeletionGuard extends Permission {
    /** The effect of deleting the rule, and the policy if it was created. */
    readonly says: string;
}

export type DeletionGuardProvider = Required<dynamic.ResourceProvider<DeletionGuard, DeletionGuard>>;

const NAME: Allowed = "destroy";

/**
 * A deletion guard for a rule and its policy; it is nothing in Okta. It depends on both, so Pulumi deletes it
 * before either: it prints the effect, and refuses if the stack is guarded, before anything is deleted.
 *
 * `destroy` runs no program, so the settings of the last `up`, in the state, decide.
 *
 * @param tell Prints a line in the output of Pulumi.
 */
export function deletionGuardProvider(tell: (text: string) => void): DeletionGuardProvider {
    return {
        async configure() {},
        check: async (_olds, inputs) => ({ inputs }),
        read: async (id, props) => (props === undefined ? {} : { id, props, inputs: props }),
        diff: async (_id, olds, news) => ({ changes: !sameState(olds, news) }),
        create: async (deletionGuard) => ({ id: NAME, outs: deletionGuard }),
        update: async (_id, _olds, deletionGuard) => ({ outs: deletionGuard }),
        async delete(_id, { says = "", isGuarded = false, allow = [] }) {
            const isRefused = isGuarded && !allow.includes(NAME);
            await inOneLine(async () =>
                isRefused ? fail("bad-input", `${says}; ${askFor(NAME)}, run pulumi up, and then destroy`) : tell(says),
            );
        },
    };
}

/** Loaded by ./entries.cjs. */
export const provider = perOrg(() => deletionGuardProvider((text) => process.stderr.write(`${text}\n`)));
