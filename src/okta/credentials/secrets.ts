/** The secrets that messages must not show, and their redaction. */
export interface Secrets {
    keep(secret: string): void;
    /** The text with `[hidden]` for each known secret, in any case, and for each JWT. */
    redact(text: string): string;
}

/** A token, an assertion or a proof, also a truncated one: `eyJ….….…`. */
const JWT = /eyJ[\w-]{8,}(\.[\w-]*)*/g;

/** The shortest text that is redacted: a shorter one could match ordinary words, and is not a secret. */
const MIN_LENGTH = 8;

const HIDDEN = "[hidden]";

/** Servers and proxies may repeat credentials, so their messages are redacted before they are shown. */
export function openSecrets(): Secrets {
    const secrets = new Set<string>();
    return {
        keep(secret) {
            if (secret.length >= MIN_LENGTH && secret.replace(JWT, "") !== "") secrets.add(secret);
        },
        redact(text) {
            const shown = text.replace(JWT, HIDDEN);
            return [...secrets].reduce((shown, secret) => shown.replace(pattern(secret), HIDDEN), shown);
        },
    };
}

function pattern(secret: string): RegExp {
    return new RegExp(secret.replace(/[^\w]/g, "\\$&"), "gi");
}
