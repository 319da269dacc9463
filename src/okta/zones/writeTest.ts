import { parseSpan } from "../../core/addresses/ip";
import { fail } from "../../core/errors/errors";
import { GATEWAY_LIMIT, SENTINEL } from "../../core/zones/zone";
import { writeAndVerify } from "./verifiedWrite";
import type { Zone, ZoneStore } from "./zones";

export interface WriteTestOptions {
    readonly zones: ZoneStore;
    readonly zoneId: string;
    /** The gateways of a read just before: if the zone differs, another writer is at work. */
    readonly seen: readonly string[];
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
}

/** Why the test was skipped; undefined if it succeeded, and the zone is as before. */
export interface WriteTest {
    readonly leftOut: string | undefined;
}

/** The sentinel as a range of one address. Okta keeps either spelling as it was written (recorded). */
const RESPELLED = `${SENTINEL.replace(/\/32$/, "")}-${SENTINEL.replace(/\/32$/, "")}`;

/**
 * Tests whether a write of a zone succeeds and becomes visible, and undoes it. Each
 * written list contains all addresses of the list that was read before it, so no
 * address is removed:
 *
 *   the zone has        is written                   and then
 *   no sentinel         the list and the sentinel    the list
 *   the sentinel        with the sentinel respelled  the list
 *   other than IPv4     nothing: it could not be put back as it was
 *   no room for it      nothing
 *   changed meanwhile   nothing: another writer is at work, and Okta has no conditional write
 *
 * The remaining risk is a write of another writer in the instant between the read
 * and the write: the System Log shows it, and the zone does not. If the zone shows a third list, nothing more is written.
 *
 * @throws `write-unverified` with what the zone shows; what reading and writing throw
 */
export async function testWrite(options: WriteTestOptions): Promise<WriteTest> {
    const { zones, zoneId, seen, signal } = options;
    const zone = await zones.read(zoneId, signal);
    const leftOut = obstacleIn(zone, seen);
    if (leftOut !== undefined) return { leftOut };
    const before = textsIn(zone);
    await put(await put(zone, withProbe(before), options), before, options);
    return { leftOut: undefined };
}

function obstacleIn(zone: Zone, seen: readonly string[]): string | undefined {
    const { usage, gateways } = zone;
    if (!sameTexts(gateways, seen)) return "it changed during the check, so another writer is at work";
    if (usage !== "POLICY") return `it is a ${usage}`;
    const foreign = gateways.find((text) => parseSpan(text, "clear").span === undefined);
    if (foreign !== undefined) return `its gateway ${foreign} is not IPv4`;
    if (gateways.length === 0) return "it has no gateway, and could not be put back as it was";
    const isFull = gateways.length >= GATEWAY_LIMIT[usage] && !gateways.includes(SENTINEL);
    return isFull ? "it is full" : undefined;
}

/** The gateways in Okta's spelling, so that the zone can be restored exactly. */
function textsIn({ document }: Zone): string[] {
    return ((document.gateways ?? []) as readonly { readonly value: string }[]).map(({ value }) => value);
}

function withProbe(texts: readonly string[]): string[] {
    if (!texts.some(isSentinel)) return [...texts, SENTINEL];
    return texts.map((text) => (!isSentinel(text) ? text : text === SENTINEL ? RESPELLED : SENTINEL));
}

function isSentinel(text: string): boolean {
    return text === SENTINEL || text === RESPELLED;
}

/** Writes a list, and reads until the zone shows it, also if the answer was lost. */
async function put(zone: Zone, texts: readonly string[], options: WriteTestOptions): Promise<Zone> {
    const { zones, signal, sleep } = options;
    const before = textsIn(zone);
    const { seen: now } = await writeAndVerify({
        write: () => zones.write(zone, texts, signal),
        read: () => zones.read(zone.id, signal),
        isSettled: (seen) => !sameTexts(textsIn(seen), before),
        whenLost: "as-after-200",
        ...{ sleep, signal },
    });
    if (sameTexts(textsIn(now), texts)) return now;
    const what = sameTexts(textsIn(now), before) ? "does not show what was written" : "was changed by another writer";
    return complain(now, what);
}

function complain({ id, name, gateways }: Zone, what: string): never {
    return fail(
        "write-unverified",
        `zone "${name}" (${id}) ${what}: ${gateways.join(", ") || "none"}. Stop every other writer of this zone. ` +
            `If the sentinel ${SENTINEL} is left in it by this test, it admits nobody, and the next sync removes it.`,
    );
}

function sameTexts(ours: readonly string[], theirs: readonly string[]): boolean {
    return JSON.stringify([...ours].sort()) === JSON.stringify([...theirs].sort());
}
