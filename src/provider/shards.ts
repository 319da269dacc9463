import type { dynamic } from "@pulumi/pulumi";

import { fail } from "../core/errors/errors";
import { judgeShardRemoval } from "../core/membership/shardRemoval";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS, unlessGone } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, plain, sameState } from "./state";
import { connect, type World } from "./world";

/** Plain JSON, as Pulumi keeps it in the stack's state. */
export interface Shards {
    /** The zones of an agent, in order. */
    readonly zoneIds: readonly string[];
    /** The value of `zonekeeper:allow`. */
    readonly allow: readonly string[];
}

export type ShardsProvider = Required<dynamic.ResourceProvider<Shards, Shards>>;

/**
 * Remembers the zones of an agent, and writes nothing. If there are fewer than before, `check` refuses to
 * remove zones with addresses that no other zone has, before the rule leaves them out.
 */
export function shardsProvider(open: (config: dynamic.Config) => World): ShardsProvider {
    const { world, configure } = openOnce(open);

    async function zonesOf(ids: readonly string[]) {
        const { zones: all } = world();
        const zones = await Promise.all(ids.map((id) => unlessGone(all.readAny(id, AbortSignal.timeout(DEADLINE_MS)))));
        return zones.filter((zone) => zone !== undefined);
    }

    async function checkLeaving({ zoneIds: before = [] }: Partial<Shards>, { zoneIds, allow }: Shards): Promise<void> {
        const leaving = before.filter((id) => !zoneIds.includes(id));
        if (leaving.length === 0) return;
        const refusal = judgeShardRemoval(await zonesOf(leaving), await zonesOf(zoneIds));
        if (refusal === undefined) return;
        if (!allow.includes("fewer-shards")) fail("bad-input", refusal);
        world().tell(refusal);
    }

    return {
        configure,
        async check(olds, news) {
            if (Object.values(news).some(isUnknown)) return { inputs: news };
            return checkedInputs(async () => {
                await checkLeaving(olds, news);
                return plain(news);
            });
        },
        diff: async (_id, olds, news) => ({ changes: !sameState(olds, news) }),
        read: async (id, props) => (props === undefined ? {} : { id, props, inputs: props }),
        create: async (shards) => ({ id: shards.zoneIds[0] ?? "none", outs: shards }),
        update: async (_id, _olds, shards) => ({ outs: shards }),
        async delete() {},
    };
}

/** Loaded by ./entries.cjs. */
export const provider = perOrg(() => shardsProvider(connect));
