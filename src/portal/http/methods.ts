import type { FastifyInstance } from "fastify";

/** Which methods the routes of an app take at a path, such as `/api/v1/grants/g-1?all=true`; none where there is no such path. */
export function openMethods(app: FastifyInstance): (url: string) => readonly string[] {
    const routes: { readonly method: string; readonly segments: readonly string[] }[] = [];
    app.addHook("onRoute", ({ method, url }) => {
        for (const each of [method].flat()) routes.push({ method: each, segments: url.split("/") });
    });
    return (url) => {
        const [path = ""] = url.split("?");
        const asked = path.split("/");
        const isThere = ({ segments }: { readonly segments: readonly string[] }) =>
            segments.length === asked.length &&
            segments.every((each, at) => each.startsWith(":") || each === asked[at]);
        return [...new Set(routes.filter(isThere).map(({ method }) => method))].sort();
    };
}
