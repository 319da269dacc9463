import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

import { findCluster, kubernetesApi } from "../../../src/agent/leadership/kubernetesApi";
import { leaseLeadership } from "../../../src/agent/leadership/lease";
import { isTrouble } from "../../../src/agent/leadership/leaseApi";
import { newAuthority } from "../../support/certificates";
import { sharedClock } from "../../support/sharedClock";
import { fakeLeases, refusal } from "./fakeLeases";

const TOKEN = "t0ken-of-the-account";
const NEVER = new AbortController().signal;

/** An API server's leases over HTTP, for clients with the token. */
function listener(seen: string[]): RequestListener {
    const leases = fakeLeases();
    return async (request, response) => {
        const { method = "", url = "", headers } = request;
        const body = method === "GET" ? undefined : await json(request);
        const isKnown = headers.authorization === `Bearer ${TOKEN}`;
        const answer = isKnown ? leases.answer(method, url, body) : refusal(401, "Unauthorized", "Unauthorized");
        seen.push(`${method} ${answer.status}`);
        response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    };
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
}

describe("kubernetesApi", () => {
    it("leads over TLS by the cluster's own authority, and by no other", async () => {
        const authority = newAuthority();
        const { certificate: cert, key } = authority.issue(["127.0.0.1"]);
        const seen: string[] = [];
        const server = createSecureServer({ key, cert }, listener(seen));
        try {
            const url = `https://127.0.0.1:${await listening(server)}`;
            const place = { namespace: "staff", name: "zonekeeper", identity: "pod-1" };
            const api = kubernetesApi({ url, ca: authority.certificate, token: () => TOKEN });
            const term = await leaseLeadership({ api, ...place, clock: sharedClock() }).lead(NEVER);
            await term.end();
            assert.deepEqual(seen, ["GET 404", "POST 201", "GET 200", "PUT 200", "GET 200", "PUT 200"]);
            for (const ca of [undefined, newAuthority("Somebody else").certificate]) {
                const stranger = kubernetesApi({ url, token: () => TOKEN, ...(ca !== undefined && { ca }) });
                await assert.rejects(stranger.call("GET", "/x", undefined), isTrouble);
            }
            assert.equal(seen.length, 6);
        } finally {
            server.close();
        }
    });

    it("reads the token anew for each request, and shows it nowhere", async () => {
        const seen: string[] = [];
        const server = createServer(listener(seen));
        try {
            const url = `http://127.0.0.1:${await listening(server)}`;
            const tokens = ["old", TOKEN];
            const api = kubernetesApi({ url, token: () => tokens.shift() ?? "" });
            const path = "/apis/coordination.k8s.io/v1/namespaces/staff/leases/zonekeeper";
            for (const _ of tokens.slice()) await api.call("GET", path, undefined);
            assert.deepEqual(seen, ["GET 401", "GET 404"]);
        } finally {
            server.close();
        }
    });

    it("gives up on a server that does not answer", async () => {
        const server = createServer(() => {});
        try {
            const url = `http://127.0.0.1:${await listening(server)}`;
            const api = kubernetesApi({ url, token: () => TOKEN, timeoutMs: 50 });
            await assert.rejects(api.call("GET", "/x", undefined), (error: Error) => {
                assert.equal(
                    error.message,
                    "Kubernetes does not answer GET /x: nothing came for 50 ms; check that the agent's network reaches the API server",
                );
                return isTrouble(error);
            });
        } finally {
            server.closeAllConnections();
            server.close();
        }
    });
});

describe("findCluster", () => {
    const files: Readonly<Record<string, string>> = { "ca.crt": "PEM\n", token: "t1\n", namespace: "staff" };
    const readFileOf = (path: string) => files[path.split("/").at(-1) ?? ""] ?? "";

    it("finds what Kubernetes gives a pod", () => {
        const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "6443" };
        const { url, ca, namespace, token } = findCluster(env, readFileOf);
        assert.deepEqual([url, ca, namespace, token()], ["https://10.0.0.1:6443", "PEM", "staff", "t1"]);
        assert.equal(findCluster({ KUBERNETES_SERVICE_HOST: "fd00::1" }, readFileOf).url, "https://[fd00::1]:443");
    });

    it("says what is missing", () => {
        assert.throws(() => findCluster({}, readFileOf), {
            code: "bad-input",
            message:
                "leader.type kubernetes is for a pod, and KUBERNETES_SERVICE_HOST is not set; use file or postgres",
        });
        const none = () => {
            throw new Error("ENOENT");
        };
        assert.throws(() => findCluster({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, none), {
            code: "bad-input",
            message:
                "cannot read /var/run/secrets/kubernetes.io/serviceaccount/ca.crt: ENOENT; let the pod have its service " +
                "account's token (automountServiceAccountToken)",
        });
    });
});
