import type { Emulator } from "../../emulator/emulator";

/** What came back: the status, the headers, and the body as JSON where it is some. */
export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
    readonly body: any;
}

/** Calls the emulator as a client with an API token does. */
export function callerOf({ url }: Pick<Emulator, "url">, headers: Readonly<Record<string, string>> = {}) {
    return async (method: string, path: string, body?: unknown): Promise<Answer> => {
        const isText = typeof body === "string";
        const response = await fetch(`${url}${path}`, {
            method,
            headers: {
                authorization: "SSWS test-token",
                ...(body !== undefined && { "content-type": "application/json" }),
                ...headers,
            },
            ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
            signal: AbortSignal.timeout(110_000),
        });
        const text = await response.text();
        const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
        return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    };
}

/** An IP zone as a client would create it. */
export function zoneBody(name: string, ...cidrs: readonly string[]) {
    return { type: "IP", name, gateways: cidrs.map((value) => ({ type: "CIDR", value })) };
}
