import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";

import type { WorkloadSettings } from "../core/portal/settings/portalSettings";
import type { WorkloadCaller } from "./callers";
import type { PortalContext } from "./context";
import { refuse } from "./problem";

export interface WorkloadVerifier {
    /**
     * Whom a JWT speaks for. One that is older than an hour may still see and end what its run was granted, so that a long job
     * gives its access back: some systems give a job one token, at its start.
     *
     * @throws a problem
     */
    verify(token: string, address: string, use: WorkloadUse): Promise<WorkloadCaller>;
}

export type WorkloadUse = "grant" | "end";

/** The oldest token for each use, in seconds. Each has to be within its own `exp` as well. */
const OLDEST_S: Readonly<Record<WorkloadUse, number>> = { grant: 3_600, end: 86_400 };

/** What signs a workload's token: never nothing, and never a secret that both sides have. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

const RUN_CLAIMS = ["run_id", "job_id", "pipeline_id"];

type Keys = ReturnType<typeof createRemoteJWKSet>;

/**
 * Verifies tokens of the issuers that the settings name, and no other: an issuer is looked up by its exact name before
 * anything is fetched, so that a token cannot make the portal ask an address of its own choice.
 */
export function openWorkloads(
    { settings, now }: Pick<PortalContext, "settings" | "now">,
    fetch: typeof globalThis.fetch,
): WorkloadVerifier {
    const keysOf = openKeys(fetch, now);
    return {
        async verify(token, address, use) {
            const issuer = issuerIn(token);
            const candidates = settings.workloads.filter((each) => each.issuer === issuer);
            if (candidates.length === 0) return unknown("the token is of no issuer that this portal knows");
            const keys = await keysOf(issuer);
            const audience = candidates.map((each) => each.audience);
            const { payload } = await jwtVerify(token, keys, {
                issuer,
                audience,
                algorithms: ALGORITHMS,
                clockTolerance: 60,
                maxTokenAge: OLDEST_S[use],
                requiredClaims: ["exp", "iat", "sub", "jti"],
                currentDate: new Date(now()),
            }).catch(because);
            const workload = candidates.find((each) => matches(each, payload));
            if (workload === undefined)
                return unknown("the token's claims are those of no workload that this portal knows");
            return {
                kind: "workload",
                workload,
                identity: { iss: issuer, sub: nameIn(payload, "sub") },
                run: runOf(workload, payload),
                jti: nameIn(payload, "jti"),
                // What may grant for an hour by its `iat` is remembered for no longer than a day.
                expiresAtMs: Math.min(Number(payload.exp) * 1000, now() + OLDEST_S.end * 1000),
                address,
            };
        },
    };
}

function issuerIn(token: string): string {
    try {
        decodeProtectedHeader(token);
        return String(decodeJwt(token).iss);
    } catch {
        return unknown("the token is neither one of this portal's nor a JWT");
    }
}

/** Each claim that the settings name has to be there, and to be one of the values. */
function matches({ audience, claims }: WorkloadSettings, payload: JWTPayload): boolean {
    const isFor = [payload.aud ?? []].flat().includes(audience);
    return (
        isFor &&
        Object.entries(claims).every(([name, allowed]) => {
            const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
            return ["string", "number", "boolean"].includes(typeof value) && allowed.includes(String(value));
        })
    );
}

/** Names what is told apart by them, so that no two may share one. @throws a problem */
function nameIn(payload: JWTPayload, claim: "sub" | "jti"): string {
    const value = payload[claim];
    if (typeof value === "string" && value !== "" && value.length <= LONGEST_NAME) return value;
    return unknown(`the token's claim ${claim} is not a text of 1 to ${LONGEST_NAME} characters`);
}

const [LONGEST_NAME, LONGEST_RUN] = [1_000, 200];

function runOf({ runClaim }: WorkloadSettings, payload: JWTPayload): string {
    const name = runClaim ?? RUN_CLAIMS.find((each) => payload[each] !== undefined);
    const value = name === undefined ? payload.jti : payload[name];
    if ((typeof value !== "string" && typeof value !== "number") || value === "") {
        return unknown(`the token has no claim ${name} with a text or a number, which names the run`);
    }
    const attempt = payload.run_attempt === undefined ? "" : `.${payload.run_attempt}`;
    const run = `${value}${attempt}`;
    // One that was cut could be that of another run.
    return run.length <= LONGEST_RUN ? run : unknown(`the token's run is longer than ${LONGEST_RUN} characters`);
}

/** The keys of an issuer, by its discovery document. jose keeps them and asks again where a key is new. */
function openKeys(fetch: typeof globalThis.fetch, now: () => number) {
    const known = new Map<string, { readonly keys: Promise<Keys>; readonly atMs: number }>();
    return (issuer: string): Promise<Keys> => {
        const found = known.get(issuer);
        if (found !== undefined && now() - found.atMs < 3_600_000) return found.keys;
        const keys = discoverKeys(issuer, fetch);
        known.set(issuer, { keys, atMs: now() });
        keys.catch(() => known.delete(issuer));
        return keys;
    };
}

async function discoverKeys(issuer: string, fetch: typeof globalThis.fetch): Promise<Keys> {
    try {
        const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
        const answer = await fetch(address, { signal: AbortSignal.timeout(10_000), redirect: "error" });
        const { issuer: named, jwks_uri: uri } = (await answer.json()) as Readonly<Record<string, unknown>>;
        if (!answer.ok || named !== issuer || typeof uri !== "string") throw new Error(`it answered ${answer.status}`);
        return createRemoteJWKSet(new URL(uri), { [customFetch]: fetch, timeoutDuration: 10_000 });
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return refuse(503, "portal-unavailable", `the issuer of the token cannot be asked for its keys: ${why}`);
    }
}

/** A token that is not believed, or keys that cannot be had. */
function because(error: { readonly code?: string; readonly claim?: string; readonly name?: string }): never {
    const { code = "", claim } = error;
    if (code === "ERR_JWKS_TIMEOUT" || code === "ERR_JOSE_GENERIC" || error.name === "TypeError") {
        return refuse(503, "portal-unavailable", "the issuer of the token cannot be asked for its keys");
    }
    if (code === "ERR_JWT_EXPIRED") return unknown("the token has expired");
    if (code === "ERR_JWT_CLAIM_VALIDATION_FAILED") return unknown(`the token's claim ${claim} is missing or wrong`);
    if (code === "ERR_JOSE_ALG_NOT_ALLOWED") return unknown("the token is not signed with a key of its issuer");
    return unknown("the token's signature is not by its issuer");
}

function unknown(sentence: string): never {
    const challenge = 'Bearer realm="zonekeeper portal", error="invalid_token"';
    return refuse(401, "portal-sign-in", sentence, { "www-authenticate": challenge });
}
