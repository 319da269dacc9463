import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

const GRANT = { access: "payroll", addresses: ["203.0.113.7"] };

interface Asked {
    readonly method: string;
    readonly path: string;
    readonly bearer: string | undefined;
    readonly body: string;
    readonly key: string | undefined;
}

export interface FakePortalOptions {
    /** The state of the grant whenever it is looked at. @default accepted */
    readonly state?: string;
    /** The grants that there are. @default g-1 */
    readonly ids?: readonly string[];
    /** How often a revocation fails first. @default 0 */
    readonly failures?: number;
    /** How often the connection breaks first where something is asked for, in the place of an answer. @default 0 */
    readonly lost?: number;
    /** What the request for the access is answered. @default 201 */
    readonly status?: number;
    /** How long ago the grant started, and how long it lasts from then. @default 0, an hour */
    readonly agoMs?: number;
    readonly lastsMs?: number;
}

export const MINUTE = 60_000;

/** What the commands see of a portal; it gives jobs their tokens too, another one each time. */
export async function openFakePortal(options: FakePortalOptions = {}) {
    const {
        ids = ["g-1"],
        state = "accepted",
        failures = 0,
        status = 201,
        lost = 0,
        agoMs = 0,
        lastsMs = 60 * MINUTE,
    } = options;
    const startMs = Date.now() - agoMs;
    const momentOf = (ms: number) => new Date(ms).toISOString();
    const times = { startsAt: momentOf(startMs), expiresAt: momentOf(startMs + lastsMs) };
    const asked: Asked[] = [];
    let [left, toLose, tokens] = [failures, lost, 0];
    let heard = (_asked: Asked) => {};
    const server = createServer(async (request, response) => {
        const { method = "", url = "" } = request;
        const body = await textOf(request);
        const { authorization } = request.headers;
        const key = request.headers["idempotency-key"]?.toString();
        const one = { method, path: url, bearer: authorization?.replace("Bearer ", ""), body, key };
        const answer = (code: number, value: object) => {
            response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
        };
        if (url.startsWith("/token")) return answer(200, { value: `job-${tokens++}` });
        asked.push(one);
        heard(one);
        const shownAs = (id: string | undefined) => ({ id, ...GRANT, ...times, state });
        const shown = shownAs(ids[0]);
        if (method === "DELETE" && left-- > 0) return answer(503, { detail: "the store is away", code: "ZK809" });
        if ((method === "POST" || method === "PATCH") && toLose-- > 0) return request.socket.destroy();
        if (method === "POST") return answer(status, shown);
        if (url === "/api/v1/me") {
            return answer(200, { accesses: [{ name: "payroll", duration: { default: "1h", max: "2h" } }] });
        }
        if (method === "GET") return answer(200, { grants: ids.map(shownAs) });
        if (method !== "DELETE") return answer(200, shown);
        return answer(200, { ...shownAs(url.split("/").at(-1)), state: "ended", endedAt: momentOf(Date.now()) });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
        url,
        asked,
        env: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" },
        until: (isOne: (asked: Asked) => boolean) =>
            new Promise<void>((resolve) => {
                heard = (one) => isOne(one) && resolve();
            }),
        calls: () => asked.map(({ method, path }) => `${method} ${path}`),
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

async function textOf(request: IncomingMessage): Promise<string> {
    let text = "";
    for await (const data of request) text += String(data);
    return text;
}
