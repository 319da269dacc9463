import { join } from "node:path";

import { builtPackage } from "./builtPackage";
import { type PortalBenchScene, startPortalScene } from "./portalScene";
import { type Bench, figure, type Section } from "./section";

const [CLICKS, BURST, PER_SECOND, PEOPLE, PAGES, LISTENERS] = [200, 500, 100, 10_000, 40, 1_000];

/** Requests a minute that the emulated org allows, so that no click waits for the agent's share of them. */
const AMPLE = 1_000_000;

/** Clicks of which each is followed by a revocation, with the limit of a usual org: more than the agent's share of it. */
const MANY_CLICKS = 50;

/**
 * From the click to Okta's 200, also where the rate limit delays it, grants at a pace, and the page of somebody among 10,000 with a grant while others listen: of the built
 * package, which is what runs in production.
 */
export async function portal(bench: Bench): Promise<Section> {
    const bin = await builtPackage(bench);
    const clicks = await measureClicks(bench, bin);
    const many = await measureManyClicks(bench, bin);
    const crowd = await measureCrowd(bench, bin);
    return {
        title: "The portal (ms)",
        headings: ["what", "p50", "p99"],
        rows: [...clicks, many, ...crowd.rows],
        note: [
            `${CLICKS} clicks with agent and portal in one process, the store in a file, and the emulated Okta in another process; each is`,
            `revoked before the next one. An org of 600 requests a minute: the last 5 of ${MANY_CLICKS} such clicks, when the agent has used its share.`,
            `The others: the portal alone, with ${PEOPLE.toLocaleString("en-US")} people who have a grant; ${BURST} grants of as many other people.`,
            `The portal of the built package has ${crowd.firstMb} MB resident after its first page, ${crowd.grantedMb} MB after the grants, and ${crowd.memoryMb} MB with ${LISTENERS.toLocaleString("en-US")} pages that listen.`,
            `The page, with its style and script, has ${crowd.pageKb} kB.`,
        ],
    };
}

async function measureClicks({ scratch, now }: Bench, bin: string): Promise<string[][]> {
    const options = { serve: "agent", visitors: 1, crowd: 0, bin, rateLimit: AMPLE } as const;
    await using scene = await startPortalScene(join(scratch, "clicks"), options);
    const puts: number[] = [];
    const clicks = await clicked(scene, now, CLICKS, async () => {
        puts.push(await timed(now, () => scene.put()));
    });
    return [
        ["from the click to Okta's 200", ...quantiles(clicks)],
        ["a bare GET and PUT of the zone", ...quantiles(puts)],
    ];
}

/** Clicks in a row, of which each is a write, until they wait for the agent's share of the org's rate limit. */
async function measureManyClicks({ scratch, now }: Bench, bin: string): Promise<string[]> {
    const options = { serve: "agent", visitors: 1, crowd: 0, bin } as const;
    await using scene = await startPortalScene(join(scratch, "many"), options);
    const clicks = await clicked(scene, now, MANY_CLICKS, async () => {});
    return ["the same, beyond the agent's share of 600 requests a minute", ...quantiles(clicks.slice(-5))];
}

/** How long each of so many clicks of one visitor takes until Okta's 200. @param between Work after each one. */
async function clicked(
    scene: PortalBenchScene,
    now: () => number,
    count: number,
    between: () => Promise<void>,
): Promise<number[]> {
    const visitor = scene.visitor(0);
    const clicks: number[] = [];
    for (let index = 0; index < count; index += 1) {
        const click = async () => {
            const written = scene.nextWrite();
            const id = await visitor.grant();
            await written;
            return id;
        };
        const revoke = async (id: string) => {
            const removed = scene.nextWrite();
            await visitor.revoke(id);
            await removed;
        };
        clicks.push(await timed(now, click, revoke));
        await between();
    }
    return clicks;
}

async function measureCrowd({ scratch, now }: Bench, bin: string) {
    const options = { serve: "portal", visitors: BURST + 2, crowd: PEOPLE, bin } as const;
    await using scene = await startPortalScene(join(scratch, "crowd"), options);
    const visitor = scene.visitor(BURST);
    const admin = scene.visitor(BURST + 1);
    const bytes = await visitor.size();
    const firstMb = figure(scene.residentMb());
    const adminPages = await repeated(PAGES, () => timed(now, () => admin.page()));
    const pages = await repeated(PAGES, () => timed(now, () => visitor.page()));
    const grants = await burst(scene, now);
    const grantedMb = figure(scene.residentMb());
    const close = await visitor.listen(LISTENERS);
    const id = await visitor.grant();
    const listening = await repeated(PAGES, () => timed(now, () => visitor.page()));
    await visitor.revoke(id);
    const memoryMb = figure(scene.residentMb());
    close();
    return {
        rows: [
            [`a grant, ${PER_SECOND} a second`, ...quantiles(grants)],
            ["the page", ...quantiles(pages)],
            ["the page of an admin", ...quantiles(adminPages)],
            [`the page, while ${LISTENERS.toLocaleString("en-US")} pages listen`, ...quantiles(listening)],
        ],
        ...{ firstMb, grantedMb, memoryMb },
        pageKb: figure(bytes / 1000),
    };
}

/** Each begins at its own moment, whatever became of those before it. */
async function burst(scene: PortalBenchScene, now: () => number): Promise<number[]> {
    const began = now();
    return Promise.all(
        Array.from({ length: BURST }, async (_, index) => {
            const waitMs = (index * 1000) / PER_SECOND - (now() - began);
            await new Promise((resolve) => setTimeout(resolve, waitMs));
            return timed(now, () => scene.visitor(index).grant());
        }),
    );
}

/** How long a piece of work takes, without what follows it. */
async function timed<T>(
    now: () => number,
    work: () => Promise<T>,
    after?: (result: T) => Promise<void>,
): Promise<number> {
    const began = now();
    const result = await work();
    const ms = now() - began;
    await after?.(result);
    return ms;
}

async function repeated<T>(times: number, work: () => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (let index = 0; index < times; index += 1) results.push(await work());
    return results;
}

function quantiles(values: readonly number[]): [string, string] {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return [figure(at(0.5)), figure(at(0.99))];
}
