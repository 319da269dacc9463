import { isIP } from "node:net";

import type { FastifyRequest } from "fastify";
import { z } from "zod";

import { fail } from "../../src/core/errors/errors";

/** A header that says where a request comes from, in place of its connection; an address, or a chain with commas. */
export const CLIENT_HEADER = "x-emulator-client-ip";

/** Where requests come from that do not say it themselves. */
export interface Client {
    /** `client, proxy 1, proxy 2`; undefined for the connection. */
    ipChain: readonly string[] | undefined;
}

const address = z.string().refine((text) => isIP(text) !== 0, "is not an IP address");
const client = z.strictObject({ ipChain: z.array(address).min(1).max(50) });

/** What `PUT /emulator/client` takes. @throws `bad-input` with one sentence on what is wrong */
export function readClient(value: unknown): readonly string[] {
    const { data, error } = client.safeParse(value);
    const [issue] = error?.issues ?? [];
    if (issue) fail("bad-input", `the client is not usable: ${issue.path.join(".") || "it"}: ${issue.message}`);
    return data?.ipChain ?? [];
}

/**
 * The addresses that Okta would see behind a request, the one that connects to
 * it last. In this order:
 *
 *   X-Emulator-Client-Ip: 198.51.100.7, 10.0.0.1    these
 *   PUT /emulator/client                            those set there
 *   otherwise                                       X-Forwarded-For, then the connection's own address
 */
export function ipChainOf({ headers, ip }: FastifyRequest, { ipChain }: Client): readonly string[] {
    const said = addressesIn(headers[CLIENT_HEADER]);
    if (said.length > 0) return said;
    return ipChain ?? [...addressesIn(headers["x-forwarded-for"]), ip.replace(/^::ffff:/, "")];
}

function addressesIn(header: unknown): string[] {
    const texts = [header].flat().filter((text) => typeof text === "string");
    return texts
        .flatMap((text) => text.split(","))
        .map((text) => text.trim())
        .filter((text) => text !== "");
}
