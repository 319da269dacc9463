import { type OktaHttpOptions, oktaHttp } from "../../../src/okta/http";

export const API_TOKEN = "00tHiSiSaSeCrEtToKeN_aNd-LoNg";

export const signal = new AbortController().signal;

/** 2026-11-23T06:00:00Z */
export const NOW = Date.UTC(2026, 10, 23, 6);

/** A client whose clock stands still except while it sleeps, and which remembers how long it slept. */
export function testClient(orgUrl: string, change: Partial<OktaHttpOptions> = {}) {
    const slept: number[] = [];
    const said: string[] = [];
    let nowMs = NOW;
    const http = oktaHttp({
        connection: { orgUrl, credential: { kind: "api-token", apiToken: API_TOKEN, from: "OKTA_API_TOKEN" } },
        fetch,
        now: () => nowMs,
        elapsedMs: () => nowMs - NOW,
        async sleep(ms) {
            slept.push(ms);
            nowMs += ms;
        },
        random: () => 0,
        onWait: (text) => said.push(text),
        ...change,
    });
    const pass = (ms: number) => {
        nowMs += ms;
    };
    return { http, slept, said, pass };
}
