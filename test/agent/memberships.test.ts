import { strict as assert } from "node:assert";

import type { TaggedEvent } from "../../src/agent/events/events";
import { type Memberships, openMemberships } from "../../src/agent/memberships";
import type { OpenMembership } from "../../src/agent/openMembership";
import { coded, fail } from "../../src/core/errors/errors";
import { type AgentSettings, type MembershipSettings, readAgentSettings } from "../../src/core/settings/agentSettings";
import { agentView } from "../support/agentView";
import { virtualClock } from "../support/virtualClock";

const ONE = { zones: ["nzo1"], source: { type: "file", path: "grants.yaml" } };
const TWO = {
    source: "grants.yaml",
    memberships: [
        { name: "payroll", zones: ["nzo1"] },
        { name: "wiki", zones: ["nzo2"] },
    ],
};
const NEVER = new AbortController().signal;

/** Memberships that tell what they do; work of theirs goes on until its signal aborts. */
function openTold(document: object, next: () => Promise<object> = async () => document) {
    const [told, events]: [string[], TaggedEvent[]] = [[], []];
    const clock = virtualClock(0);
    const opened = new Map<string, number>();
    const failing = new Map<string, unknown>();
    const held = new Map<string, readonly string[]>();
    const open = (settings: MembershipSettings): OpenMembership => {
        const count = (opened.get(settings.name) ?? 0) + 1;
        opened.set(settings.name, count);
        const name = `${settings.name} ${count}`;
        const work = (what: string) => async (signal: AbortSignal) => {
            told.push(`${name} ${what}`);
            if (failing.has(settings.name)) throw failing.get(settings.name);
            if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
            await clock.sleep(10, NEVER);
            told.push(`${name} has ended`);
        };
        return {
            settings,
            run: work("keeps"),
            standBy: work("stands by"),
            view: () => agentView({ held: held.get(settings.name) ?? [], isLeading: !failing.has(settings.name) }),
            confirm: async (addresses: readonly string[]) => {
                told.push(`${name} confirms`);
                return addresses;
            },
            wake: () => told.push(`${name} wakes`),
            close: async () => void told.push(`${name} closes`),
            checkZones: async (ids: readonly string[]) => {
                if (ids.includes("nzoNobody")) throw new Error("zone nzoNobody does not exist");
                if (ids.includes("nzoSilent")) throw coded("okta-unreachable", "no answer");
            },
        } as unknown as OpenMembership;
    };
    const members = openMemberships({
        settings: readAgentSettings(document),
        open,
        read: async (): Promise<AgentSettings> => readAgentSettings(await next()),
        record: async (event) => void events.push(event),
        clock,
        onReloaded: (_, sentence) => void told.push(sentence),
        onFailed: (membership, { message }) => void told.push(`${membership} failed: ${message}`),
    });
    /** Reloads while they work, and lets those that are told to end do so. */
    const reload = async () => {
        const reloaded = members.reload();
        await clock.pass(20);
        await reloaded;
    };
    return { told, events, members, failing, held, clock, reload };
}

type Told = ReturnType<typeof openTold>;

