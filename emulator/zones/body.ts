import { invalid } from "../http/errors";
import { type Document, documentOf, stringsOf } from "../state/document";
import type { Zone } from "../state/org";
import { readAddresses } from "./addresses";
import { readList, readLocations } from "./locations";

/** The longest name of a zone. Source: Okta's reference, `NetworkZone.name`. */
const NAME_LIMIT = 128;

/** What a client decides about a zone; `content` are the fields that its type has, in Okta's order. */
export interface ZoneBody {
    readonly type: string;
    readonly name: string;
    readonly usage: string;
    /** Undefined where the body does not say. */
    readonly status: "ACTIVE" | "INACTIVE" | undefined;
    readonly content: Document;
}

/**
 * Checks the body of a POST or PUT of a zone, in itself; read-only fields are ignored.
 *
 * @param before The zone that a PUT replaces.
 */
export function readZoneBody(body: Document, before: Document = {}): ZoneBody {
    const { type, name, status, usage = "POLICY" } = body;
    if (type === undefined) return invalid("type", "The field cannot be left blank");
    if (type !== "IP" && type !== "DYNAMIC" && type !== "DYNAMIC_V2") {
        return invalid("type", "The type of a zone has to be IP, DYNAMIC or DYNAMIC_V2.");
    }
    if (typeof name !== "string" || name.trim() === "") return invalid("name", "The field cannot be left blank");
    if (name.length > NAME_LIMIT) return invalid("name", `The name may have at most ${NAME_LIMIT} characters.`);
    if (usage !== "POLICY" && usage !== "BLOCKLIST") {
        return invalid("usage", "The usage has to be POLICY or BLOCKLIST.");
    }
    if (status !== undefined && status !== "ACTIVE" && status !== "INACTIVE") {
        return invalid("status", "The status has to be ACTIVE or INACTIVE.");
    }
    return { type, name, usage, status, content: CONTENT[type](body, usage, before) };
}

const CONTENT: Readonly<
    Record<"IP" | "DYNAMIC" | "DYNAMIC_V2", (body: Document, usage: string, before: Document) => Document>
> = {
    IP(body, usage, before) {
        const gateways = readAddresses(body.gateways, "gateways", before.gateways);
        const proxies = readAddresses(body.proxies, "proxies", before.proxies);
        if (proxies !== null && usage === "BLOCKLIST") return invalid("proxies", "A blocklist zone has no proxies.");
        return { gateways, proxies };
    },
    DYNAMIC({ locations, proxyType, asns }) {
        const places = readLocations(locations);
        return {
            locations: places.length === 0 ? null : places,
            proxyType: proxyType ?? null,
            ...(asns !== undefined && asns !== null && { asns: readList(asns, "asns") }),
        };
    },
    DYNAMIC_V2({ locations, ipServiceCategories, asns }) {
        const [places, categories, numbers] = [
            documentOf(locations),
            documentOf(ipServiceCategories),
            documentOf(asns),
        ];
        return {
            locations: { include: readLocations(places.include), exclude: readLocations(places.exclude) },
            ipServiceCategories: bothOf(categories, "ipServiceCategories"),
            asns: bothOf(numbers, "asns"),
        };
    },
};

function bothOf({ include, exclude }: Document, field: string): Document {
    return { include: stringsOf(readList(include, field)), exclude: stringsOf(readList(exclude, field)) };
}

const SHARED = ["id", "type", "name", "status", "usage", "created", "lastUpdated", "system", "_links"];
const OWN = ["gateways", "proxies", "locations", "proxyType", "asns", "ipServiceCategories"];
const MARKS = ["useAsExemptList", "useAsBlackList"];

/**
 * Fields of a zone that neither Okta's reference nor the emulator knows and
 * that a seed gave it. A PUT replaces these too: it keeps those that its body
 * has, and loses the others.
 */
export function unknownFields(zone: Zone, body: Document): Document {
    const known = [...SHARED, ...OWN, ...MARKS];
    return Object.fromEntries(Object.entries(body).filter(([field]) => !known.includes(field) && field in zone));
}
