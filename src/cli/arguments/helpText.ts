import type { Command } from "commander";

/** The help of a command after its options. */
interface CommandHelp {
    readonly examples: readonly string[];
    /** Exit statuses besides 0, 1 and 2, or that mean something else than with other commands. */
    readonly statuses?: Readonly<Record<number, string>>;
    /** Groups of environment variables that it reads. */
    readonly reads: readonly (keyof typeof VARIABLES)[];
    readonly docs: string;
}

export const VARIABLES = {
    okta: "OKTA_ORG_NAME, OKTA_BASE_URL, OKTA_API_TOKEN (or OKTA_ACCESS_TOKEN, or OKTA_API_CLIENT_ID with OKTA_API_PRIVATE_KEY, OKTA_API_PRIVATE_KEY_ID and OKTA_API_SCOPES), OKTA_HTTP_PROXY",
    proxy: "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS",
    cache: "XDG_CACHE_HOME or HOME",
    portal: "ZONEKEEPER_PORTAL, XDG_CONFIG_HOME or HOME, ZONEKEEPER_ID_TOKEN; in GitHub Actions ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    home: "XDG_CONFIG_HOME or HOME",
    colour: "NO_COLOR",
} as const;

/** By the command as it is called. */
export const HELP: Readonly<Record<string, CommandHelp>> = {
    sync: {
        examples: [
            "zonekeeper sync --zone nzo1a2b3c4d5e6f7g8h9 --source grants.yaml --dry-run",
            "zonekeeper sync --zone nzo1 nzo2 --source https://example.com/grants --state ./state",
        ],
        statuses: { 3: "refused by a limit, or held by the brake", 4: "with --check: there is something to change" },
        reads: ["okta", "proxy", "colour"],
        docs: "docs/guides/pipelines.md, docs/explanation/removals.md",
    },
    agent: {
        examples: ["zonekeeper agent --config agent.yaml", "zonekeeper agent --config agent.yaml --dry-run"],
        statuses: { 3: "with --dry-run: a limit refuses something, or the brake holds it" },
        reads: ["okta", "proxy"],
        docs: "docs/guides/operations.md",
    },
    portal: {
        examples: ["zonekeeper portal --config portal.yaml", "zonekeeper portal --check portal.yaml"],
        statuses: { 3: "with --check: a rule refuses the configuration" },
        reads: ["proxy"],
        docs: "docs/guides/portal.md",
    },
    login: {
        examples: ["zonekeeper login --portal https://access.example.com"],
        reads: ["home", "proxy"],
        docs: "docs/guides/portal.md",
    },
    grant: {
        examples: [
            "zonekeeper grant payroll --duration 1h --reason INC-4711",
            "zonekeeper grant deploy --portal https://access.example.com -- ./deploy.sh",
        ],
        reads: ["portal", "proxy"],
        docs: "docs/guides/portal.md",
    },
    grants: { examples: ["zonekeeper grants --json"], reads: ["portal", "proxy"], docs: "docs/guides/portal.md" },
    extend: {
        examples: ["zonekeeper extend g-0123456789ab --duration 8h"],
        reads: ["portal", "proxy"],
        docs: "docs/guides/portal.md",
    },
    revoke: {
        examples: ["zonekeeper revoke", "zonekeeper revoke g-0123456789ab"],
        reads: ["portal", "proxy"],
        docs: "docs/guides/portal.md",
    },
    why: {
        examples: [
            "zonekeeper why ana@example.com --config agent.yaml",
            "zonekeeper why 203.0.113.7 --zone nzo1a2b3c4d5e6f7g8h9 --source grants.yaml --state ./state",
            "zonekeeper why dc9fd3c0-598c-11ef-8478-2b7584bf8d5a --config agent.yaml --json",
        ],
        statuses: {
            0: "in, and nothing is wrong",
            1: "it could not be found out",
            3: "out or refused, or in and something is wrong",
        },
        reads: ["okta", "proxy", "colour"],
        docs: "docs/guides/on-call.md",
    },
    explain: {
        examples: [
            'zonekeeper explain --zone nzo1a2b3c4d5e6f7g8h9 --chain "203.0.113.7, 198.51.100.9"',
            "zonekeeper explain --zone zones.json --event event.json",
        ],
        reads: ["okta", "proxy", "colour"],
        docs: "docs/reference/explain.md",
    },
    ranges: {
        examples: [
            "zonekeeper ranges --cell us_cell_7 --format nginx",
            "zonekeeper ranges --org https://acme.okta.com",
        ],
        statuses: { 3: "the list lost so much that it is not trusted" },
        reads: ["proxy", "cache"],
        docs: "docs/guides/ranges.md",
    },
    doctor: {
        examples: [
            "zonekeeper doctor --zone nzo1a2b3c4d5e6f7g8h9",
            "zonekeeper doctor --zone nzo1 --source grants.yaml --json",
        ],
        reads: ["okta", "proxy", "colour"],
        docs: "docs/guides/doctor.md, docs/errors",
    },
    adopt: {
        examples: ["zonekeeper adopt nzo1a2b3c4d5e6f7g8h9 --source grants.yaml --stack production"],
        statuses: { 3: "a person has to decide first, or there is no room for a grant" },
        reads: ["okta", "proxy", "colour"],
        docs: "docs/reference/commands.md",
    },
    init: {
        examples: ["zonekeeper init zones --template pulumi", "zonekeeper init agent --template agent"],
        reads: ["colour"],
        docs: "docs/reference/commands.md",
    },
    "ledger verify": {
        examples: ["zonekeeper ledger verify --state ./zonekeeper-state"],
        reads: ["colour"],
        docs: "docs/reference/ledger.md",
    },
    "ledger tail": {
        examples: ["zonekeeper ledger tail --lines 20 --follow"],
        reads: ["colour"],
        docs: "docs/reference/ledger.md",
    },
    ledger: {
        examples: ["zonekeeper ledger tail --lines 50", "zonekeeper ledger verify --state ./zonekeeper-state"],
        reads: ["colour"],
        docs: "docs/reference/ledger.md",
    },
    "ledger trace": {
        examples: ["zonekeeper ledger trace r-5f1d0c --state ./zonekeeper-portal --state ./zonekeeper-state"],
        reads: ["colour"],
        docs: "docs/reference/ledger.md",
    },
    "ledger export": {
        examples: ["zonekeeper ledger export --from 2026-12-01T00:00:00Z --format csv"],
        reads: ["colour"],
        docs: "docs/reference/ledger.md",
    },
    schema: {
        examples: ["zonekeeper schema --table access.grants"],
        reads: ["colour"],
        docs: "docs/reference/sources.md",
    },
    emulator: {
        examples: ["zonekeeper emulator --port 8080 --seed org.json"],
        reads: ["colour"],
        docs: "docs/reference/emulator.md",
    },
    completion: {
        examples: ["source <(zonekeeper completion bash)", "zonekeeper completion fish | source"],
        reads: ["colour"],
        docs: "docs/reference/commands.md",
    },
};

