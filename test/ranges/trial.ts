import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { lastGoodIn } from "../../src/ranges/lastGood";
import { parsePlace } from "../../src/ranges/place";
import { type RangesReading, readRanges } from "../../src/ranges/readRanges";
import { type Handler, serve } from "../sources/server";

export const DAY = 24 * 60 * 60 * 1000;
export const NOW = Date.parse("2026-07-02T12:00:00Z");

/** A server whose answer the test changes, and a folder with its last good copies. */
export async function openTrial() {
    let handler: Handler = (_, response) => response.writeHead(500).end();
    let nowMs = NOW;
    const asked: (readonly [etag: string | undefined, since: string | undefined])[] = [];
    const server = await serve((request, response) => {
        asked.push([request.headers["if-none-match"], request.headers["if-modified-since"]]);
        handler(request, response);
    });
    const folder = await mkdtemp(join(tmpdir(), "zonekeeper-ranges-"));
    const cache = join(folder, "cache");
    const warnings: string[] = [];
    return {
        url: `${server.url}/ip_ranges.json?key=s3cr3t`,
        folder,
        cache,
        asked,
        /** With the server's address as `http://host`. */
        warnings,
        answers: (next: Handler) => {
            handler = next;
        },
        pass: (ms: number) => {
            nowMs += ms;
        },
        read(from = `${server.url}/ip_ranges.json?key=s3cr3t`, isShrunkAccepted = false): Promise<RangesReading> {
            return readRanges(parsePlace(from, "--from"), {
                directory: folder,
                fetch,
                now: () => nowMs,
                sleep: async () => {},
                random: () => 0,
                lastGood: lastGoodIn(cache),
                isShrunkAccepted,
                warn: (text) => warnings.push(text.replaceAll(server.url, "http://host")),
            });
        },
        /** What a read that has to fail says. */
        async failing(from?: string): Promise<string> {
            const reading = this.read(from).then(
                () => "it was read",
                (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
            );
            return (await reading).replaceAll(server.url, "http://host").replaceAll(folder, "DIR");
        },
        async [Symbol.asyncDispose]() {
            await server[Symbol.asyncDispose]();
            await rm(folder, { recursive: true, force: true });
        },
    };
}
