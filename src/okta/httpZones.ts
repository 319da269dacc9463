import { fail } from "../core/errors";
import { formatSpan, parseSpan } from "../core/ip";
import type { OktaHttp } from "./http";
import { readPages } from "./pages";
import type { Zone, ZoneStore } from "./zones";

/** A zone of any type, as a list shows it. */
export interface ZoneSummary {
    readonly id: string;
    readonly name: string;
    readonly type: "IP" | "DYNAMIC" | "DYNAMIC_V2" | (string & {});
    readonly status: string;
    readonly usage: string;
    /** One of Okta's own, which cannot hold grants. */
    readonly system: boolean;
    /** As in `Zone`; none in a zone that is not of type IP. */
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
}

export interface HttpZones extends ZoneStore {
    /** All zones of the org, of any type. */
    list(signal: AbortSignal): Promise<readonly ZoneSummary[]>;
}

/** What each zone has. Everything else is Okta's, and goes back as it came. */
interface WireZone {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    /** ACTIVE when it is left out. */
    readonly status?: string;
    /** POLICY when it is left out. */
    readonly usage?: string;
    readonly system?: boolean;
    /** Okta has null for none. */
    readonly gateways?: readonly WireAddress[] | null;
    readonly proxies?: readonly WireAddress[] | null;
}

interface WireAddress {
    readonly type?: string;
    readonly value: string;
}

/** Network zones over Okta's management API. */
export function httpZones(http: OktaHttp): HttpZones {
    return {
        async read(zoneId, signal) {
            const path = pathOf(zoneId);
            const { body } = await http.request("GET", path, { signal });
            if (!isZone(body)) return fail("okta-unreachable", `GET ${path}: the answer is not a zone`);
            checkFit(body);
            return fromWire(body);
        },

        async write(zone, gateways, signal) {
            if (gateways.length === 0) fail("bad-range", `zone ${zone.id}: a zone is never written without gateways`);
            const body = { ...ownedByUs(zone.document), gateways: gateways.map(toWire) };
            // Not repeatable: between two writes somebody else may have written, so the caller reads first.
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

/** An id that is not one would ask for something else: "" for the list of all zones. */
function pathOf(zoneId: string): string {
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

function fromWire(wire: WireZone): Zone {
    return {
        id: wire.id,
        name: wire.name,
        usage: wire.usage === "BLOCKLIST" ? "BLOCKLIST" : "POLICY",
        status: wire.status === "INACTIVE" ? "INACTIVE" : "ACTIVE",
        gateways: (wire.gateways ?? []).map(canonical),
        proxies: (wire.proxies ?? []).map(canonical),
        document: { ...wire },
    };
}

/** An address that we cannot read, such as IPv6, stays as Okta has it. */
function canonical({ value }: WireAddress): string {
    const { span } = parseSpan(value, "clear");
    return span === undefined ? value : formatSpan(span);
}

function toWire(range: string): WireAddress {
    return { type: range.includes("/") ? "CIDR" : "RANGE", value: range };
}

/** The document without what Okta alone sets, and without an empty list of proxies: left out, it stays empty. */
function ownedByUs(document: Zone["document"]): Record<string, unknown> {
    const { _links, id, created, lastUpdated, proxies, ...rest } = document;
    return Array.isArray(proxies) && proxies.length > 0 ? { ...rest, proxies } : rest;
}

function isZone(body: unknown): body is WireZone {
    if (typeof body !== "object" || body === null) return false;
    const { id, name, type, status, usage, gateways, proxies } = body as Partial<Record<keyof WireZone, unknown>>;
    return (
        [id, name, type].every((text) => typeof text === "string") &&
        [status, usage].every((text) => text === undefined || typeof text === "string") &&
        [gateways, proxies].every(isAddressList)
    );
}

function isAddressList(list: unknown): boolean {
    return Array.isArray(list ?? []) && ((list ?? []) as unknown[]).every(isAddress);
}

function isAddress(item: unknown): boolean {
    return typeof (item as Partial<WireAddress> | null)?.value === "string";
}
