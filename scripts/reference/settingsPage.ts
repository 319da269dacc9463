import { ONE, SEVERAL } from "../../src/core/settings/agentSchema";
import { LIMITS, MEMBERSHIP } from "../../src/core/settings/membershipSchema";
import { OKTA } from "../../src/core/settings/oktaSchema";
import { LEADER } from "../../src/core/settings/processSchema";
import { STACK_SCHEMA } from "../../src/core/settings/stackSchema";
import { SOURCES } from "../../src/sources/settings/sourceSchema";
import { settingsTable } from "./settingRows";

/** Every setting of a stack, an agent and a source, from the schemas that read them: `docs/reference/settings.md`. */
export async function settingsPage(): Promise<string> {
    return [INTRODUCTION, stack(), AGENT, ...agent(), sources(), PORTAL].join("\n");
}

const INTRODUCTION = `# Settings

Which settings are there, what does each mean, and what is its default? This page is made from the schemas by which settings are read;
\`npm run reference\` writes it.

Secrets are named, never written: \`env:NAME\` or \`file:PATH\`.
`;

function stack(): string {
    return `## Of a stack

Set them with \`pulumi config set\`. Okta itself is found as the Okta provider finds it: \`okta:*\` settings first, then \`OKTA_*\` environment
variables. If several credentials are set, an access token takes precedence over an API token, and that over a private key.

${settingsTable(STACK_SCHEMA, "zonekeeper:")}
The stack exports \`zoneIds\`, \`policyId\`, \`ruleId\`, \`gateways\` (a list per zone; empty with \`membership: agent\`, so that a saved plan stays
valid while grants change), \`refused\` and \`unusable\`; with \`bindToUser\` also \`groupId\`.
`;
}

const AGENT = `## Of an agent

\`\`\`yaml
okta: { orgName: acme, baseUrl: okta.com, apiToken: env:OKTA_API_TOKEN }   # or clientId, privateKey: file:PATH, scopes
zones: [nzo1Example000000001]        # the shards, in order
source: { type: postgres, url: env:DATABASE_URL, table: grants }
# stack: production                  # in place of zones, source, selector, staticGateways and limits: those of a Pulumi stack
listen: 127.0.0.1:9464
state: ./zonekeeper-state            # the ledger, the known grants, denials
limits: { maxRemovals: 50%, maxRemovalsWindow: 10m, widestPrefix: 24 }
firstContact: hold
onRevoke: keep-sessions
staticGateways: []
group: 00g1Example000000001          # left out: everybody who comes from a granted address
selector: { app: payroll }
drift: heal
rateShare: 25%
maxStale: 4h
leader: { type: file }
token: env:ZONEKEEPER_TOKEN
\`\`\`

SIGHUP reads the configuration again; if the new one is wrong, the agent keeps the old one and says why. How to run an agent:
[operations](../guides/operations.md).
`;

function agent(): string[] {
    const leaders = LEADER.options.map(
        (option) => `\`leader: { type: ${option.shape.type.value} }\`\n\n${settingsTable(option)}`,
    );
    return [
        settingsTable(ONE),
        `### okta\n\n${settingsTable(OKTA)}`,
        `### limits\n\n${settingsTable(LIMITS)}`,
        `### leader\n\nWhich to choose: [leadership](../guides/agent-leadership.md).\n\n${leaders.join("\n")}`,
        `### Several memberships\n\nHow to use them: [several memberships](../guides/several-memberships.md). At the top of the document:\n\n${settingsTable(SEVERAL)}`,
        `In each of \`memberships\`; what is set here takes precedence over the same setting at the top:\n\n${settingsTable(MEMBERSHIP)}`,
    ];
}

function sources(): string {
    const tables = Object.entries(SOURCES).map(
        ([type, schema]) => `\`{ type: ${type}, … }\`\n\n${settingsTable(schema)}`,
    );
    return `## Source

A path, a URL, or an object with a \`type\`. How each type behaves: [sources](sources.md).

${tables.join("\n")}`;
}

const PORTAL = `## Of a portal

All under \`portal:\`: [settings of the portal](portal-settings.md).
`;
