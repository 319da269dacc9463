/** What no message may show, and the eraser for it. */
export interface Secrets {
    keep(secret: string): void;
    /** The text with `[hidden]` for each kept secret, in whatever case, and for each JWT. */
    conceal(text: string): string;
}

/** A token, an assertion or a proof, whoever made it, and what is left of one that was cut: `eyJ….….…`. */
const JWT = /eyJ[\w-]{8,}(\.[\w-]*)*/g;

/** A shorter secret would take ordinary words with it, and is none. */
const MIN_LENGTH = 8;

const HIDDEN = "[hidden]";

/** Servers and proxies repeat what they were sent, so what they say is erased before it is shown. */
export function openSecrets(): Secrets {
    const secrets = new Set<string>();
    return {
        keep(secret) {
            if (secret.length >= MIN_LENGTH && secret.replace(JWT, "") !== "") secrets.add(secret);
        },
        conceal(text) {
            const shown = text.replace(JWT, HIDDEN);
            return [...secrets].reduce((shown, secret) => shown.replace(pattern(secret), HIDDEN), shown);
        },
    };
}

function pattern(secret: string): RegExp {
    return new RegExp(secret.replace(/[^\w]/g, "\\$&"), "gi");
}
