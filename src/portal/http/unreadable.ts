import type { FastifyReply, FastifyServerOptions } from "fastify";

import { problemDocument } from "../problem";

/** What Node cannot read as a request; anything else is a 400. */
const OF_CODE: Readonly<Record<string, readonly [status: number, text: string, sentence: string]>> = {
    HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "the headers are larger than 16 KiB"],
    ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "the request was not there within 10 s"],
};

const OTHER = [400, "Bad Request", "this is not a request of HTTP/1.1"] as const;

/** Problem documents for requests that come to no route: those of other answers. */
export function unreadableRequests(url: string): Pick<FastifyServerOptions, "frameworkErrors" | "clientErrorHandler"> {
    const documentOf = (status: number, sentence: string) =>
        JSON.stringify(problemDocument({ status, code: "portal-malformed", sentence }, url));
    return {
        frameworkErrors(error, _request, reply) {
            const { statusCode: status = 400 } = error;
            const sentence = status === 414 ? "a part of the path is too long" : "the path is malformed";
            (reply as unknown as FastifyReply)
                .code(status)
                .type("application/problem+json; charset=utf-8")
                .send(documentOf(status, sentence));
        },
        clientErrorHandler(error, socket) {
            const [status, text, sentence] = OF_CODE[error.code] ?? OTHER;
            const body = documentOf(status, sentence);
            const head = `HTTP/1.1 ${status} ${text}\r\nconnection: close\r\ncontent-type: application/problem+json; charset=utf-8`;
            if (socket.writable) socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
            // Half closed it would wait for the other side, which may never close its own half.
            socket.destroySoon();
        },
    };
}
