import { HEALTHY } from "./doctor/scene";
import type { Scene } from "./scene";

export const FAR = "2099-01-01T00:00:00Z";
export const PAST = "2020-01-01T00:00:00Z";
const ANA = { user: "ana@example.com" };

/** A situation, the one command that solves it, and what it says. */
export interface Situation {
    readonly title: string;
    readonly grants?: readonly object[];
    /** More of the org than a healthy one has. */
    readonly seed?: object;
    /** What happens first. */
    readonly before?: (scene: Scene) => Promise<unknown>;
    /** @default ana@example.com */
    readonly subject?: string;
    readonly flags?: readonly string[];
    readonly status: 0 | 1 | 3;
    readonly inside: boolean | null;
    /** The kinds of lines that are bad. */
    readonly bad: readonly string[];
    readonly because: RegExp;
    readonly next: RegExp;
}

/** Ana's grant, for the address that the zone holds. */
export const GRANT = { id: "g-1", ip: "203.0.113.7", expiresAt: FAR, ...ANA };

/** A sign-in of hers, as Okta logs it. */
export function signIn(...chain: readonly string[]) {
    return {
        eventType: "policy.evaluate_sign_on",
        actor: { id: "00u1", type: "User", alternateId: "ana@example.com", displayName: "Ana" },
        client: { ipAddress: chain[0] },
        outcome: { result: "DENY" },
        request: { ipChain: chain.map((ip) => ({ ip, version: ip.includes(":") ? "V6" : "V4" })) },
    };
}

/** Somebody else writes the zone. */
export async function overwrite({ okta }: Scene): Promise<void> {
    const { headers, body } = {
        headers: { authorization: "SSWS 00tOtHeRaDmIn", "content-type": "application/json" },
        body: { type: "IP", name: "Staff", gateways: [{ type: "CIDR", value: "198.51.100.66/32" }] },
    };
    await fetch(`${okta.url}/api/v1/zones/nzo1`, { method: "PUT", headers, body: JSON.stringify(body) });
}

export const TWO_ADMINS = {
    users: [...HEALTHY.users, { id: "00u2", login: "mia@example.com" }],
    tokens: [...HEALTHY.tokens, { value: "00tOtHeRaDmIn", userId: "00u2" }],
};

export const STATE = ["--state", "state"];
export const others = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
        id: `o-${index}`,
        ip: `11.0.${index >> 7}.${2 * (index & 127)}`,
        expiresAt: FAR,
    }));

export async function syncThen({ sync, write }: Scene, grants: readonly object[] | string): Promise<void> {
    await sync(STATE);
    await write("grants.yaml", typeof grants === "string" ? grants : JSON.stringify({ grants }));
}
