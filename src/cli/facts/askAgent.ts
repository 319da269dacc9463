import type { AgentFacts } from "../../core/doctor/facts";
import { hasCode } from "../../core/errors/errors";
import type { Address } from "../../core/settings/agentSettings";
import { type AgentStatus, readAgentStatus } from "../../core/why/agentStatus";
import { fieldsOf, textOf } from "../../okta/exchange/fields";

export interface AskAgentOptions {
    readonly listen: Address;
    /** Of which of its memberships; undefined where it has one. */
    readonly membership?: string | undefined;
    /** @throws `bad-input` where the secret cannot be read */
    readonly token: () => string | undefined;
    readonly fetch: typeof globalThis.fetch;
    readonly signal: AbortSignal;
}

/** An agent answers at once; one that is not there must not hold up the answer. */
const PATIENCE_MS = 2_000;

/** The status of the agent at an address, or why there is no answer. A missing agent is not a failure. */
export async function askAgent({ listen, membership, token, fetch, signal }: AskAgentOptions): Promise<Asked> {
    const at = addressOf(listen);
    const problem = (text: string): Asked => ({ at, problem: text });
    let bearer: string | undefined;
    try {
        bearer = token();
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return problem(error.message);
    }
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    try {
        const of = membership === undefined ? "" : `&membership=${encodeURIComponent(membership)}`;
        const response = await fetch(`http://${at}/api/status?grants=all${of}`, {
            headers,
            redirect: "error",
            signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
        });
        const body: unknown = await response.json().catch((error: unknown) => {
            if (error instanceof SyntaxError) return undefined;
            throw error;
        });
        if (!response.ok) return problem(textOf(fieldsOf(body).error) ?? `it answers ${response.status}`);
        const status = readAgentStatus(body);
        return status === undefined ? problem("what answers there is not an agent") : { at, status };
    } catch (error) {
        if (signal.aborted) throw error;
        return problem((error as Error).name === "TimeoutError" ? "no answer within 2 s" : "nothing listens there");
    }
}

export type Asked =
    | { readonly at: string; readonly status: AgentStatus; readonly problem?: never }
    | { readonly at: string; readonly problem: string; readonly status?: never };

/** Its status as a fact. */
export function agentFacts({ at, status, problem }: Asked): AgentFacts {
    if (status === undefined) return { at, problem };
    return { at, isLeading: status.isLeading, notReady: status.notReady };
}

/** Who listens on every address listens on this machine's own. */
function addressOf({ host, port }: Address): string {
    const own: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
    const name = own[host] ?? host;
    return `${name.includes(":") ? `[${name}]` : name}:${port}`;
}
