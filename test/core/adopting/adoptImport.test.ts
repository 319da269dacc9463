import { strict as assert } from "node:assert";

import { importFile } from "../../../src/core/adopting/adoptImport";

describe("importFile", () => {
    it("names the zone, and the components that it lies in, as Pulumi takes them", () => {
        const parent = (type: string) => ({ type: `zonekeeper:index:${type}`, logicalName: "staff", component: true });
        assert.deepEqual(importFile({ zoneId: "nzo1", name: "staff", version: "7.0.0" }), {
            nameTable: {},
            resources: [
                { ...parent("GrantedAccess"), name: "staff-GrantedAccess" },
                { ...parent("GrantedZone"), name: "staff-GrantedZone", parent: "staff-GrantedAccess" },
                { ...parent("IpZone"), name: "staff-IpZone", parent: "staff-GrantedZone" },
                {
                    type: "okta:network/zone:Zone",
                    name: "staff",
                    id: "nzo1",
                    parent: "staff-IpZone",
                    version: "7.0.0",
                },
            ],
        });
    });
});
