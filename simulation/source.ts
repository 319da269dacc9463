import { spanOf } from "../src/core/addresses/ip";
import { fail, hasCode } from "../src/core/errors/errors";
import type { Grant } from "../src/core/grants/grants";
import type { Reading } from "../src/core/grants/grantsDocument";
import type { GrantSource } from "../src/sources/source";
import { garbled } from "./accidents";
import type { Accident, EventOf, Hint } from "./history";
import type { Random } from "./random";
import type { WorldTime } from "./time";
import type { Document, Trouble } from "./trace";
import { grantUser } from "./users";

/** Where the grants of a world come from: it can be down, and say what is wrong; and its hints can be lost. */
export interface WorldSource {
    change(event: EventOf<"grant" | "withdraw">): void;
    /** What it says is wrong in this way, for so long. */
    garble(event: EventOf<"accident">): void;
    fail(state: "unreadable" | "hanging" | "bad", forMs: number): void;
    /** What one process reads. */
    open(hear: Listener): GrantSource;
    readonly documents: readonly Document[];
    readonly outages: readonly Trouble[];
}

export interface Listener {
    /** A reading came to this. */
    readonly learn: (kind: "read" | "failed", reading: Reading) => void;
    /** Whether a hint reaches an agent that can follow it. */
    readonly isLeading: () => boolean;
}

/** The longest that the source takes for an answer. */
export const READ_MS = 300;

const NOTHING: Reading = { grants: [], unusable: [] };

/** The longest that a hint takes that is late. */
const LATE_HINT_MS = 20_000;

/** @param isPush Whether it says of grants that were pushed alone which they are. */
export function worldSource(time: WorldTime, random: Random, epochMs: number, isPush: boolean): WorldSource {
    const grants = new Map<string, Grant>();
    const named = { set: new Set<string>(), removed: new Set<string>() };
    let accident: { readonly how: Accident; readonly atMs: number } | undefined;
    const documents: Document[] = [{ atMs: 0, grants: [], unusable: [] }];
    const outages: Trouble[] = [];
    let state: "unreadable" | "hanging" | "bad" = "unreadable";
    const wakes = new Set<() => void>();
    const listeners: Listener[] = [];

    const isDown = () => outages.some(({ fromMs, toMs }) => fromMs <= time.now() && time.now() < toMs);

    function hint(document: Document, afterMs: number): void {
        time.at(time.now() + afterMs, () => {
            if (listeners.some(({ isLeading }) => isLeading())) document.heardAtMs ??= time.now();
            for (const wake of wakes) wake();
        });
    }

    function apply(event: EventOf<"grant" | "withdraw">): void {
        const { id, isNamed = false } = event;
        for (const ids of [named.set, named.removed]) ids.delete(id);
        if (isNamed) (event.kind === "grant" ? named.set : named.removed).add(id);
        if (event.kind === "withdraw") return void grants.delete(id);
        const nowMs = epochMs + time.now();
        grants.set(id, {
            id,
            spans: event.ranges.map(spanOf),
            user: grantUser(event.user),
            labels: event.team === undefined ? {} : { team: event.team },
            ...(event.startsInMs !== undefined && { startsAtMs: nowMs + event.startsInMs }),
            ...(event.endsInMs !== undefined && { expiresAtMs: nowMs + event.endsInMs }),
        });
    }

    /** From now on it says this, and hints at it as the event says. */
    function publish(how: Hint): void {
        const all = [...grants.values()];
        const said = accident === undefined ? { grants: all, unusable: [] } : garbled(all, accident.how, accident.atMs);
        const ids = { set: new Set(named.set), removed: new Set(named.removed) };
        const document: Document = { atMs: time.now(), ...said, ...(isPush && { named: ids }) };
        documents.push(document);
        if (how === "at once" || how === "twice") hint(document, random.between(0, 50));
        if (how === "late") hint(document, random.between(1000, LATE_HINT_MS));
        if (how === "twice") hint(document, random.between(0, 2000));
    }

    return {
        documents,
        outages,
        change(event) {
            apply(event);
            publish(event.hint);
        },
        garble({ how, of, forMs, hint }) {
            const began = { how: { how, of }, atMs: epochMs + time.now() };
            accident = began;
            publish(hint);
            time.at(time.now() + forMs, () => {
                if (accident !== began) return;
                accident = undefined;
                publish(hint);
            });
        },
        fail(next, forMs) {
            state = next;
            outages.push({ fromMs: time.now(), toMs: time.now() + forMs, what: next });
        },
        open(listener) {
            listeners.push(listener);
            return sourceOf(listener);
        },
    };

    function sourceOf({ learn }: Listener): GrantSource {
        return {
            name: "the world",
            async read(signal) {
                if (isDown() && state === "hanging") {
                    await time.sleep(3_600_000, signal).catch(() => {});
                } else {
                    await time.sleep(random.between(1, READ_MS), signal).catch(() => {});
                }
                if (signal.aborted || isDown()) {
                    // A read that was cut off, as the agent leads no more, says nothing of the source.
                    const isCutOff = signal.aborted && !hasCode(signal.reason, "source-unreadable");
                    if (!isCutOff) learn("failed", NOTHING);
                    const code = state === "bad" && !signal.aborted ? "bad-input" : "source-unreadable";
                    return fail(code, `cannot read grants from the world: it is ${state}`);
                }
                const { grants, unusable, named } = documents.at(-1) ?? NOTHING;
                const reading = { grants, unusable, ...(named && { named }) };
                learn("read", reading);
                return reading;
            },
            watch(wake, signal) {
                wakes.add(wake);
                return new Promise((resolve) => {
                    const end = () => {
                        wakes.delete(wake);
                        resolve();
                    };
                    signal.addEventListener("abort", end, { once: true });
                });
            },
        };
    }
}
