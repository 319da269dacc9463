import { formatSpan, parseSpan } from "../../core/addresses/ip";
import type { Zone } from "./zones";

/** The fields of a zone that are read. All others are sent back as they came. */
export interface WireZone {
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

export function fromWire(wire: WireZone): Zone {
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

/** The canonical form; an address that cannot be parsed, such as IPv6, stays as Okta has it. */
export function canonical({ value }: WireAddress): string {
    const { span } = parseSpan(value, "clear");
    return span === undefined ? value : formatSpan(span);
}

/** @param had The entries of the zone as it was read: one that is not IPv4 is sent back as it came. */
export function toWire(range: string, had: readonly WireAddress[] = []): WireAddress {
    const kept = parseSpan(range).span === undefined ? had.find(({ value }) => value === range) : undefined;
    return kept ?? { type: range.includes("/") ? "CIDR" : "RANGE", value: range };
}

/** The document without the fields that only Okta sets, and without an empty list of proxies, which may be left out. */
export function ownedByUs(document: Zone["document"]): Record<string, unknown> {
    const { _links, id, created, lastUpdated, proxies, ...rest } = document;
    return Array.isArray(proxies) && proxies.length > 0 ? { ...rest, proxies } : rest;
}

export function isZone(body: unknown): body is WireZone {
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
