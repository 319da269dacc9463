import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Bench } from "./section";

const npm = promisify(execFile).bind(undefined, process.platform === "win32" ? "npm.cmd" : "npm");

/** As `pulumi new typescript` writes it. */
const PULUMI =
    "name: mine\nruntime:\n  name: nodejs\n  options: { packagemanager: npm }\noptions: { refresh: always }\n";

/** As docs/guides/package.md tells; the folder is where the engine of the bench copies it from. */
const QUICK = `name: mine
runtime:
  name: nodejs
  options: { packagemanager: npm, nodeargs: "--require=zonekeeper/preload" }
plugins: { providers: [{ name: pulumi-nodejs, path: ./templates/pulumi/dynamic-provider }] }
options: { refresh: always }
`;

const TSCONFIG = {
    compilerOptions: {
        strict: true,
        target: "es2022",
        module: "nodenext",
        moduleResolution: "nodenext",
        types: ["node"],
    },
    files: ["index.ts"],
};

/** The settings are those that the bench gives to every program. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { GrantedAccess } from "zonekeeper/pulumi";

const source = new pulumi.Config("zonekeeper").requireObject<Record<string, string>>("source");
const access = new GrantedAccess("access", { zoneName: "Staff (dev)", source });
export const { zoneIds, policyId, ruleId, gateways, refused, unusable } = access;
`;

/**
 * What Pulumi takes for as many resources of the same kinds, none of which does anything: Okta's own, and dynamic ones whose
 * provider is written out, so that nothing has to be serialized.
 */
const BARE = `
import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

const PROVIDER = \`exports.handler = () => ({
    check: async (_, inputs) => ({ inputs, failures: [] }),
    diff: async () => ({ changes: false }),
    create: async (outs) => ({ id: "1", outs }),
    read: async (id, props) => ({ id, props }),
    update: async (_, __, outs) => ({ outs }),
    delete: async () => {},
});\`;
class Bare extends pulumi.CustomResource {
    constructor(name: string, props: pulumi.Inputs, parent: pulumi.Resource) {
        super("pulumi-nodejs:dynamic/bare:Bare", name, { ...props, __provider: PROVIDER }, { parent });
    }
}
const component = (name: string, parent?: pulumi.Resource) =>
    new pulumi.ComponentResource("bare:index:Component", name, {}, parent && { parent });

const all = component("all");
const zones = component("zones", all);
const one = component("zone", zones);
const rules = component("rules", all);
const zone = new okta.network.Zone("zone", { type: "IP", name: "Bare", gateways: ["192.0.2.0/32"] }, { parent: one });
new Bare("settings", { zoneId: zone.id }, one);
new Bare("membership", { zoneId: zone.id }, zones);
const policy = new okta.AppSignonPolicy("policy", { name: "Bare", description: "Bare" }, { parent: rules });
const from = { networkConnection: "ZONE", networkIncludes: [zone.id] };
const rule = new okta.AppSignonPolicyRule("rule", { policyId: policy.id, name: "in", ...from }, { parent: rules });
new Bare("guard", { ruleId: rule.id }, rules);
`;

export interface Programs {
    /** The folder of a program that uses the package. */
    readonly packed: string;
    /** The same program, with the Pulumi.yaml of `zonekeeper init`. */
    readonly quick: string;
    /** As many resources that do nothing: see BARE. */
    readonly bare: string;
    /** The same with nothing in it. */
    readonly empty: string;
}

/**
 * Packs the checkout as it is published, and installs it into programs of somebody's own, which Pulumi runs as it runs
 * every TypeScript program. Pulumi's packages are those of the checkout.
 */
export async function packedPrograms({ directory, scratch }: Bench): Promise<Programs> {
    const texts = { packed: PROGRAM, quick: PROGRAM, bare: BARE, empty: "export {};\n" };
    const folderOf = (name: keyof typeof texts) => join(scratch, `packed-${name}`);
    const programs = Object.entries(texts).map(([name, text]) => [folderOf(name as keyof typeof texts), text] as const);
    const [packed, quick, bare, empty] = [folderOf("packed"), folderOf("quick"), folderOf("bare"), folderOf("empty")];
    for (const [folder, text] of programs) {
        await mkdir(folder);
        await writeFile(join(folder, "Pulumi.yaml"), PULUMI);
        await writeFile(join(folder, "package.json"), '{ "name": "mine", "private": true, "main": "index.ts" }');
        await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
        await writeFile(join(folder, "index.ts"), text);
    }
    await npm(["pack", "--silent", "--pack-destination", scratch], { cwd: directory });
    const [tarball = ""] = (await readdir(scratch)).filter((name) => name.endsWith(".tgz"));
    const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
    await npm(["install", join(scratch, tarball), ...quiet], { cwd: packed });
    for (const name of ["@pulumi", "@types", "typescript"]) {
        await symlink(join(directory, "node_modules", name), join(packed, "node_modules", name), "junction");
    }
    for (const folder of [quick, bare, empty]) {
        await symlink(join(packed, "node_modules"), join(folder, "node_modules"), "junction");
    }
    await writeFile(join(quick, "Pulumi.yaml"), QUICK);
    const start = "templates/pulumi/dynamic-provider";
    await cp(join(directory, start), join(quick, start), { recursive: true });
    return { packed, quick, bare, empty };
}
