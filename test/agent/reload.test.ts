import { strict as assert } from "node:assert";
import type { AgentEvent } from "../../src/agent/events/events";
import type { OpenMembership } from "../../src/agent/openMembership";
import { openReload, type Reload } from "../../src/agent/reload";
import { type AgentSettings, readAgentSettings } from "../../src/core/settings/agentSettings";

const DOCUMENT = { zones: ["nzo1"], source: { type: "file", path: "grants.yaml" } };
const SETTINGS = readAgentSettings(DOCUMENT);

/** Memberships that tell what they do; work of theirs goes on until its signal aborts. */
function openTold(read: () => Promise<AgentSettings>) {
    const told: string[] = [];
    let opened = 0;
    const open = () => {
        const name = `membership ${++opened}`;
        const work = (what: string) => async (signal: AbortSignal) => {
            told.push(`${name} ${what}`);
            if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        };
        const close = async () => void told.push(`${name} closes`);
        const checkZones = async (ids: readonly string[]) => {
            if (ids.includes("nzoNobody")) throw new Error("zone nzoNobody does not exist");
        };
        return { run: work("runs"), standBy: work("stands by"), checkZones, close } as unknown as OpenMembership;
    };
    const onReloaded = (_: string, sentence: string) => void told.push(sentence);
    const events: AgentEvent[] = [];
    const record = async (event: AgentEvent) => void events.push(event);
    return { told, events, reloading: openReload({ settings: SETTINGS, open, read, record, onReloaded }) };
}

describe("openReloading", () => {
    const NEVER = new AbortController().signal;
    const ways: readonly [string, string, (reloading: Reload, stop: AbortSignal) => Promise<void>][] = [
        ["keeps the zones", "runs", ({ run }, stop) => run(stop, NEVER)],
        ["stands by", "stands by", ({ standBy }, stop) => standBy(stop)],
    ];
    for (const [name, does, work] of ways) {
        it(`${name} by the configuration of now`, async () => {
            const { told, reloading } = openTold(async () => SETTINGS);
            const stop = new AbortController();
            const ended = work(reloading, stop.signal);
            await reloading.reload();
            stop.abort();
            await ended;
            assert.deepEqual(told, [
                `membership 1 ${does}`,
                "the configuration is read again and in force; different: nothing",
                "membership 1 closes",
                `membership 2 ${does}`,
            ]);
        });
    }

    const changes: readonly [string, object, readonly string[]][] = [
        ["nothing", {}, []],
        ["zones", { zones: ["nzo1", "nzo2"] }, ["zones"]],
        ["limits", { limits: { maxRemovals: "20%", maxTimeToLive: "12h" } }, ["maxRemovals", "maxTimeToLive"]],
        ["times", { maxStale: "1h", poll: "10s" }, ["maxStale", "poll"]],
    ];
    for (const [what, change, changed] of changes) {
        it(`writes down which settings are different: ${what}`, async () => {
            const { events, reloading } = openTold(async () => readAgentSettings({ ...DOCUMENT, ...change }));
            await reloading.reload();
            assert.deepEqual(events, [{ type: "configuration.reloaded", changed }]);
        });
    }

    it("keeps the configuration where Okta does not have a new zone", async () => {
        const zones = ["nzo1", "nzoNobody"];
        const { told, events, reloading } = openTold(async () => readAgentSettings({ ...DOCUMENT, zones }));
        const before = reloading.current();
        await reloading.reload();
        assert.equal(reloading.current(), before);
        assert.deepEqual(told, [
            "membership 2 closes",
            "the configuration of before stays in force: zone nzoNobody does not exist",
        ]);
        assert.deepEqual(events, []);
    });

    it("compares with the configuration that was read last", async () => {
        const { events, reloading } = openTold(async () => readAgentSettings({ ...DOCUMENT, poll: "10s" }));
        await reloading.reload();
        await reloading.reload();
        assert.deepEqual(events.at(-1), { type: "configuration.reloaded", changed: [] });
    });

    it("stays with the configuration of before where the new one cannot be read", async () => {
        const { told, reloading } = openTold(() => Promise.reject(new Error("it has a typo")));
        const stop = new AbortController();
        const ended = reloading.standBy(stop.signal);
        await reloading.reload();
        stop.abort();
        await ended;
        assert.deepEqual(told, ["membership 1 stands by", "the configuration of before stays in force: it has a typo"]);
    });
});
