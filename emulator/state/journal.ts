import { documentOf } from "./document";
import type { Zone } from "./org";

/** A request and what became of it. Of `Authorization` only the scheme is kept, of a token request no assertion. */
export interface Exchange {
    readonly method: string;
    /** With the query. */
    readonly path: string;
    /** The scheme of the `Authorization` header: `SSWS`, `Bearer`, `DPoP`, `Basic`; undefined for others and without one. */
    readonly authorization: string | undefined;
    /** Parsed where it is JSON or a form, otherwise the text; undefined without one. */
    readonly body: unknown;
    /** 0 while there is no answer, and for good if the connection was cut. */
    readonly status: number;
    /** Milliseconds since 1970, by the emulator's clock. */
    readonly at: number;
    /** The emulator does not have the path, or not with this method: it answered 404 E0000008 or 405. */
    readonly unknown?: true;
}

/** A state that a zone came into. */
export interface ZoneChange {
    /** Milliseconds since 1970, by the emulator's clock. */
    readonly at: number;
    readonly zoneId: string;
    readonly name: string;
    readonly status: "ACTIVE" | "INACTIVE";
    /** The values as Okta stores them; none for a dynamic zone. */
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
    /** `seed`, `POST /api/v1/zones` and the like, or `foreign write`. */
    readonly cause: string;
    /** The zone was deleted; the other fields tell its last state. */
    readonly gone?: true;
}

/** Everything that was asked, and every state that any zone was ever in, both in order. */
export interface Journal {
    readonly requests: readonly Exchange[];
    readonly history: readonly ZoneChange[];
    /** A request has arrived; what is learnt later is filled in through the answer. */
    open(exchange: Exchange): (more: Partial<Exchange>) => void;
    record(zone: Zone, cause: string, gone?: true): void;
    clear(): void;
}

export function createJournal(now: () => number): Journal {
    const requests: Exchange[] = [];
    const history: ZoneChange[] = [];
    return {
        requests,
        history,
        open(exchange) {
            const entry = { ...exchange };
            requests.push(entry);
            return (more) => Object.assign(entry, more);
        },
        record(zone, cause, gone) {
            const { id: zoneId, name, status } = zone;
            const [gateways, proxies] = [valuesOf(zone.gateways), valuesOf(zone.proxies)];
            history.push({ at: now(), zoneId, name, status, gateways, proxies, cause, ...(gone && { gone }) });
        },
        clear() {
            requests.length = 0;
            history.length = 0;
        },
    };
}

function valuesOf(addresses: unknown): string[] {
    return Array.isArray(addresses) ? addresses.map((address) => String(documentOf(address).value)) : [];
}
