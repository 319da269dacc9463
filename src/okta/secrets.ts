/** What no message may show, and the eraser for it. */
export interface Secrets {
    keep(secret: string): void;
    /** The text with each kept secret, in whatever case, replaced by `[hidden]`. */
    conceal(text: string): string;
}

/** A shorter secret would take ordinary words with it, and is none. */
const MIN_LENGTH = 8;

/** Servers and proxies repeat what they were sent, so what they say is erased before it is shown. */
export function openSecrets(): Secrets {
    const secrets = new Set<string>();
    return {
        keep(secret) {
            if (secret.length >= MIN_LENGTH) secrets.add(secret);
        },
        conceal: (text) => [...secrets].reduce((shown, secret) => shown.replace(pattern(secret), "[hidden]"), text),
    };
}

function pattern(secret: string): RegExp {
    return new RegExp(secret.replace(/[^\w]/g, "\\$&"), "gi");
}
