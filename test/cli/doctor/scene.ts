import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import type { Seed } from "../../../emulator/seed";
import { type Called, call, TOKEN } from "../scene";

export const [ZONE, POLICY, USER] = ["nzo1", "rst1", "00u1"];

export function zone(id: string, name: string, values: readonly string[], more: object = {}) {
    return { id, name, gateways: values.map(address), ...more };
}

export function address(value: string) {
    return { type: value.includes("/") ? ("CIDR" as const) : ("RANGE" as const), value };
}

export function rule(name: string, network: object | undefined, more: object = {}) {
    const appSignOn = { access: "ALLOW", verificationMethod: { factorMode: "2FA", reauthenticateIn: "PT0S" } };
    return { name, conditions: network === undefined ? null : { network }, actions: { appSignOn }, ...more };
}

export function accessOf(access: string) {
    return { actions: { appSignOn: { access, verificationMethod: { reauthenticateIn: "PT0S" } } } };
}

export const IN_ZONE = rule("In zone", { connection: "ZONE", include: [ZONE] });
export const DENIES = { ...rule("Catch-all Rule", undefined), system: true, priority: 99, ...accessOf("DENY") };

export function policy(...rules: ReturnType<typeof rule>[]) {
    return { id: POLICY, name: "Staff access", rules: [...rules, DENIES] };
}

/** An org in which nothing is wrong. */
export const HEALTHY = {
    users: [{ id: USER, login: "ana@example.com" }],
    tokens: [{ name: "zonekeeper", value: TOKEN, userId: USER }],
    zones: [zone(ZONE, "Staff", ["203.0.113.7/32"])],
    policies: [policy(IN_ZONE)],
    apps: [{ label: "Payroll", policyId: POLICY }],
} satisfies Seed;

export interface Check {
    readonly code: string;
    readonly name: string;
    readonly status: string;
    readonly detail: string;
    readonly remedy: string;
}

export interface DoctorScene extends AsyncDisposable {
    readonly okta: Emulator;
    readonly directory: string;
    /** Runs the doctor, with `--okta` and without `--json`. */
    doctor(flags: readonly string[], env?: Readonly<Record<string, string>>): Promise<Called>;
    /** Writes a document into its folder. */
    write(name: string, document: object): Promise<void>;
    /** What it says with `--json`, by code; ids and times that differ from run to run are replaced. */
    checks(flags: readonly string[], env?: Readonly<Record<string, string>>): Promise<Map<string, Check>>;
}

export interface DoctorSceneOptions {
    /** @default a healthy one */
    readonly seed?: Seed;
    /** How far Okta's clock is ahead. @default 0 */
    readonly aheadMs?: number;
    readonly rateLimit?: number;
    readonly faults?: readonly Parameters<Emulator["inject"]>[0][];
    /** The file `grants.yaml`. */
    readonly grants?: string;
    /** The address from which Okta sees the doctor. @default 127.0.0.1 */
    readonly from?: string;
}

export async function openDoctorScene(options: DoctorSceneOptions = {}): Promise<DoctorScene> {
    const { seed = HEALTHY, aheadMs = 0, rateLimit = 600, faults = [], grants = "grants: []" } = options;
    const okta = await startEmulator({ idSeed: "doctor", seed, rateLimit, now: () => Date.now() + aheadMs });
    for (const fault of faults) okta.inject(fault);
    if (options.from !== undefined) okta.setClientAddress(options.from);
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    await writeFile(join(directory, "grants.yaml"), grants);
    const doctor: DoctorScene["doctor"] = (flags, env) =>
        call(["doctor", "--okta", okta.url, ...flags], { directory, ...(env && { env }) });
    return {
        okta,
        directory,
        doctor,
        write: (name, document) => writeFile(join(directory, name), JSON.stringify(document)),
        async checks(flags, env) {
            const { status, out, err } = await doctor([...flags, "--json"], env);
            assert.deepEqual(err, []);
            const { checks } = JSON.parse(steady(out, okta.url)) as { checks: Check[] };
            assert.equal(status, checks.some((check) => check.status === "fail") ? 1 : 0);
            return new Map(checks.map((check) => [check.code, check]));
        },
        async [Symbol.asyncDispose]() {
            await okta.close();
            await rm(directory, { recursive: true });
        },
    };
}

export function steady(text: string, url: string): string {
    return text
        .replaceAll(url, "http://okta")
        .replace(/errorId [\w-]+, request id [\w-]+/g, "errorId X, request id X")
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}

/** Status and detail of a check. */
export function said(checks: ReadonlyMap<string, Check>, code: string) {
    const { status, detail } = checks.get(code) ?? assert.fail(`no check ${code}`);
    return { status, detail };
}

/** An org with a second admin, whose token is `00tOtHeRaDmIn`. */
export const TWO_ADMINS = {
    ...HEALTHY,
    users: [...HEALTHY.users, { id: "00u2", login: "bob@example.com" }],
    tokens: [...HEALTHY.tokens, { value: "00tOtHeRaDmIn", userId: "00u2" }],
};
