import type { Grant } from "../src/core/grants/grants";
import { apart, grantOf, NOW_MS } from "./grants";
import type { Change } from "./oneByOne";

/** A change of the grants of a membership. */
export interface Case {
    readonly name: string;
    readonly shards: number;
    readonly before: readonly Grant[];
    readonly after: readonly Grant[];
    /** How far the clock goes on between the two. @default 0 */
    readonly laterMs?: number;
    /** The same, for one who writes each change by itself. */
    readonly changes: readonly Change[];
}

const SOME = apart(20, 20);

/** More than the 150 of a zone: they fill the first of three, and spill into the second. */
const MANY = apart(200, 200);

const NEW = grantOf("new", 0xc633640a);

const SHORT = { ...grantOf("short", 0xc633640b), expiresAtMs: NOW_MS + 60_000 };

const HUNDRED = Array.from({ length: 100 }, (_, index) => grantOf(`late-${index}`, 0xcb007100 + index * 2));

export const CASES: readonly Case[] = [
    { name: "nothing", shards: 1, before: SOME, after: SOME, changes: [] },
    { name: "one grant added", shards: 1, before: SOME, after: [...SOME, NEW], changes: [{ add: NEW }] },
    { name: "one grant revoked", shards: 1, before: [...SOME, NEW], after: SOME, changes: [{ remove: NEW }] },
    {
        name: "100 grants added at once",
        shards: 1,
        before: SOME,
        after: [...SOME, ...HUNDRED],
        changes: HUNDRED.map((add) => ({ add })),
    },
    {
        name: "one grant expired",
        shards: 1,
        before: [...SOME, SHORT],
        after: [...SOME, SHORT],
        laterMs: 60_000,
        changes: [{ remove: SHORT }],
    },
    {
        name: "one grant added, 3 shards",
        shards: 3,
        before: MANY,
        after: [...MANY, NEW],
        changes: [{ add: NEW, shard: 1 }],
    },
];
