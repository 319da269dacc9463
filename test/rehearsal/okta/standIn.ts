import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { oktaProvider } from "../../../rehearsal/okta/provider";
import type { Found, Known, Provider, Subject } from "../../../rehearsal/provider";
import type { Properties } from "../../../rehearsal/values/values";

/** A resource that the stand-in made, and the way to its next states. */
export interface Made extends Known {
    readonly type: string;
}

/** The stand-in for the Okta provider, used as the engine uses it, before an emulator. */
export interface StandIn {
    readonly okta: Emulator;
    readonly provider: Provider;
    /** Methods and paths since the last call, with bodies; ids are cut to what they are ids of: `nzo`. */
    asked(): string[];
    create(type: string, inputs: Properties): Promise<Made>;
    update(old: Made, inputs: Properties): Promise<Made>;
    read(made: Made): Promise<Found | undefined>;
    remove(made: Made): Promise<void>;
    close(): Promise<void>;
}

export function subject(type: string): Subject {
    return { urn: `urn:${type}`, type, name: "staff" };
}

export function openProvider(config: Readonly<Record<string, string>>): Provider {
    return oktaProvider({
        config: (key) => config[key],
        env: {},
        signal: AbortSignal.timeout(110_000),
        onWait: () => {},
    });
}

/** Opens a stand-in that has already made itself known to Okta. */
export async function openStandIn(): Promise<StandIn> {
    const okta = await startEmulator();
    const provider = openProvider({ httpProxy: okta.url, apiToken: "00token" });
    await provider.check(subject("okta:network/zone:Zone"), {}, { type: "IP" });
    let heard = okta.requests.length;
    return {
        okta,
        provider,
        asked() {
            const since = okta.requests.slice(heard);
            heard = okta.requests.length;
            return since.map(({ method, path, body }) => {
                const text = `${method} ${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`;
                return text.replace(/(nzo|rst|rul|00p|0pr|0oa|00g)\w{17}/g, "$1");
            });
        },
        async create(type, inputs) {
            const checked = await provider.check(subject(type), {}, inputs);
            assert.deepEqual(checked.failures, []);
            return { type, inputs: checked.inputs, ...(await provider.create(subject(type), checked.inputs)) };
        },
        async update(old, inputs) {
            const checked = await provider.check(subject(old.type), old.inputs, inputs);
            const { changes } = await provider.diff(subject(old.type), old, checked.inputs);
            assert.equal(changes, true);
            const outputs = await provider.update(subject(old.type), old, checked.inputs);
            return { ...old, inputs: checked.inputs, outputs };
        },
        read: ({ type, id, outputs, inputs }) => provider.read(subject(type), id, outputs, inputs),
        remove: ({ type, id, outputs }) => provider.delete(subject(type), id, outputs),
        close: () => okta.close(),
    };
}
