import { startEmulator as start } from "../emulator/emulator";
import type { Fault } from "./fault";
import type { Seed } from "./seed";

export type { Fault, FaultAct } from "./fault";
export type * from "./seed";

export interface EmulatorOptions {
    /** Where to listen on 127.0.0.1. @default a free port */
    readonly port?: number;
    /** What the organisation holds besides what every one has. */
    readonly seed?: Seed;
}

/** A request that the emulator got, and what became of it. */
export interface EmulatorRequest {
    readonly method: string;
    /** With the query. */
    readonly path: string;
    /** The scheme of the `Authorization` header, such as `SSWS`; never the credential. */
    readonly authorization: string | undefined;
    /** Parsed where it is JSON or a form, otherwise the text; undefined without one. */
    readonly body: unknown;
    /** 0 while there is no answer, and for good if the connection was cut. */
    readonly status: number;
    /** Milliseconds since 1970. */
    readonly at: number;
    /** The emulator does not have the path, or not with this method. */
    readonly unknown?: true;
}

/** A stand-in for an Okta organisation, in memory, over real HTTP. */
export interface Emulator {
    /** `http://127.0.0.1:PORT` */
    readonly url: string;
    /** Back to the seed; requests, faults and limits are forgotten, and so are access tokens. */
    reset(): void;
    /** Lets these go wrong with requests to come, besides what was said before; without any, nothing goes wrong any more. */
    faults(...faults: readonly (Fault | readonly Fault[])[]): void;
    /** Every request in order. */
    requests(): readonly EmulatorRequest[];
    close(): Promise<void>;
}

/**
 * The package's entry `zonekeeper/emulator`: an emulated Okta for anybody's tests.
 *
 * @throws an Error whose `code` is `bad-input`, for a seed that is not usable and for a port that is taken
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
    const emulator = await start(options);
    return {
        url: emulator.url,
        reset: () => emulator.reset(),
        faults(...faults) {
            const all: readonly Fault[] = faults.flat();
            if (all.length === 0) emulator.mend();
            for (const fault of all) emulator.inject(fault);
        },
        requests: () => [...emulator.requests],
        close: () => emulator.close(),
    };
}
