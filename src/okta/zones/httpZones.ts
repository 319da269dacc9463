import { fail } from "../../core/errors/errors";
import type { OktaHttp } from "../http";
import { readPages } from "../pages";
import { canonical, fromWire, isZone, ownedByUs, toWire, type WireZone } from "./wireZone";
import type { ZoneStore } from "./zones";

/** A zone of any type, as a list shows it. */
export interface ZoneSummary {
    readonly id: string;
    readonly name: string;
    readonly type: "IP" | "DYNAMIC" | "DYNAMIC_V2" | (string & {});
    readonly status: string;
    readonly usage: string;
    /** Whether it is one of Okta's own zones, which cannot contain grants. */
    readonly system: boolean;
    /** As in `Zone`; none in a zone that is not of type IP. */
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
}

export interface HttpZones extends ZoneStore {
    /** Okta's own JSON of a zone of any type, Okta's own zones included. @throws `zone-missing`; `okta-*` */
    readDocument(zoneId: string, signal: AbortSignal): Promise<unknown>;

    /** All zones of the org, of any type. */
    list(signal: AbortSignal): Promise<readonly ZoneSummary[]>;
}

/** Network zones over Okta's management API. */
export function httpZones(http: OktaHttp): HttpZones {
    return {
        async read(zoneId, signal) {
            const zone = await readWire(http, zoneId, signal);
            checkFit(zone);
            return fromWire(zone);
        },

        async readDocument(zoneId, signal) {
            return (await http.request("GET", pathOf(zoneId), { signal })).body;
        },

        async write(zone, gateways, signal) {
            if (gateways.length === 0) fail("bad-range", `zone ${zone.id}: a zone is never written without gateways`);
            const had = (zone.document.gateways ?? []) as NonNullable<WireZone["gateways"]>;
            const body = { ...ownedByUs(zone.document), gateways: gateways.map((range) => toWire(range, had)) };
            // Not repeatable: another writer may have written in between, so the caller reads first.
            const answer = await http.request("PUT", pathOf(zone.id), { signal, body, repeatable: false });
            const requestId = answer.headers.get("x-okta-request-id");
            return { status: answer.status, ...(requestId !== null && { requestId }) };
        },

        async list(signal) {
            const zones = await readPages(http, "/api/v1/zones?limit=200", signal);
            return zones.filter(isZone).map(summaryOf);
        },
    };
}

/** A zone of any type. @throws `zone-missing`; `okta-*` */
export async function readWire(http: OktaHttp, zoneId: string, signal: AbortSignal): Promise<WireZone> {
    const path = pathOf(zoneId);
    const { body } = await http.request("GET", path, { signal });
    return isZone(body) ? body : fail("okta-unreachable", `GET ${path}: the answer is not a zone`);
}

/** An invalid id would address another resource: "" is the list of all zones. */
export function pathOf(zoneId: string): string {
    if (!/^[\w-]+$/.test(zoneId))
        fail("bad-input", `"${zoneId}" is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9`);
    return `/api/v1/zones/${zoneId}`;
}

function checkFit({ id, name, type, system }: WireZone): void {
    const remedy = "use an IP zone of your own (Security > Networks > Add zone > IP zone)";
    if (type !== "IP") fail("zone-unfit", `zone ${id} "${name}" is of type ${type}, which has no gateways; ${remedy}`);
    if (system === true)
        fail("zone-unfit", `zone ${id} "${name}" is one of Okta's own and cannot hold grants; ${remedy}`);
}

function summaryOf({ id, name, type, status = "ACTIVE", usage = "POLICY", system, gateways, proxies }: WireZone) {
    const [inside, trusted] = [(gateways ?? []).map(canonical), (proxies ?? []).map(canonical)];
    return { id, name, type, status, usage, system: system === true, gateways: inside, proxies: trusted };
}
