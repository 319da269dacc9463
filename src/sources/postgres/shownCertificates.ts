import { connect, type Socket } from "node:net";

import type { CertificateFacts } from "../../core/outgoing/connectionFault";
import { certificatesOver } from "../../outgoing/certificates";

/** PostgreSQL's request for TLS: its length, and the number that means it. Source: PostgreSQL, Message Formats, SSLRequest. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** The answer of a server that has TLS. */
const WILLING = "S";
const PATIENCE_MS = 5_000;

/** Errors whose message says since when. */
const ABOUT_TIME = ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"];

/** Puts the certificates of a database's server to an error that is about their time. Connects once more for that. */
export async function withCertificates<T>(error: T, url: string): Promise<T> {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    if (!ABOUT_TIME.includes(String(code))) return error;
    const chain = await shownCertificates(new URL(url));
    if (chain !== undefined) Object.assign(error as object, { chain });
    return error;
}

async function shownCertificates({ hostname, port }: URL): Promise<readonly CertificateFacts[] | undefined> {
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const socket = connect({ host, port: Number(port || 5432) });
    try {
        return (await offersTls(socket)) ? await certificatesOver(socket, host) : undefined;
    } finally {
        socket.destroy();
    }
}

function offersTls(socket: Socket): Promise<boolean> {
    return new Promise((resolve) => {
        const give = () => resolve(false);
        socket.setTimeout(PATIENCE_MS, give);
        socket.once("error", give).once("close", give);
        socket.once("data", (answer) => resolve(answer.toString("latin1") === WILLING));
        socket.once("connect", () => socket.write(TLS_REQUEST));
    });
}
