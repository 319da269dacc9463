import type { Event, History } from "../history";
import { granted, handmade } from "./handmade";

/** What may go wrong besides, with the first agent, Okta or the source. */
const BESIDES: Readonly<Record<string, readonly Event[]>> = {
    "nothing else": [],
    "a clock an hour ahead": [{ atMs: 50_000, kind: "jump", agent: 0, byMs: 3_600_000 }],
    "a clock an hour back": [{ atMs: 50_000, kind: "jump", agent: 0, byMs: -3_600_000 }],
    "a clock that is set while nobody leads": [{ atMs: 101_500, kind: "jump", agent: 0, byMs: -3_600_000 }],
    "a zone that is deleted before": [{ atMs: 80_000, kind: "delete", zone: 1 }],
    "a zone that is deleted while nobody leads": [{ atMs: 101_500, kind: "delete", zone: 1 }],
    "a disk that is full at the next start": [{ atMs: 101_500, kind: "disk", agent: 0, state: "full", forMs: 60_000 }],
    "an outage of Okta": [{ atMs: 99_000, kind: "outage", fault: "silent", forMs: 60_000 }],
    "a source that hangs": [{ atMs: 99_000, kind: "source", state: "hanging", forMs: 60_000 }],
};

/** How the process that leads comes to its end, at 100 s or soon after. */
const ENDS: Readonly<Record<string, readonly Event[]>> = {
    "dies in a sync": [{ atMs: 99_900, kind: "crash in sync", agent: 0, syncs: 0 }],
    "dies in the sync after two others": [{ atMs: 99_900, kind: "crash in sync", agent: 0, syncs: 2 }],
    "dies with its write": [{ atMs: 99_900, kind: "okta", fault: "crash after", on: "PUT", times: 1 }],
    crashes: [{ atMs: 101_000, kind: "crash", agent: 0, downMs: 10_000 }],
    "dies in a sync, and again when it leads again": [
        { atMs: 99_900, kind: "crash in sync", agent: 0, syncs: 0 },
        { atMs: 105_000, kind: "crash in sync", agent: 0, syncs: 0 },
    ],
    "loses the lead": [{ atMs: 101_000, kind: "lose lead" }],
};

function ended(ends: readonly Event[]): readonly History[] {
    const grants = [granted(30_000, "g1", "ana", 1), granted(100_000, "g2", "bob", 3)];
    return Object.values(BESIDES).flatMap((more) =>
        [1, 2].map((agents) => handmade([...grants, ...ends, ...more], { zones: 2, agents })),
    );
}

/** Histories at whose end somebody leads again, by how the process ended that led. */
export const LED_AGAIN: Readonly<Record<string, readonly History[]>> = Object.fromEntries(
    Object.entries(ENDS).map(([end, ends]) => [end, ended(ends)]),
);
