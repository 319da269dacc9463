import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

import { type Component, licenceProblems } from "./licences";

/** What a list of the runtime packages takes at most, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** See scripts/build/bundles.ts. */
const BUNDLED = ["commander", "zod"];

interface Sbom {
    components: (Component & { readonly "bom-ref": string })[];
    dependencies: { readonly ref: string; dependsOn: string[] }[];
}

/**
 * `npm run sbom [FILE]`: the list of what the package brings along, in CycloneDX's form, and a failure for a licence that is not
 * allowed. `npm sbom --omit=dev` leaves out what a development package needs too (npm 11), so what is listed is
 * chosen here, by the lock file; what is part of the bundles is added.
 */
function main(path = "sbom.json"): number {
    const options = { encoding: "utf8", maxBuffer: MOST_BYTES } as const;
    const args = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"];
    const sbom = JSON.parse(execFileSync("npm", args, options)) as Sbom;
    const kept = new Set(shippedPackages());
    sbom.components = sbom.components.filter(({ name, version }) => kept.has(`${name}@${version}`));
    const refs = new Set(sbom.components.map((component) => component["bom-ref"]));
    sbom.dependencies = sbom.dependencies
        .filter(({ ref }) => refs.has(ref) || ref.startsWith("zonekeeper@"))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
    const problems = licenceProblems(sbom.components);
    for (const problem of problems) process.stderr.write(`zonekeeper: ${problem}\n`);
    if (problems.length > 0) return 1;
    writeFileSync(path, `${JSON.stringify(sbom, undefined, 2)}\n`);
    process.stdout.write(`${path}: ${sbom.components.length} packages, every licence is allowed\n`);
    return 0;
}

/** `name@version` of each package that the lock file has for others than developers, and of those in the bundles. */
function shippedPackages(): string[] {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
        packages: Record<string, { readonly version: string; readonly dev?: boolean }>;
    };
    const bundled = BUNDLED.map((name) => `node_modules/${name}`);
    const own = Object.entries(packages).filter(
        ([path, { dev }]) => path !== "" && (dev !== true || bundled.includes(path)),
    );
    return own.map(([path, { version }]) => `${path.split("node_modules/").at(-1)}@${version}`);
}

process.exitCode = main(...process.argv.slice(2, 3));
