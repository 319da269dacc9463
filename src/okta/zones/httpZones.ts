import { fail } from "../../core/errors/errors";
import { unexpected } from "../exchange/unexpected";
import type { OktaHttp } from "../http";
import { readPages } from "../pages";
import { canonical, fromWire, isZone, type WireZone } from "./wireZone";
import { bodyOf } from "./zoneBody";
import type { OrgZones, ZoneSummary } from "./zones";

/** Network zones over Okta's management API. */
export function httpZones(http: OktaHttp): OrgZones {
    const change: OrgZones["change"] = async (zone, change, signal) => {
        const body = bodyOf(zone, change);
        // Not repeatable: another writer may have written in between, so the caller reads first.
        const answer = await http.request("PUT", pathOf(zone.id), { signal, body, repeatable: false });
        const requestId = answer.headers.get("x-okta-request-id");
        return { status: answer.status, ...(requestId !== null && { requestId }) };
    };
    const listed = async (signal: AbortSignal) =>
        (await readPages(http, "/api/v1/zones?limit=200", signal)).filter(isZone);

    return {
        async read(zoneId, signal) {
            const zone = await readWire(http, zoneId, signal);
            checkFit(zone);
            return fromWire(zone);
        },
        async readAny(zoneId, signal) {
            const zone = await readWire(http, zoneId, signal);
            const { id, name, type } = zone;
            if (type !== "IP") fail("zone-unfit", `zone ${id} "${name}" is of type ${type}; name an IP zone`);
            return fromWire(zone);
        },
        async readDocument(zoneId, signal) {
            return (await http.request("GET", pathOf(zoneId), { signal })).body;
        },
        write: (zone, gateways, signal) => change(zone, { gateways }, signal),
        change,
        async list(signal) {
            return (await listed(signal)).map(summaryOf);
        },
        async listIp(signal) {
            return (await listed(signal)).filter(({ type }) => type === "IP").map(fromWire);
        },
    };
}

/** A zone of any type. @throws `zone-missing`; `okta-*` */
async function readWire(http: OktaHttp, zoneId: string, signal: AbortSignal): Promise<WireZone> {
    const path = pathOf(zoneId);
    const { body } = await http.request("GET", path, { signal });
    return isZone(body) ? body : unexpected(path, "a zone");
}

/** An invalid id would address another resource: "" is the list of all zones. */
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

function summaryOf({
    id,
    name,
    type,
    status = "ACTIVE",
    usage = "POLICY",
    system,
    gateways,
    proxies,
}: WireZone): ZoneSummary {
    const [inside, trusted] = [(gateways ?? []).map(canonical), (proxies ?? []).map(canonical)];
    return { id, name, type, status, usage, system: system === true, gateways: inside, proxies: trusted };
}