/** What follows the list of commands. */
const GENERAL_HELP = [
    "Examples:",
    "  zonekeeper init demo --template agent",
    "  zonekeeper why ana@example.com --config agent.yaml",
    "  zonekeeper help sync    its options, examples, exit statuses and environment",
    "",
    "Exit statuses:",
    "  0  done",
    "  1  failed",
    "  2  the call or its input is wrong",
    "  3  refused by a limit, held, or not in: see the command",
    "  4  sync --check: there is something to change",
    "",
    "Environment:",
    ...Object.values(VARIABLES).map((variables) => `  ${variables}`),
    "",
    "Documentation: docs/README.md, docs/reference/commands.md; each code [ZKnnn] has a page in docs/errors",
].join("\n");

/** Adds the rest of the help to the program and all its commands. */
export function addAllHelp(program: Command): void {
    for (const command of program.commands) addHelp(command);
    program.addHelpText("after", `\n${GENERAL_HELP}`);
}

/** Adds the rest of the help to a command and its subcommands. */
function addHelp(command: Command, above = ""): void {
    const name = `${above}${command.name()}`;
    const help = HELP[name];
    if (help !== undefined) command.addHelpText("after", `\n${textOf(help)}`);
    for (const below of command.commands) addHelp(below, `${name} `);
}

function textOf({ examples, statuses = {}, reads, docs }: CommandHelp): string {
    const exits = { 0: "done", 1: "failed", 2: "the call or its input is wrong", ...statuses };
    return [
        "Examples:",
        ...examples.map((example) => `  ${example}`),
        "",
        "Exit statuses:",
        ...Object.entries(exits).map(([status, words]) => `  ${status}  ${words}`),
        "",
        "Environment:",
        ...reads.map((group) => `  ${VARIABLES[group]}`),
        "",
        `Documentation: ${docs}`,
    ].join("\n");
}
