import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { openTestBrowser } from "../portal/browser";
import { freePort } from "../support/freePort";
import { type Step, stepsOf } from "./page";
import { openTerminals, type Terminal, type Terminals } from "./terminals";

const PAGE = "docs/tutorials/leave-knocknoc.md";
const ZONE = "nzoKnocknoc000000001";
const KNOCKNOC = ["198.51.100.0/24", "203.0.113.7/32", "203.0.113.8/32"];

describe(PAGE, () => {
    const steps = stepsOf(PAGE);

    it("has files, commands that go on, commands that end, a sign-in, and their output", () => {
        const count = (kind: Step["kind"]) => steps.filter((step) => step.kind === kind).length;
        const goOn = steps.filter((step) => step.kind === "command" && step.goesOn).length;
        assert.deepEqual(
            [count("file"), count("command"), goOn, count("sign-in"), count("quote"), count("output")],
            [4, 9, 3, 1, 1, 11],
        );
    });

    it("does what it says, and evicts nobody until somebody confirms", async function () {
        if (process.platform === "win32") this.skip();
        await using reader = await openReader();
        for (const step of steps) {
            const isConfirmation = step.kind === "command" && step.text.includes("/api/confirm");
            if (isConfirmation) reader.mayEvict();
            await reader.follow(step);
        }
        assert.deepEqual(await reader.gateways(), ["127.0.0.1/32", "198.51.100.0/24"]);
    });
});

/** Somebody who does what the page says, on ports that are free. */
async function openReader() {
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const ports = await freePorts([8080, 9464, 9465]);
    const here = (text: string) => replacePorts(text, ports);
    const okta = here("http://127.0.0.1:8080");
    const terminals: Terminals = await openTerminals(directory, normalize);
    const browser = openTestBrowser(undefined);
    let [first, last, agent]: (string | Terminal | undefined)[] = ["", undefined, undefined];
    let isEvictionAllowed = false;

    async function gateways(): Promise<readonly string[]> {
        const answer = await fetch(`${okta}/api/v1/zones/${ZONE}`, { headers: { authorization: "SSWS any" } });
        const zone = (await answer.json()) as { readonly gateways: readonly { readonly value: string }[] };
        return zone.gateways.map(({ value }) => value).sort();
    }

    async function command({ text, goesOn, status }: Extract<Step, { kind: "command" }>): Promise<Terminal> {
        const terminal = terminals.open(`${first}\n${here(text)}`);
        if (!goesOn) {
            const ended = await terminal.ended;
            assert.equal(ended.status, status, `${text}\n${ended.output}`);
        }
        return terminal;
    }

    /** The portal may not have heard of the agent yet: then a reader sees the page change, and this one loads it again. */
    async function read(text: string): Promise<void> {
        const isThere = () => browser.page.text.includes(`>${text}<`);
        for (let waitedMs = 0; !isThere() && waitedMs < 60_000; waitedMs += 200) {
            await setTimeout(200);
            await browser.go(browser.page.url);
        }
        assert.ok(isThere(), browser.page.text);
    }

    async function follow(step: Step): Promise<void> {
        if (step.kind === "file") await writeFile(join(directory, step.name), here(step.text));
        else if (step.kind === "every-terminal") first = step.text;
        else if (step.kind === "sign-in") await browser.signIn(here(step.url), step.login);
        else if (step.kind === "quote") await read(step.text);
        else if (step.kind === "command") {
            last = await command(step);
            if (/zonekeeper agent (?!.*--dry-run)/.test(step.text)) agent = last;
        } else await ((step.of === "agent" ? agent : last) as Terminal).printed(step.lines.map(here));
        const isThere = step.kind !== "file" && step.kind !== "every-terminal" && step.kind !== "command";
        if (!isThere || isEvictionAllowed) return;
        const inside = await gateways();
        assert.deepEqual(
            KNOCKNOC.filter((gateway) => !inside.includes(gateway)),
            [],
            `evicted by ${JSON.stringify(step)}`,
        );
    }

    return {
        follow,
        gateways,
        mayEvict() {
            isEvictionAllowed = true;
        },
        async [Symbol.asyncDispose]() {
            await terminals[Symbol.asyncDispose]();
            await rm(directory, { recursive: true });
        },
    };
}

/** What differs from one run to another: times, ids, and how long something took. */
function normalize(text: string): string {
    return text
        .replace(/^\d\d:\d\d:\d\d /gm, "TIME ")
        .replace(/\bg-[0-9a-f]{24}\b/g, "g-ID")
        .replace(/\b00u\w{17}\b/g, "00uID")
        .replace(/\d+\.\d+ s after/g, "S s after");
}

function replacePorts(text: string, ports: ReadonlyMap<number, number>): string {
    return text.replace(/(127\.0\.0\.1:|--port )(\d+)\b/g, (_, before: string, port: string) => {
        return `${before}${ports.get(Number(port)) ?? port}`;
    });
}

/** Ports for those that the page names, all of them free. */
async function freePorts(named: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const free = new Map<number, number>();
    for (const one of named) {
        let port = await freePort();
        while ([...free.values()].includes(port)) port = await freePort();
        free.set(one, port);
    }
    return free;
}
