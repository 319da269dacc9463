import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { Results } from "../../../src/agent/reconciler/event";
import { coded } from "../../../src/core/errors/errors";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant } from "../../support/grants";
import { type Begun, isBegun, LEAD, type Machine, openMachine, zoneWith } from "./machine";

const DOWN = coded("okta-unreachable", "Okta is down");

/** `run`: the zone lane until it rests; `lost`: its task fails; `stale`: a result of an earlier time comes. */
type Act = "hint" | "suspect" | "recheck" | "pass" | "source" | "zone" | "run" | "lost" | "stale" | "stop" | "confirm";

interface Step {
    readonly act: Act;
    readonly grants: readonly string[];
    readonly ms: number;
}

const often: readonly Act[] = ["hint", "source", "source", "zone", "zone", "zone", "zone", "zone", "run"];
const seldom: readonly Act[] = ["hint", "suspect", "recheck", "pass", "lost", "stale", "confirm"];

const history = fc.array(
    fc.record({
        act: fc.constantFrom<Act>(...often, ...seldom),
        grants: fc.subarray([A, B, C]),
        ms: fc.integer({ min: 1, max: 40_000 }),
    }),
    { minLength: 30, maxLength: 150 },
);

/** A task that was begun, in words. */
interface Seen {
    readonly words: string;
    /** The task of the same lane that had ended just before. */
    readonly after: string;
    /** Whether another one of the same lane was still under way. */
    readonly isTwice: boolean;
    readonly isStopped: boolean;
}

/** Plays a history, tells the machine to stop, and plays it again. */
function played(steps: readonly Step[]): readonly Seen[] {
    const player = openPlayer();
    for (const step of [...steps, { act: "stop" as const, grants: [], ms: 1 }, ...steps]) player.play(step);
    return player.seen;
}

function openPlayer() {
    const machine = openMachine({ zones: { nzo1: [SENTINEL], nzo2: [SENTINEL] } });
    const open = new Map<Begun["lane"], Begun>();
    const seen: Seen[] = [];
    let isStopped = false;

    function note(words: readonly string[], ended?: Begun): void {
        for (const each of words.filter(isBegun)) {
            const lane = each.split(":")[0] as Begun["lane"];
            const after = ended?.lane === lane ? ended.task.do : "";
            seen.push({ words: each, after, isTwice: open.has(lane), isStopped });
            open.set(lane, machine.underWay(lane));
        }
    }

    /** The task under way in a lane ends. */
    function end(lane: Begun["lane"], how: (task: Begun["task"]) => readonly string[]): void {
        const begun = open.get(lane);
        if (begun === undefined) return;
        open.delete(lane);
        note(how(begun.task), begun);
    }

    const goOn = () => end("zone", (task) => machine.done("zone", resultOf(machine, task)));

    const acts: { readonly [Each in Act]: (step: Step) => void } = {
        hint: () => note(machine.happen({ type: "hint" })),
        suspect: () => note(machine.happen({ type: "suspect" })),
        recheck: () => note(machine.happen({ type: "recheck" })),
        pass: ({ ms }) => machine.pass(ms),
        zone: goOn,
        run() {
            for (let task = open.get("zone")?.task; task !== undefined; task = open.get("zone")?.task) {
                goOn();
                if (task.do === "rest") return;
            }
        },
        lost: () => end("zone", () => machine.failed("zone", DOWN)),
        source({ grants }) {
            const reading = { grants: grants.map((ip) => grant(ip, 600)), unusable: [] };
            end("source", (task) => machine.done("source", task.do === "read" ? { reading } : {}));
        },
        confirm() {
            const held = (machine.state().decided.decision?.held ?? []).map(({ address }) => address);
            note(machine.happen({ type: "confirm", asked: 1, held, by: "ana", reason: undefined }));
            end("confirmation", () => machine.done("confirmation"));
        },
        stale() {
            const before = machine.state();
            assert.deepEqual(machine.happen({ type: "done", lane: "zone", number: -1 }), []);
            assert.equal(machine.state(), before);
        },
        stop() {
            isStopped = true;
            note(machine.happen({ type: "stop" }));
        },
    };
    note(machine.happen(LEAD));
    return { seen, play: (step: Step) => acts[step.act](step) };
}

/** What a healthy world answers. */
function resultOf({ zones }: Machine, task: Begun["task"]): Results {
    if (task.do === "find-unsettled") return { unsettled: new Map() };
    if (task.do === "look") return { zone: zoneWith(task.zone, zones.get(task.zone) ?? []) };
    if (task.do === "intend") return { id: "w" };
    if (task.do !== "write") return {};
    zones.set(task.zone.id, task.gateways);
    return { receipt: { status: 200 } };
}

describe("the state machine of a membership, whatever happens", () => {
    const laws: readonly (readonly [law: string, isKept: (each: Seen) => boolean])[] = [
        [
            "has one task of the source and one of the zones under way at most",
            ({ isTwice, words }) => !isTwice || words.startsWith("confirmation"),
        ],
        [
            "writes only right after the line of the write was kept",
            ({ words, after }) => !words.startsWith("zone: write") || after === "intend",
        ],
        [
            "begins no read, look, rest or line before a write once it is told to stop",
            ({ words, isStopped }) => !isStopped || !/: (look|read|intend|settle-time|rest)/.test(words),
        ],
    ];
    for (const [law, isKept] of laws) {
        it(law, () => {
            const keepsIt = fc.property(history, (steps) => {
                const against = played(steps).filter((each) => !isKept(each));
                assert.deepEqual(against, []);
            });
            fc.assert(keepsIt, { numRuns: 200 });
        });
    }

    it("writes something in many of these histories", () => {
        // The same histories each time: how many of them write is chance.
        const all = fc.sample(history, { numRuns: 50, seed: 1 }).map(played);
        const writing = all.filter((seen) => seen.some(({ words }) => words.startsWith("zone: write")));
        assert.ok(writing.length >= 5, `${writing.length} of 50`);
    });
});
