import { fail } from "../../core/errors/errors";

/**
 * The labels that `--selector key=value...` asks for.
 *
 * @throws `bad-input` for what is not `key=value`
 */
export function readSelector(pairs: readonly string[]): Record<string, string> {
    return Object.fromEntries(
        pairs.map((pair) => {
            const [, key, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
            if (key === undefined || value === undefined)
                return fail("bad-input", `--selector "${pair}" is not key=value`);
            return [key, value];
        }),
    );
}

/**
 * The zones of `--zone <id...>`, as they are.
 *
 * @throws `bad-input` for a zone that is given twice
 */
export function distinct(zoneIds: readonly string[]): readonly string[] {
    const twice = zoneIds.find((id, index) => zoneIds.indexOf(id) !== index);
    return twice === undefined ? zoneIds : fail("bad-input", `--zone ${twice} is given twice`);
}
