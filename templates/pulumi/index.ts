import * as pulumi from "@pulumi/pulumi";
import { GrantedAccess } from "zonekeeper/pulumi";

// Where the grants are: also { type: "https", url: "…" }, { type: "postgres", url: "env:DATABASE_URL" }, { type: "okta-log" }.
const source = { type: "file", path: "grants.yaml" } as const;

const staff = new GrantedAccess("staff", {
    zoneName: `Staff (${pulumi.getStack()})`,
    source,
    // The apps that only those inside may open: ids such as 0oa1example2example3.
    apps: [],
});

export const zoneIds = staff.zoneIds;
export const policyId = staff.policyId;
export const ruleId = staff.ruleId;
export const gateways = staff.gateways;
export const refused = staff.refused;
export const unusable = staff.unusable;

// What `zonekeeper sync --stack` and an agent with `stack:` read, besides zoneIds.
export const settings = { membership: "pulumi", source };
