import { type IncomingMessage, request as requestPlain } from "node:http";
import { request } from "node:https";

import { fail } from "../../core/errors/errors";
import { connectionProblem } from "../../core/outgoing/connectionProblem";
import { networkProblem } from "../../core/outgoing/networkProblem";
import { type LeaseAnswer, type LeaseApi, trouble } from "./leaseApi";

export interface KubernetesApiOptions {
    /** `https://10.0.0.1:443`; plain http is for tests. */
    readonly url: string;
    /** The cluster's own authority, as PEM. @default those that Node trusts */
    readonly ca?: string;
    /** The service account's token. It is renewed in its file every hour, so it is read each time. */
    readonly token: () => string;
    /** For one request. @default 4_000 */
    readonly timeoutMs?: number;
}

/** The folder with the credentials of a pod's service account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const LONGEST_ANSWER = 1_048_576;

/**
 * The API server and the credentials in the environment of a pod.
 *
 * @throws `bad-input` outside a pod
 */
export function findCluster(
    env: Readonly<Record<string, string | undefined>>,
    readFile: (path: string) => string,
): KubernetesApiOptions & { readonly namespace: string } {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
    if (host === undefined) {
        return fail(
            "bad-input",
            "leader.type kubernetes is for a pod, and KUBERNETES_SERVICE_HOST is not set; use file or postgres",
        );
    }
    const read = (name: string) => {
        try {
            return readFile(`${ACCOUNT}/${name}`).trim();
        } catch (cause) {
            const remedy = "let the pod have its service account's token (automountServiceAccountToken)";
            return fail("bad-input", `cannot read ${ACCOUNT}/${name}: ${(cause as Error).message}; ${remedy}`, {
                cause,
            });
        }
    };
    const url = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
    return { url, ca: read("ca.crt"), token: () => read("token"), namespace: read("namespace") };
}

/** The API server over HTTP. Uses node:https, as fetch cannot trust an authority for single requests. */
export function kubernetesApi({ url, ca, token, timeoutMs = 4_000 }: KubernetesApiOptions): LeaseApi {
    return {
        call(method, path, body) {
            const text = body === undefined ? undefined : JSON.stringify(body);
            const headers = {
                accept: "application/json",
                authorization: `Bearer ${token()}`,
                "user-agent": "zonekeeper",
                ...(text !== undefined && {
                    "content-type": "application/json",
                    "content-length": Buffer.byteLength(text),
                }),
            };
            const options = { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) };
            return new Promise<LeaseAnswer>((resolve, reject) => {
                const asked = url.startsWith("http:")
                    ? requestPlain(url + path, options)
                    : request(url + path, { ...options, ...(ca !== undefined && { ca }) });
                asked.on("error", reject);
                asked.on("response", (answer) => readAnswer(answer).then(resolve, reject));
                asked.end(text);
            }).catch((cause: Error) => {
                const known = connectionProblem(cause) ?? networkProblem(cause);
                const why = options.signal.aborted
                    ? `nothing came for ${timeoutMs} ms; check that the agent's network reaches the API server`
                    : (known?.text ?? cause.message);
                return trouble(`Kubernetes does not answer ${method} ${path}: ${why}`, { cause });
            });
        },
    };
}

async function readAnswer(answer: IncomingMessage): Promise<LeaseAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer) {
        size += chunk.length;
        if (size > LONGEST_ANSWER) throw new Error("the answer is too long");
        chunks.push(chunk);
    }
    try {
        return { status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) };
    } catch {
        return { status: answer.statusCode ?? 0, body: undefined };
    }
}
