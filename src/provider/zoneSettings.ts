import type { dynamic } from "@pulumi/pulumi";

import { fail } from "../core/errors/errors";
import {
    type Judgement,
    judgeRemoval,
    judgeSettings,
    type Permission,
    type ZoneSettings,
} from "../core/settings/zoneSettings";
import { spellProxy } from "../core/zones/proxies";
import { changeZone, shows } from "../okta/zones/changeZone";
import type { Zone } from "../okta/zones/zones";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS, inOneLine, settled, unlessGone } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, plain, sameState } from "./state";
import { connect, type World } from "./world";

/** Plain JSON, as Pulumi keeps it in the stack's state. */
export interface KeptSettings extends ZoneSettings, Permission {
    readonly zoneId: string;
}

export type ZoneSettingsProvider = Required<dynamic.ResourceProvider<KeptSettings, KeptSettings>>;

/**
 * A dynamic provider for the settings of a zone whose gateways another writer manages.
 *
 *   check            prints what the change means for the addresses in the zone, and refuses what it must not do
 *   create, update   write the zone with its live gateways, where it shows other settings
 *   read             reports the live settings, so that drift is a difference
 *   delete           refuses while the zone admits users, if the stack is guarded; Okta's provider deletes the zone
 */
export function zoneSettingsProvider(open: (config: dynamic.Config) => World): ZoneSettingsProvider {
    const { world, configure } = openOnce(open);
    /** The zones that check has just read, for the create that follows immediately. */
    const justRead = new Map<string, Zone>();

    async function write(settings: KeptSettings): Promise<void> {
        const { zones, lock, clock } = world();
        const [zoneId, change] = [settings.zoneId, changeOf(settings)];
        const seen = justRead.get(zoneId);
        justRead.delete(zoneId);
        if (seen !== undefined && shows(seen, change)) return;
        const signal = AbortSignal.timeout(DEADLINE_MS);
        await lock([zoneId], () => changeZone({ zones, zoneId, change, sleep: clock.sleep, signal }));
    }

    return {
        configure,
        async check(olds, news) {
            if (Object.values(news).some(isUnknown) || sameSettings(olds, news)) return { inputs: news };
            return checkedInputs(async () => {
                refuseProxiesOfBlocklist(news);
                const live = await readLive(world(), news.zoneId);
                if (live !== undefined) {
                    justRead.set(news.zoneId, live);
                    report(world(), judgeSettings(live, news, news));
                }
                return plain(news);
            });
        },
        async diff(_id, olds, news) {
            return { changes: Object.values(news).some(isUnknown) || !isSame(olds, news) };
        },
        async create(settings) {
            await inOneLine(() => settled(settings.zoneId, settings, write(settings)));
            return { id: settings.zoneId, outs: settings };
        },
        async read(id, props) {
            const live = await inOneLine(() => unlessGone(world().recent.read(id, AbortSignal.timeout(DEADLINE_MS))));
            if (live === undefined) return {};
            const { name, usage, status, document } = live;
            const proxies = proxiesIn(document);
            const found: KeptSettings = plain({ ...PLAIN, ...props, zoneId: id, name, usage, status, proxies });
            return { id, props: found, inputs: found };
        },
        async update(id, _olds, settings) {
            await inOneLine(() => settled(id, settings, write(settings)));
            return { outs: settings };
        },
        async delete(id, props) {
            await inOneLine(async () => {
                const live = await readLive(world(), id);
                if (live !== undefined) report(world(), judgeRemoval(live, { ...PLAIN, ...props }));
            });
        },
    };
}

function readLive({ zones }: World, zoneId: string): Promise<Zone | undefined> {
    return unlessGone(zones.readAny(zoneId, AbortSignal.timeout(DEADLINE_MS)));
}

/** Prints what a change means. @throws `bad-input` for a refusal */
function report({ tell }: World, { says, refusal }: Judgement): void {
    if (refusal !== undefined) fail("bad-input", refusal);
    for (const sentence of says) tell(sentence);
}

function refuseProxiesOfBlocklist({ name, usage, proxies }: KeptSettings): void {
    if (usage !== "BLOCKLIST" || proxies.length === 0) return;
    fail("bad-input", `zone "${name}": a blocklist has no trusted proxies; take them out`);
}

const PLAIN: Permission = { isGuarded: false, allow: [] };

function changeOf({ name, usage, status, proxies }: KeptSettings): ZoneSettings {
    return { name, usage, status, proxies };
}

/** Whether the desired zone is the same as before; a state of another version may lack any field. */
function sameSettings(olds: Partial<KeptSettings>, news: KeptSettings): boolean {
    return olds.zoneId === news.zoneId && isSame(changeOf(olds as KeptSettings), changeOf(news));
}

/** Whether two settings are equal; the order of proxies is ignored. */
function isSame(olds: Partial<KeptSettings>, news: Partial<KeptSettings>): boolean {
    const sorted = ({ proxies = [], ...rest }: Partial<KeptSettings>) => ({ ...rest, proxies: [...proxies].sort() });
    return sameState(sorted(olds), sorted(news));
}

/** In the spelling of the program; Okta respells only single addresses. */
function proxiesIn({ proxies }: Zone["document"]): string[] {
    return Array.isArray(proxies) ? proxies.map(({ value }: { value: string }) => spellProxy(value)) : [];
}

/** Loaded by ./entries.cjs. */
export const provider = perOrg(() => zoneSettingsProvider(connect));
