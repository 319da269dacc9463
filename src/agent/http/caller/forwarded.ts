/** The headers that nginx, Apache, HAProxy, Envoy, Traefik and the large CDNs add to forwarded requests. */
const HEADERS = [
    "cdn-loop",
    "client-ip",
    "fly-client-ip",
    "forwarded",
    "front-end-https",
    "surrogate-capability",
    "true-client-ip",
    "via",
    "x-amzn-trace-id",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-forwarded",
    "x-proxyuser-ip",
    "x-real-ip",
    "x-remote-addr",
    "x-remote-ip",
    "x-request-start",
    "x-scheme",
    "x-url-scheme",
];

const PREFIXES = [
    "akamai-",
    "cf-",
    "cloudfront-",
    "fastly-",
    "ssl-client-",
    "wl-proxy-",
    "x-akamai-",
    "x-appengine-",
    "x-azure-",
    "x-envoy-",
    "x-forwarded-",
    "x-haproxy-",
    "x-original-",
    "x-ssl-",
    "x-varnish",
];

/** Names of headers that tell the client of a request, of any proxy. */
const NAMES_A_CLIENT = /forwarded|-via$|\b(client|real|remote|connecting|client-connection)-?ip$|viewer-address$/;

export interface Received {
    /** Names in small letters. */
    readonly headers: Readonly<Record<string, unknown>>;
    /** Such as `1.1`. */
    readonly httpVersion: string;
}

/**
 * The evidence that a proxy forwarded a request; undefined if there is none. A connection from this machine then
 * does not identify the client.
 *
 *   request                       shown by
 *   X-Forwarded-For: 192.0.2.9    x-forwarded-for
 *   Forwarded:                    forwarded: also an empty one was added by a proxy
 *   HTTP/1.0                      HTTP/1.0: nginx without `proxy_http_version`; browsers and curl speak HTTP/1.1
 *   none of these                 nothing: ssh -L and kubectl port-forward pass on bytes, and belong to who opened them
 */
export function forwardedBy({ headers, httpVersion }: Received): string | undefined {
    const header = Object.keys(headers).find(
        (name) =>
            HEADERS.includes(name) || PREFIXES.some((prefix) => name.startsWith(prefix)) || NAMES_A_CLIENT.test(name),
    );
    return header ?? (httpVersion === "1.0" ? "HTTP/1.0" : undefined);
}
