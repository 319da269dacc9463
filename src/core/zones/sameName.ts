/** Whether the names of two zones differ only in case and blanks. To Okta they are two names. */
export function sameName(one: string, other: string): boolean {
    const plain = (name: string) => name.normalize("NFKC").replace(/\s+/g, "").toLowerCase();
    return plain(one) === plain(other);
}
