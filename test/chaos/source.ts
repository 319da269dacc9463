import { spanOf } from "../../src/core/addresses/ip";
import { fail } from "../../src/core/errors/errors";
import type { Grant } from "../../src/core/grants/grants";
import type { GrantSource } from "../../src/sources/source";
import type { Event } from "./history";
import type { Random } from "./random";
import type { WorldTime } from "./time";
import type { Document, Trouble } from "./trace";
import { grantUser } from "./users";

/** Where the grants of a world come from: it can be down, and its hints can be. */
export interface WorldSource {
    change(event: Event & { readonly kind: "grant" | "withdraw" }): void;
    fail(state: "unreadable" | "hanging" | "bad", forMs: number): void;
    /** What one process reads. */
    open(hear: Listener): GrantSource;
    readonly documents: readonly Document[];
    readonly outages: readonly Trouble[];
}

export interface Listener {
    /** A reading came to this. */
    readonly learn: (kind: "read" | "failed", grants: readonly Grant[]) => void;
    /** Whether a hint reaches an agent that can follow it. */
    readonly isLeading: () => boolean;
}

/** The longest that the source takes for an answer. */
export const READ_MS = 300;

/** The longest that a hint takes that is late. */
const LATE_HINT_MS = 20_000;

export function worldSource(time: WorldTime, random: Random, epochMs: number): WorldSource {
    const grants = new Map<string, Grant>();
    const documents: Document[] = [{ atMs: 0, grants: [] }];
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

    function apply(event: Event & { readonly kind: "grant" | "withdraw" }): void {
        if (event.kind === "withdraw") return void grants.delete(event.id);
        const nowMs = epochMs + time.now();
        grants.set(event.id, {
            id: event.id,
            spans: event.ranges.map(spanOf),
            user: grantUser(event.user),
            labels: {},
            ...(event.startsInMs !== undefined && { startsAtMs: nowMs + event.startsInMs }),
            ...(event.endsInMs !== undefined && { expiresAtMs: nowMs + event.endsInMs }),
        });
    }

    return {
        documents,
        outages,
        change(event) {
            apply(event);
            const document: Document = { atMs: time.now(), grants: [...grants.values()] };
            documents.push(document);
            if (event.hint === "at once" || event.hint === "twice") hint(document, random.between(0, 50));
            if (event.hint === "late") hint(document, random.between(1000, LATE_HINT_MS));
            if (event.hint === "twice") hint(document, random.between(0, 2000));
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
                    learn("failed", []);
                    const code = state === "bad" && !signal.aborted ? "bad-input" : "source-unreadable";
                    return fail(code, `cannot read grants from the world: it is ${state}`);
                }
                const { grants } = documents.at(-1) ?? { grants: [] };
                learn("read", grants);
                return { grants, unusable: [] };
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
