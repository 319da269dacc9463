import { isObject, type Properties, type Value } from "../values/values";

/**
 * The new inputs with the old ones in place of what `ignoreChanges` names:
 * `gateways`, `labels.app`, `rules[0].name`, or `*` for everything. A path that
 * the old inputs lack is taken out of the new ones.
 */
export function ignoring(paths: readonly string[], news: Properties, olds: Properties): Properties {
    if (paths.includes("*")) return olds;
    return paths.reduce((inputs, path) => kept(inputs, olds, keysIn(path)) as Properties, news);
}

function keysIn(path: string): string[] {
    return path.split(/[.[\]]+/).filter((key) => key !== "");
}

function kept(news: Value | undefined, olds: Value | undefined, [key, ...rest]: readonly string[]): Value | undefined {
    if (key === undefined) return olds;
    if (Array.isArray(news)) {
        const old: Value | undefined = Array.isArray(olds) ? olds[Number(key)] : undefined;
        return news.map((item: Value, index) =>
            String(index) === key || key === "*" ? (kept(item, old, rest) ?? item) : item,
        );
    }
    if (!isObject(news)) return news;
    const { [key]: value, ...others } = news;
    const next = kept(value, isObject(olds) ? olds[key] : undefined, rest);
    return next === undefined ? others : { ...news, [key]: next };
}