describe("the only membership of a configuration", () => {
    const ways: readonly [string, string, (members: Memberships, stop: AbortSignal) => Promise<void>][] = [
        ["keeps the zones", "keeps", ({ run }, stop) => run(stop, NEVER)],
        ["stands by", "stands by", ({ standBy }, stop) => standBy(stop)],
    ];
    for (const [name, does, work] of ways) {
        it(`${name} by the configuration of now, after the one of before has ended`, async () => {
            const { told, members, reload, clock } = openTold(ONE, async () => ({ ...ONE, poll: "10s" }));
            const stop = new AbortController();
            const ended = work(members, stop.signal);
            await reload();
            stop.abort();
            await clock.pass(20);
            await ended;
            assert.deepEqual(told, [
                `default 1 ${does}`,
                "default 1 has ended",
                `default 2 ${does}`,
                "the configuration is read again and in force; different: poll",
                "default 1 closes",
                "default 2 has ended",
            ]);
        });
    }

    it("goes on undisturbed where nothing is different", async () => {
        const { told, members, reload, clock } = openTold(ONE);
        const stop = new AbortController();
        const ended = members.run(stop.signal, NEVER);
        await reload();
        stop.abort();
        await clock.pass(20);
        await ended;
        assert.deepEqual(told, [
            "default 1 keeps",
            "the configuration is read again and in force; different: nothing",
            "default 1 has ended",
        ]);
    });

    const changes: readonly [string, object, readonly string[]][] = [
        ["nothing", {}, []],
        ["zones", { zones: ["nzo1", "nzo2"] }, ["zones"]],
        ["limits", { limits: { maxRemovals: "20%", maxTimeToLive: "12h" } }, ["maxRemovals", "maxTimeToLive"]],
        ["times", { maxStale: "1h", poll: "10s" }, ["maxStale", "poll"]],
        ["the org and the log", { okta: { orgName: "acme" }, log: "debug" }, ["okta", "log"]],
    ];
    for (const [what, change, changed] of changes) {
        it(`writes down which settings are different: ${what}`, async () => {
            const { events, reload } = openTold(ONE, async () => ({ ...ONE, ...change }));
            await reload();
            assert.deepEqual(events, [{ type: "configuration.reloaded", changed }]);
        });
    }

    it("stays as it was where Okta does not have a new zone", async () => {
        const { told, events, members, reload } = openTold(ONE, async () => ({ ...ONE, zones: ["nzo1", "nzoNobody"] }));
        const [before] = members.all();
        await reload();
        assert.equal(members.all()[0], before);
        assert.deepEqual(told, [
            "default 2 closes",
            "the configuration of before stays in force: zone nzoNobody does not exist",
        ]);
        assert.deepEqual(events, []);
    });

    it("compares with the configuration that was read last", async () => {
        const { events, reload } = openTold(ONE, async () => ({ ...ONE, poll: "10s" }));
        await reload();
        await reload();
        assert.deepEqual(events.at(-1), { type: "configuration.reloaded", changed: [] });
    });

    it("ends the agent with what ends it", async () => {
        const { members, failing } = openTold(ONE);
        failing.set("default", new Error("a bug"));
        await assert.rejects(members.run(NEVER, NEVER), { message: "a bug" });
    });
});

