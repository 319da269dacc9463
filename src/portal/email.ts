import { isLoopback } from "../core/addresses/loopback";
import { unbroken } from "../core/errors/quote";
import type { NotifySettings } from "../core/portal/settings/portalSettings";

export interface Email {
    /** Names the message: one that is sent again has the same. */
    readonly id: string;
    readonly event: string;
    readonly text: string;
    /** What its reader can do, and where. */
    readonly next?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/** A subject is one short line, whatever somebody wrote as a reason. */
const LONGEST_SUBJECT = 120;

/**
 * Sends a message by SMTP. The connection is encrypted from the beginning (`smtps:`) or before anything is said (`smtp:` with
 * STARTTLS); only a server of this machine may do without.
 *
 * @param url `smtps://user:password@mail.example.com`; its secrets are in no message.
 * @returns why it was not taken; undefined where it was
 */
export async function sendEmail(
    { id, event, text, next }: Email,
    { from, to }: Extract<NotifySettings, { type: "email" }>,
    url: string,
): Promise<string | undefined> {
    const server = serverIn(url);
    if (server === undefined) return "its url is none such as smtps://user:password@mail.example.com";
    const { createTransport } = load();
    const transport = createTransport({
        ...server,
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
    });
    const domain = from.split("@").at(-1);
    const { rejected } = await transport.sendMail({
        from,
        to: [...to],
        subject: subjectOf(text),
        text: next === undefined ? `${text}\n` : `${text}\n\n${next}\n`,
        messageId: `<${id}@${domain}>`,
        headers: { "Auto-Submitted": "auto-generated", "X-Zonekeeper-Event": event },
    });
    return rejected.length === 0 ? undefined : `the server refused ${rejected.length} of ${to.length} recipients`;
}

/** @returns printable, and without a line break of any kind: nothing that was typed begins a header or hides what follows */
export function subjectOf(text: string): string {
    const letters = [...unbroken(text)];
    return letters.length > LONGEST_SUBJECT ? `${letters.slice(0, LONGEST_SUBJECT).join("")}...` : letters.join("");
}

function serverIn(text: string) {
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname, port, username, password } = new URL(text);
    if ((protocol !== "smtp:" && protocol !== "smtps:") || hostname === "") return undefined;
    const secure = protocol === "smtps:";
    const isHere = isLoopback(hostname);
    return {
        host: hostname.replace(/^\[(.*)\]$/, "$1"),
        port: port === "" ? (secure ? 465 : 587) : Number(port),
        secure,
        requireTLS: !secure && !isHere,
        ignoreTLS: !secure && isHere,
        ...(username !== "" && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    };
}

/** On demand: most portals send no e-mail. */
function load(): typeof import("nodemailer") {
    return require("nodemailer");
}
