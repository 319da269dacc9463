import { type Formatted, file, header, networkTexts, type View } from "./view";

/** 443 for everything; 80 for browsers that begin with http:// and are sent on. */
const PORTS = ["80", "443"];

const CHAIN = "ZONEKEEPER-OKTA";
const SET = "zonekeeper-okta";

const REVOCATION = "Certificates are checked at DigiCert on port 80, by name: see `zonekeeper ranges --domains`.";

/**
 * For `iptables-restore --noflush`: a chain of its own, which that command
 * empties and fills in one step. Everything else in the table stays.
 */
export function iptables(view: View): Formatted {
    const notes = [
        "Outbound, TCP 80 and 443. Apply, as often as it changes: iptables-restore --noflush FILE",
        `Once, so that it counts: iptables -I OUTPUT -j ${CHAIN}    (on a router: -I FORWARD)`,
        REVOCATION,
    ];
    const rules = networkTexts(view).map(
        (network) => `-A ${CHAIN} -d ${network} -p tcp -m multiport --dports ${PORTS.join(",")} -j ACCEPT`,
    );
    return file(...header(view, notes), "*filter", `:${CHAIN} - [0:0]`, ...rules, "COMMIT");
}

/**
 * For `nft -f`, which applies a file in one step or not at all: a set and a
 * chain in the table `inet filter`. Not a table of its own: what one table
 * accepts, the next one may still drop, so it would admit no traffic.
 */
export function nftables(view: View): Formatted {
    const notes = [
        "Outbound, TCP 80 and 443. Apply, as often as it changes: nft -f FILE",
        `Once, so that it counts: nft insert rule inet filter output jump ${SET}    (on a router: forward)`,
        REVOCATION,
    ];
    return file(
        ...header(view, notes),
        "add table inet filter",
        `add set inet filter ${SET} { type ipv4_addr; flags interval; }`,
        `flush set inet filter ${SET}`,
        `add element inet filter ${SET} {`,
        ...networkTexts(view).map((network) => `    ${network},`),
        "}",
        `add chain inet filter ${SET}`,
        `flush chain inet filter ${SET}`,
        `add rule inet filter ${SET} ip daddr @${SET} tcp dport { ${PORTS.join(", ")} } accept`,
    );
}

/**
 * For `ipset restore`: fills a second set and swaps it in, so that no packet
 * meets a half-filled one.
 */
export function ipset(view: View): Formatted {
    const next = `${SET}-next`;
    const notes = [
        "Apply, as often as it changes: ipset restore -file FILE",
        "Once, so that it counts, outbound on TCP 80 and 443:",
        `iptables -I OUTPUT -p tcp -m set --match-set ${SET} dst -m multiport --dports ${PORTS.join(",")} -j ACCEPT`,
        REVOCATION,
    ];
    return file(
        ...header(view, notes),
        `create ${SET} hash:net family inet -exist`,
        `create ${next} hash:net family inet -exist`,
        `flush ${next}`,
        ...networkTexts(view).map((network) => `add ${next} ${network}`),
        `swap ${SET} ${next}`,
        `destroy ${next}`,
    );
}