describe("several memberships", () => {
    /** Keeps them, does something, and stops. */
    async function during({ members, clock }: Told, does: () => Promise<void>): Promise<void> {
        const stop = new AbortController();
        const ended = members.run(stop.signal, NEVER);
        await clock.pass(0);
        await does();
        stop.abort();
        await clock.pass(20);
        await ended;
    }

    it("go on while one of them fails, which begins again after a pause", async () => {
        const stage = openTold(TWO);
        const { told, failing, clock, members } = stage;
        failing.set("payroll", fail_("okta-unauthorized", "the token is revoked"));
        await during(stage, async () => {
            assert.deepEqual(told, ["payroll 1 keeps", "wiki 1 keeps", "payroll failed: the token is revoked [ZK101]"]);
            const [payroll = assert.fail(), wiki = assert.fail()] = members.several() ?? [];
            assert.deepEqual(
                [payroll.notReady, payroll.lastError?.code],
                [["the token is revoked [ZK101]"], "okta-unauthorized"],
            );
            assert.deepEqual([wiki.notReady, members.view().notReady], [[], ["payroll: the token is revoked [ZK101]"]]);
            failing.clear();
            await clock.pass(1000);
            assert.equal(told.at(-1), "payroll 1 keeps");
        });
    });

    it("give the lead back together where the ledger cannot be written", async () => {
        const { members, failing, clock, told } = openTold(TWO);
        failing.set("wiki", fail_("ledger-unwritable", "the disk is full"));
        const ended = assert.rejects(members.run(NEVER, NEVER), { code: "ledger-unwritable" });
        await clock.pass(20);
        await ended;
        assert.equal(told.at(-1), "payroll 1 has ended");
    });

    const [PAYROLL, WIKI] = TWO.memberships;
    const reloads: Readonly<
        Record<string, [memberships: readonly object[], told: readonly string[], changed: readonly string[]]>
    > = {
        "a new one begins, the others go on": [
            [PAYROLL ?? {}, WIKI ?? {}, { name: "admin", zones: ["nzo3"] }],
            ["admin 1 keeps", "the configuration is read again and in force; different: admin"],
            ["admin"],
        ],
        "one that is different ends before it begins again": [
            [PAYROLL ?? {}, { ...WIKI, drift: "report" }],
            [
                "wiki 1 has ended",
                "wiki 2 keeps",
                "the configuration is read again and in force; different: wiki.drift",
                "wiki 1 closes",
            ],
            ["wiki.drift"],
        ],
        "one that is gone leaves its zones, and that is said": [
            [PAYROLL ?? {}],
            [
                "wiki 1 has ended",
                "the configuration is read again and in force; different: wiki",
                "the membership wiki is kept no more; its zones stay as they are: nzo2",
                "wiki 1 closes",
            ],
            ["wiki"],
        ],
        "a zone that moves is let go before it is taken": [
            [{ ...PAYROLL, zones: ["nzo1", "nzo2"] }],
            [
                "payroll 1 has ended",
                "wiki 1 has ended",
                "payroll 2 keeps",
                "the configuration is read again and in force; different: payroll.zones, wiki",
                "the membership wiki is kept no more; its zones stay as they are: nzo2",
                "payroll 1 closes",
                "wiki 1 closes",
            ],
            ["payroll.zones", "wiki"],
        ],
    };
    for (const [sentence, [memberships, expected, changed]] of Object.entries(reloads)) {
        it(`with a new configuration: ${sentence}`, async () => {
            const stage = openTold(TWO, async () => ({ ...TWO, memberships }));
            const { told, events, reload } = stage;
            await during(stage, async () => {
                told.splice(0);
                await reload();
                assert.deepEqual(told, expected);
                assert.deepEqual(events[0], { type: "configuration.reloaded", changed });
            });
        });
    }

    it("keep the configuration of before where one of the new ones cannot be opened, and none is disturbed", async () => {
        const stage = openTold(TWO, async () => ({
            ...TWO,
            memberships: [...TWO.memberships, { name: "admin", zones: ["nzoNobody"] }],
        }));
        await during(stage, async () => {
            stage.told.splice(0);
            await stage.reload();
            assert.deepEqual(stage.told, [
                "admin 1 closes",
                "the configuration of before stays in force: zone nzoNobody does not exist",
            ]);
        });
    });

    it("take a configuration while the org of a new one does not answer", async () => {
        const memberships = [...TWO.memberships, { name: "admin", zones: ["nzoSilent"] }];
        const stage = openTold(TWO, async () => ({ ...TWO, memberships }));
        await during(stage, async () => {
            stage.told.splice(0);
            await stage.reload();
            assert.deepEqual(stage.told, [
                "admin 1 keeps",
                "the configuration is read again and in force; different: admin",
            ]);
        });
    });

    it("begin by a new configuration while a write of another one is still under way", async () => {
        const admin = { name: "admin", zones: ["nzo3"] };
        const stage = openTold(TWO, async () => ({ ...TWO, memberships: [PAYROLL ?? {}, admin] }));
        await during(stage, async () => {
            const { told, clock, members } = stage;
            told.splice(0);
            const reloaded = members.reload();
            await clock.pass(5);
            assert.deepEqual(told, ["admin 1 keeps"]);
            await clock.pass(10);
            await reloaded;
            assert.equal(told[1], "wiki 1 has ended");
        });
    });

    const confirmations: Readonly<
        Record<string, [held: readonly string[], membership: string | undefined, told: readonly string[]]>
    > = {
        "what all of them hold": [
            ["203.0.113.7/32", "203.0.113.8/32"],
            undefined,
            ["payroll 1 confirms", "wiki 1 confirms"],
        ],
        "what one of them holds": [["203.0.113.8/32"], undefined, ["wiki 1 confirms"]],
        "the one that is named": [["203.0.113.7/32", "203.0.113.8/32"], "payroll", ["payroll 1 confirms"]],
    };
    for (const [what, [addresses, membership, expected]] of Object.entries(confirmations)) {
        it(`let go of ${what}`, async () => {
            const { members, held, told } = openTold(TWO);
            held.set("payroll", ["203.0.113.7/32"]).set("wiki", ["203.0.113.8/32"]);
            await members.confirm(addresses, "mia", undefined, membership);
            assert.deepEqual(told, expected);
        });
    }
});

function fail_(code: "okta-unauthorized" | "ledger-unwritable", message: string): unknown {
    try {
        return fail(code, message);
    } catch (error) {
        return error;
    }
}
