/** Imports every entry with its types, as somebody's program may. */
export const PROGRAM = `
import type * as pulumi from "@pulumi/pulumi";
import { changes, compileZone, explainChain, parseChain, parseGrants, planGateways, readGrants } from "zonekeeper";
import { type Emulator, startEmulator } from "zonekeeper/emulator";
import { policies } from "zonekeeper/policies";
import * as zk from "zonekeeper/pulumi";

const staff = new zk.GrantedAccess("staff", { zoneName: "Staff", source: { type: "file", path: "grants.yaml" } });
export const zoneIds: pulumi.Output<string[]> = staff.zoneIds;
export const refused: pulumi.Output<string[]> = staff.refused.apply((all) => all.map(({ id, reason }) => id + reason));
export const names: string[] = policies.map(({ name }) => name);
export const started: Promise<Emulator> = startEmulator({ port: 0, seed: { zones: [{ name: "Staff" }] } });
export const { grants } = readGrants({ grants: [] });
export const plan = planGateways({ zones: [{ id: "nzo1", gateways: [], limit: 150 }], grants, nowMs: 0 });
export const all = [changes, compileZone, explainChain, parseChain, parseGrants, zk.oktaRanges];
`;
