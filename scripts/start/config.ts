import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

/** The configuration of the stack `dev`, aimed at an emulator and at a copy of the grants. */
export async function stackConfig(
    directory: string,
    okta: string,
    { grants, app }: { readonly grants: string; readonly app: string },
): Promise<Record<string, string>> {
    const { config } = parse(await readFile(join(directory, "Pulumi.dev.yaml"), "utf8")) as { config: object };
    const own = Object.entries(config).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return {
        ...Object.fromEntries(own),
        "okta:orgName": "dev",
        "okta:baseUrl": "okta.com",
        "okta:httpProxy": okta,
        "zonekeeper:source": JSON.stringify({ type: "file", path: grants }),
        "zonekeeper:apps": JSON.stringify([app]),
    };
}
