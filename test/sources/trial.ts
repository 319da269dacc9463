import { strict as assert } from "node:assert";

import { type HttpSourceOptions, httpSource } from "../../src/sources/http/http";
import type { GrantSource } from "../../src/sources/source";
import { type Handler, serve } from "./server";

export const signal = new AbortController().signal;
export const token = { setting: "env:GRANTS_TOKEN", read: () => "s3cr3t" };

/** A source over HTTP that does not sleep; it notes for how long it would. */
export function open(url: string, more: Partial<HttpSourceOptions> = {}, slept: number[] = []): GrantSource {
    return httpSource({
        url,
        sleep: async (ms) => void slept.push(ms),
        random: () => 0.5,
        limits: { widestPrefix: 24 },
        ...more,
    });
}

/** What comes of one read from a server that answers so. */
export async function readFrom(...handlers: readonly Handler[]) {
    await using server = await serve(...handlers);
    const slept: number[] = [];
    const { grants } = await open(`${server.url}/grants`, {}, slept).read(signal);
    return { grants, asked: server.asked, slept };
}

/** How one read from a server that answers so fails. Its address in the message is `http://host`. */
export async function failing(handlers: readonly Handler[], more: Partial<HttpSourceOptions> = {}) {
    await using server = await serve(...handlers);
    const slept: number[] = [];
    const message = await problemOf(open(`${server.url}/grants?key=s3cr3t`, more, slept));
    return { message: message.replaceAll(server.url, "http://host"), asked: server.asked, slept };
}

/** The message of a read that fails, as it must; with no secret in it, nor in its cause. */
export async function problemOf(source: GrantSource): Promise<string> {
    const error = await source.read(signal).then(
        () => assert.fail("it was read"),
        (error: Error & { code?: string }) => error,
    );
    assert.equal(error.code, "source-unreadable");
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error.cause ?? "")}`, /s3cr3t/);
    return error.message;
}
