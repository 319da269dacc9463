/**
 * A zone in words, by its id: `"Staff" (nzo1)`. The id alone where the zone is not known, and for a word for all zones.
 *
 * @param zones The zones of the org; undefined where they could not be read.
 */
export function zoneTitles(
    zones: readonly { readonly id: string; readonly name: string }[] | undefined,
): (id: string) => string {
    const names = new Map((zones ?? []).map(({ id, name }) => [id, name]));
    return (id) => {
        const name = names.get(id);
        return name === undefined ? id : `"${name}" (${id})`;
    };
}
