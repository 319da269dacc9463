import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to connections and to who listens on port 0: none of those takes it meanwhile. */
const [LOWEST, HIGHEST] = [20_000, 32_000];

/** A port of 127.0.0.1 for a program that has to know its own before it listens. */
export async function freePort(): Promise<number> {
    for (;;) {
        const port = randomInt(LOWEST, HIGHEST);
        if (await isFree(port)) return port;
    }
}

function isFree(port: number): Promise<boolean> {
    const server = createServer();
    return new Promise((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}
