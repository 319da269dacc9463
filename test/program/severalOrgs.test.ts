import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

/** Two orgs by a provider each, and the stack's own; every way to hand a provider over once. */
const programFor = (acme: string, lab: string) => `
import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";
import { GrantedAccess } from "./components/grantedAccess";
import { GrantedZone } from "./components/grantedZone";
import { IpZone } from "./components/ipZone";
import { ZoneMembership } from "./components/zoneMembership";

const source = pulumi.runtime.getConfig("zonekeeper:source") ?? "{}";
const org = (name: string, httpProxy: string) =>
    new okta.Provider(name, { orgName: name, baseUrl: "okta.com", httpProxy, apiToken: "the-token-of-" + name });
const [acme, lab] = [org("acme", "${acme}"), org("lab", "${lab}")];
const args = (zoneName: string) => ({ zoneName, source: JSON.parse(source), isProtected: false });

new GrantedAccess("own", args("Own"));
new GrantedAccess("acme", args("Acme"), { provider: acme });
const parent = new pulumi.ComponentResource("test:index:Team", "team", {}, { providers: [lab] });
new GrantedZone("lab", args("Lab"), { parent });
const zone = new IpZone("loose", { zoneName: "Loose", isProtected: false }, { provider: lab });
new ZoneMembership("loose", { zoneIds: [zone.zoneId], source: JSON.parse(source) }, { provider: lab });
`;

for (const engine of ENGINES) {
    describe(`several orgs in one program (${engine})`, () => {
        let stack: TestStack;
        let orgs: readonly [Emulator, Emulator] | undefined;
        before(async function () {
            const why = await whyNot(engine);
            if (why !== undefined) return this.skip();
            orgs = [await startEmulator(), await startEmulator()];
            stack = await openStack(engine, { program: programFor(orgs[0].url, orgs[1].url) });
            await stack.grant(permanent("203.0.113.7"));
            await stack.succeed("up");
        });
        after(async () => {
            await stack?.[Symbol.asyncDispose]();
            for (const org of orgs ?? []) await org.close();
        });

        it("keeps each zone, its gateways and its rule in the org of its provider", () => {
            const [acme, lab] = orgs ?? [];
            assert.deepEqual(gatewaysByName(stack.okta), { Own: ["203.0.113.7/32"] });
            assert.deepEqual(gatewaysByName(acme), { Acme: ["203.0.113.7/32"] });
            assert.deepEqual(gatewaysByName(lab), { Lab: ["203.0.113.7/32"], Loose: ["203.0.113.7/32"] });
        });

        it("changes nothing in a preview and an up where nothing changed", async () => {
            for (const operation of ["preview", "up"] as const) {
                const { steps } = await stack.succeed(operation);
                assert.deepEqual(steps.filter(isChange), [], operation);
            }
        });

        it("writes a changed grant into each org, and keeps no token in clear", async () => {
            await stack.grant(permanent("203.0.113.9"));
            const { steps } = await stack.succeed("up", { confirmRemovals: "true" });
            const changed = steps.filter((step) => isChange(step) && !step.type.endsWith(":ZoneMembership"));
            assert.deepEqual(changed, []);
            const [acme, lab] = orgs ?? [];
            const expected = ["203.0.113.9/32"];
            assert.deepEqual(gatewaysByName(acme), { Acme: expected });
            assert.deepEqual(gatewaysByName(lab), { Lab: expected, Loose: expected });
            let state = "";
            await stack.editState((all) => {
                state = JSON.stringify(all);
            });
            assert.doesNotMatch(state, /the-token-of/);
        });
    });
}

/** Providers of the same name, each in a component that makes its own; the second depends on the first. */
const sameNameFor = (acme: string, lab: string) => `
import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";
import { GrantedAccess } from "./components/grantedAccess";

const source = JSON.parse(pulumi.runtime.getConfig("zonekeeper:source") ?? "{}");
class Team extends pulumi.ComponentResource {
    constructor(name: string, httpProxy: string, opts?: pulumi.ComponentResourceOptions) {
        super("test:index:Team", name, {}, opts);
        const settings = { orgName: name, baseUrl: "okta.com", httpProxy, apiToken: "a-token" };
        const provider = new okta.Provider("org", settings, { parent: this });
        new GrantedAccess(name, { zoneName: name, source, isProtected: false }, { parent: this, provider });
    }
}
// A type of its own gives the providers URNs of their own.
class Lab extends pulumi.ComponentResource {
    constructor(first: Team) {
        super("test:index:Lab", "lab", {}, { dependsOn: [first] });
        new Team("lab", "${lab}", { parent: this });
    }
}
new Lab(new Team("acme", "${acme}"));
`;

for (const engine of ENGINES) {
    describe(`providers of the same name in one program (${engine})`, () => {
        it("keep the org of each, so that the next run finds it again", async function () {
            if ((await whyNot(engine)) !== undefined) return this.skip();
            const ids = { acme: "00oAcme0000000000001", lab: "00oLab00000000000001" };
            const orgOf = (id: string) => startEmulator({ seed: { org: { id } } });
            const orgs = [await orgOf(ids.acme), await orgOf(ids.lab)] as const;
            const program = sameNameFor(orgs[0].url, orgs[1].url);
            await using stack = await openStack(engine, { program });
            await stack.grant(permanent("203.0.113.7"));
            await stack.succeed("up");
            const { steps } = await stack.succeed("up");
            assert.deepEqual(steps.filter(isChange), []);
            const idOf: Record<string, unknown> = {};
            await stack.editState(({ resources }) => {
                for (const { type, urn, outputs } of resources)
                    if (type.endsWith(":ZoneSettings")) idOf[urn.split("::").at(-1) ?? ""] = outputs?.orgId;
            });
            assert.deepEqual(idOf, ids);
            for (const org of orgs) await org.close();
        });
    });
}

/** Whether a step changes something; the default providers of Pulumi are what it keeps for itself. */
function isChange({ op, type }: { readonly op: string; readonly type: string }): boolean {
    return op !== "same" && !/^pulumi:providers:pulumi(-nodejs)?$/.test(type);
}

/** Of the zones that an org has besides Okta's own, what their gateways were last. */
function gatewaysByName(okta: Emulator | undefined): Record<string, readonly string[]> {
    const own = [...(okta?.org.zones.values() ?? [])].filter(({ system }) => system !== true);
    const last = (id: string) => okta?.history.findLast(({ zoneId }) => zoneId === id)?.gateways ?? [];
    return Object.fromEntries(own.map(({ id, name }) => [name, last(id)]));
}
