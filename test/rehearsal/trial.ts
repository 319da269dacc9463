import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/emulator";
import type { RehearsalEvent, RehearsalOptions, Result } from "../../rehearsal/engine";
import { processes } from "../support/processes";

/** The token in every trial; no text may show it. */
export const TOKEN = "00trial-token";

/** A fixture project, an Okta of its own and a state of its own. */
export interface Trial extends AsyncDisposable {
    readonly okta: Emulator;
    readonly statePath: string;
    readonly events: readonly RehearsalEvent[];
    options(config?: Readonly<Record<string, string>>, more?: Partial<RehearsalOptions>): RehearsalOptions;
    stateText(): Promise<string>;
    /** What Okta was asked since the last call, ids replaced by what they are ids of: `PUT /api/v1/zones/{zone}`. */
    asked(): readonly string[];
}

export async function openTrial(project: string, emulator: EmulatorOptions = {}): Promise<Trial> {
    const okta = await startEmulator(emulator);
    const folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
    const statePath = join(folder, "dev.json");
    const events: RehearsalEvent[] = [];
    let heard = 0;
    return {
        okta,
        statePath,
        events,
        options: (config = {}, more = {}) => ({
            directory: resolve("test/fixtures/projects", project),
            stack: "dev",
            config: { "okta:httpProxy": okta.url, "okta:apiToken": TOKEN, ...config },
            secretKeys: ["okta:apiToken"],
            statePath,
            env: { PATH: process.env.PATH, HOME: process.env.HOME },
            onEvent: (event) => events.push(event),
            startChild: processes.start,
            ...more,
        }),
        stateText: () => readFile(statePath, "utf8"),
        asked() {
            const since = okta.requests.slice(heard);
            heard = okta.requests.length;
            return since.map(({ method, path }) => `${method} ${generic(path)}`);
        },
        async [Symbol.asyncDispose]() {
            await okta.close();
            await rm(folder, { recursive: true });
        },
    };
}

function generic(path: string): string {
    return path
        .replace(/\/nzo\w{17}/, "/{zone}")
        .replace(/\/(rst|00p)\w{17}/, "/{policy}")
        .replace(/\/(rul|0pr)\w{17}/, "/{rule}");
}

/** `update okta:network/zone:Zone`, for what was not left as it was. */
export function changesIn({ steps }: Result): readonly string[] {
    return steps
        .filter(({ op, diff }) => op !== "same" && !(op === "refresh" && diff.length === 0))
        .map(({ op, type }) => `${op} ${type}`);
}
