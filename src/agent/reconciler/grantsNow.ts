import { indexOf } from "../../core/grants/grantIndex";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { selectedGrants } from "../../core/grants/selection";
import { nextDenialChangeMs } from "../../core/membership/denials";
import { brakeSentence, type Held } from "../../core/membership/held";
import type { Moment } from "./event";
import { closesAtMs } from "./source";
import type { ReconcilerSettings, ReconcilerState } from "./state";

/** What questions about a membership are answered from. */
export interface Known {
    readonly settings: ReconcilerSettings;
    readonly state: ReconcilerState;
    readonly moment: Moment;
}

/** Whether the grants became too old while the source cannot be read. */
export function isClosed({ settings, state, moment }: Known): boolean {
    return moment.nowMs >= closesAtMs(state.source, settings);
}

/** What the source said last. Undefined while this process has not read it; one that is too old has no grants at all. */
export function readingNow(known: Known): Reading | undefined {
    const { reading } = known.state.source;
    const counting = isClosed(known) ? { grants: [], unusable: reading?.unusable ?? [] } : reading;
    return counting && known.moment.usable(counting);
}

/** Goes up each time the reading is another one. */
export function grantsVersion({ state, moment }: Known): number {
    return state.source.version + moment.usableVersion;
}

/** The grants to go by, active or not, without those that are denied. */
export function grantsToGoBy({ decided, memory }: Pick<Known["state"], "decided" | "memory">): readonly Grant[] {
    return decided.decision?.grants ?? memory?.grants ?? [];
}

/** The selected grants of the latest reading. */
export function selectedNow(known: Known): readonly Grant[] {
    return selectedGrants(readingNow(known)?.grants ?? [], known.settings.rules.selector);
}

/** The selected grants of a reading that is not decided about yet; none where every reading is. */
export function comingGrants(known: Known): readonly Grant[] {
    return grantsVersion(known) === known.state.decided.version ? [] : selectedNow(known);
}

/** Those to go by, and the selected ones of the latest reading that are not gone by. */
export function shownGrants(known: Known): readonly Grant[] {
    const going = grantsToGoBy(known.state);
    const selected = selectedNow(known);
    if (going === selected) return going;
    const ids = new Set(going.map(({ id }) => id));
    return [...going, ...selected.filter(({ id }) => !ids.has(id))];
}

/** Another text whenever a decision may come out differently. */
export function versionNow(known: Known): string {
    const { decided } = known.state;
    const { moment } = known;
    const ofOthers = decided.moved.length > 0 ? moment.others().reduce((sum, other) => sum + other.version(), 0) : "";
    return `${grantsVersion(known)} ${decided.confirmations} ${moment.denials.version} ${ofOthers}`;
}

/** The first moment after `ms` at which time alone changes a decision; Infinity for never. */
export function momentAfter({ settings, state, moment }: Known, ms: number): number {
    const { maxMs } = settings.rules.timeToLive;
    const closesMs = closesAtMs(state.source, settings);
    const read = state.source.reading && indexOf(state.source.reading.grants).nextMoment(ms, maxMs);
    const remembered = indexOf(state.memory?.grants ?? []).nextMoment(ms, maxMs);
    return Math.min(
        read ?? Infinity,
        closesMs > ms ? closesMs : Infinity,
        remembered ?? Infinity,
        nextDenialChangeMs(moment.denials.list, ms) ?? Infinity,
    );
}

/** What waits for a confirmation, by the latest decision. */
export function heldNow({ decided }: Pick<Known["state"], "decided">): readonly Held[] {
    return decided.decision?.held ?? [];
}

/** Why it is held; undefined where the removal brake holds nothing. */
export function heldBecause({ settings, state }: Pick<Known, "settings" | "state">): string | undefined {
    const { decision } = state.decided;
    if (decision?.judgement.verdict !== "held") return undefined;
    return brakeSentence(decision.judgement, settings.rules.windowMs);
}
