import { createHash } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Where ids come from: a row that a seed word determines, in Okta's forms. */
export interface Ids {
    /** An id of Okta's: the three letters of its kind and 17 more, 20 in all; such as `nzov4yzs3p3zCKUkm1d7`. */
    id(kind: string): string;
    /** `errorId`: `oae` and 22 more. */
    errorId(): string;
    /** `x-okta-request-id`, 27 characters. */
    requestId(): string;
    /** Other made-up text of letters and digits. */
    text(length: number): string;
    /** A UUID, for events of the System Log. */
    uuid(): string;
}

/** The same seed word gives the same ids in the same order. */
export function createIds(seedWord: string): Ids {
    let drawn = 0;
    const bytes = () => createHash("sha512").update(`${seedWord}:${drawn++}`).digest();
    const text = (length: number): string => {
        let letters = "";
        while (letters.length < length) for (const byte of bytes()) letters += LETTERS[byte % LETTERS.length];
        return letters.slice(0, length);
    };
    return {
        id: (kind) => kind + text(17),
        errorId: () => `oae${text(22)}`,
        requestId: () => text(27),
        text,
        uuid: () =>
            bytes()
                .toString("hex")
                .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5"),
    };
}
