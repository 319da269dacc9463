import { type Formatted, file, header, networkTexts, type View } from "./view";

/**
 * For `include` in a server or a location of nginx: admits only Okta. It ends with
 * `deny all`, because without it a list of allowed networks admits everyone.
 */
export function nginx(view: View): Formatted {
    const notes = [
        "Inbound, for what Okta calls, such as a hook. In a server or a location: include FILE;",
        "Others that may come in, too, are to be allowed before it: nginx takes the first line that fits.",
    ];
    return file(...header(view, notes), ...networkTexts(view).map((network) => `allow ${network};`), "deny all;");
}

/** For `acl … src -f FILE` of HAProxy: one network a line. */
export function haproxy(view: View): Formatted {
    const notes = [
        "Inbound, for what Okta calls, such as a hook. In a frontend:",
        "    acl from_okta src -f FILE",
        "    http-request deny unless from_okta",
    ];
    return file(...header(view, notes), ...networkTexts(view));
}

/**
 * For `include` in squid.conf: access lists, and no `http_access`, as that decides who
 * may use the proxy.
 */
export function squid(view: View): Formatted {
    const notes = [
        "Outbound. In squid.conf, before its `http_access deny all`:",
        "    include FILE",
        "    http_access allow localnet okta okta_ports",
        "Certificates are checked at DigiCert on port 80, by name: see `zonekeeper ranges --domains`.",
    ];
    const networks = networkTexts(view).map((network) => `acl okta dst ${network}`);
    return file(...header(view, notes), ...networks, "acl okta_ports port 80 443");
}
