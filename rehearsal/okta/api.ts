import { setTimeout as sleep } from "node:timers/promises";
import { findOkta } from "../../src/okta/connection";
import { isMissing } from "../../src/okta/exchange/refused";
import { type OktaHttp, oktaHttp } from "../../src/okta/http";
import { fetchForOkta } from "../../src/outgoing/outgoingFetch";
import type { Properties, Value } from "../values/values";

/** A JSON object as Okta sends it. */
export type Wire = Properties;

/** Okta, as the stand-in's resources ask it. */
export interface OktaApi {
    /** The JSON of the answer; empty for an empty answer. @throws `okta-*` */
    send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: Wire): Promise<Wire>;
    /** As send does a GET or a DELETE, and undefined where Okta answers 404. */
    unlessGone(method: "GET" | "POST" | "DELETE", path: string): Promise<Wire | undefined>;
    /** The first page of a list. */
    list(path: string): Promise<readonly Wire[]>;
    /** For lists of more than one page. */
    readonly http: OktaHttp;
    readonly signal: AbortSignal;
}

export interface OktaOptions {
    /** The provider's configuration with its own keys, without `okta:`. */
    readonly config: (key: string) => string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
    readonly onWait: (text: string) => void;
}

/**
 * Opens Okta as the provider's own clients do when they start: with an API token
 * each of its two generations asks `users/me` once, and OAuth is not tried.
 *
 * @throws `bad-input` without an org or a credential; `okta-*`
 */
export async function openOkta({ config, env, signal, onWait }: OktaOptions): Promise<OktaApi> {
    const connection = findOkta({ config, env });
    const http = oktaHttp({
        connection,
        fetch: fetchForOkta(connection, env),
        now: Date.now,
        elapsedMs: () => performance.now(),
        sleep: (ms, stop) => sleep(ms, undefined, { signal: stop }),
        random: Math.random,
        userAgent: "zonekeeper-rehearsal",
        onWait,
    });
    if (connection.credential.kind === "api-token") {
        await http.request("GET", "/api/v1/users/me", { signal });
        await http.request("GET", "/api/v1/users/me", { signal });
    }
    return apiOver(http, signal);
}

function apiOver(http: OktaHttp, signal: AbortSignal): OktaApi {
    const ask = async (method: string, path: string, body?: Wire): Promise<Value> => {
        const answer = await http.request(method, path, { signal, ...(body === undefined ? {} : { body }) });
        return (answer.body ?? {}) as Value;
    };
    return {
        http,
        signal,
        send: async (method, path, body) => (await ask(method, path, body)) as Wire,
        async unlessGone(method, path) {
            try {
                return (await ask(method, path)) as Wire;
            } catch (error) {
                if (isMissing(error)) return undefined;
                throw error;
            }
        },
        async list(path) {
            const items = await ask("GET", path);
            return Array.isArray(items) ? (items as Wire[]) : [];
        },
    };
}
