import { PolicyPack } from "@pulumi/policy";

import { policies } from "./policies";

// Constructing a pack starts a server, so this file does nothing else and no test imports it.
new PolicyPack("zonekeeper", { policies: policies({ env: process.env, now: Date.now }) });
