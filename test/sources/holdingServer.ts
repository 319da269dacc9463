import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { promised } from "../support/fakeClock";
import { serve } from "./server";

/** What the server was asked, and how it answered. */
export interface Answered {
    readonly etag: string | undefined;
    readonly prefer: string | undefined;
    status?: number;
    /** Bytes of the body. */
    sent?: number;
}

/**
 * A server of one document that holds requests until there is another one, as `Prefer: wait` asks for.
 *
 * @param holds Whether it does; one that does not answers at once and does not say `Preference-Applied`.
 */
export async function serveHolding(holds = true) {
    let body: string | undefined;
    let changed = promised<void>();
    const answered: Answered[] = [];
    /** Resolves when a request is held. */
    let holding = promised<void>();

    async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { "if-none-match": etag, prefer } = request.headers as Record<string, string | undefined>;
        const entry: Answered = { etag, prefer };
        answered.push(entry);
        const isSame = () => body !== undefined && etag === etagOf(body);
        if (holds && prefer !== undefined && isSame()) {
            holding.resolve();
            await changed.promise;
        }
        const headers: Record<string, string> = holds && prefer !== undefined ? { "preference-applied": "wait" } : {};
        entry.status = body === undefined ? 404 : isSame() ? 304 : 200;
        if (body !== undefined) headers.etag = etagOf(body);
        const text = entry.status === 200 ? (body ?? "") : "";
        entry.sent = text.length;
        response.writeHead(entry.status, headers).end(text);
    }

    const server = await serve((request, response) => void handle(request, response));
    return {
        ...server,
        answered,
        /** Resolves when a request is held from now on. */
        held() {
            holding = promised();
            return holding.promise;
        },
        /** Lets everybody go who is held, with an answer of what there is now. */
        release() {
            changed.resolve();
            changed = promised();
        },
        /** What it serves from now on; undefined is 404. */
        set(content: string | undefined) {
            body = content;
            this.release();
        },
    };
}

function etagOf(body: string): string {
    return `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
}
