import { invalid } from "../http/errors";
import { type Document, documentOf, stringsOf } from "../state/document";
import type { Org } from "../state/org";
import { isInside } from "../zones/inside";

/** Words for all zones. Okta's reference has the second for apps; which one it takes for tokens is not documented. */
const ALL = ["ALL_ZONES", "ALL_IP_ZONES"];

/**
 * Whether a restriction to zones lets a chain of addresses through.
 *
 *   connection                  lets through
 *   ANYWHERE, or not said       everybody
 *   ZONE, include               who is inside one of the zones
 *   ZONE, exclude               who is inside none of them
 *   ZONE, neither               nobody
 *
 * `ALL_ZONES` and `ALL_IP_ZONES` stand for every IP zone that is active; the
 * emulator cannot tell who is in a dynamic one.
 */
export function letsThrough(org: Org, network: unknown, chain: readonly string[]): boolean {
    const { connection, include, exclude } = documentOf(network);
    if (connection !== "ZONE") return true;
    const isIn = (id: string) => {
        const zones = ALL.includes(id) ? [...org.zones.values()] : [org.zones.get(id)];
        return zones.some((zone) => zone !== undefined && isInside(zone, chain));
    };
    const [included, excluded] = [stringsOf(include), stringsOf(exclude)];
    if (included.length === 0 && excluded.length === 0) return false;
    return (included.length === 0 || included.some(isIn)) && !excluded.some(isIn);
}

/** The restriction that a body asks for; nothing at all is ANYWHERE. The words of the refusals are the emulator's. */
export function readNetwork(org: Org, value: unknown): Document {
    const { connection = "ANYWHERE", include, exclude } = documentOf(value);
    if (connection === "ANYWHERE") return { connection };
    if (connection !== "ZONE") return invalid("network.connection", "The connection has to be ANYWHERE or ZONE.");
    const [included, excluded] = [stringsOf(include), stringsOf(exclude)];
    if (included.length > 0 === excluded.length > 0) {
        return invalid("network", "Either zones to include or zones to exclude are needed.");
    }
    const unusable = [...included, ...excluded].find((id) => !ALL.includes(id) && org.zones.get(id)?.type !== "IP");
    if (unusable !== undefined) return invalid("network", `There is no IP zone ${unusable}.`);
    return { connection, ...(included.length > 0 ? { include: included } : { exclude: excluded }) };
}

/** The restriction of a service app: its own of the seed, or the one in the settings of the app with its client id. */
export function networkOfApp({ clients, apps }: Org, clientId: string): unknown {
    const own = clients.get(clientId)?.network;
    const { document } = apps.get(clientId) ?? {};
    return own ?? documentOf(documentOf(document?.settings).oauthClient).network;
}
