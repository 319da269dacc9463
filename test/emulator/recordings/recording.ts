import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

/** Where the recorded organisation was. */
export const RECORDED_URL = "https://oie-00.dne-okta.com";

/** Where its administrators' pages were; the emulator has one address for both. */
const ADMIN_URL = "https://oie-00-admin.dne-okta.com";

/** A request to Okta and its answer, as they were recorded. */
export interface Interaction {
    readonly method: string;
    /** With the query. */
    readonly path: string;
    readonly body: string | undefined;
    readonly status: number;
    readonly answer: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    /** When Okta answered, in milliseconds since 1970. */
    readonly at: number;
}

interface Tape {
    readonly interactions: readonly {
        readonly request: { readonly method: string; readonly url: string; readonly body?: string };
        readonly response: {
            readonly code: number;
            readonly body?: string;
            readonly headers: Record<string, string[]>;
        };
    }[];
}

/** One of the recordings under test/fixtures, in its order. */
export function readRecording(name: string): readonly Interaction[] {
    const file = join(__dirname, "..", "..", "fixtures", "recordings", `${name}.yaml`);
    const tape: Tape = parse(readFileSync(file, "utf8"));
    return tape.interactions.map(({ request, response }) => ({
        method: request.method,
        path: request.url.slice(RECORDED_URL.length),
        body: request.body || undefined,
        status: response.code,
        answer: (response.body ?? "").replaceAll(ADMIN_URL, RECORDED_URL),
        headers: response.headers,
        at: Date.parse(response.headers.Date?.[0] ?? ""),
    }));
}
