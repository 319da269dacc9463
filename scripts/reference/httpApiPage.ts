import { ROUTES, type RouteRow } from "../../src/agent/http/routes";
import { openApiOf } from "../../src/portal/api/openApi";

/** Every route of the agent and of the portal's API, from the code that registers them: `docs/reference/http-api.md`. */
export async function httpApiPage(): Promise<string> {
    return `${INTRODUCTION}\n${ROUTES.map(agentRoute).join("\n")}\n${PORTAL}\n${portalRoutes()}\n`;
}

const INTRODUCTION = `# HTTP API

What can a program ask the agent and the portal, and what do they answer? \`npm run reference\` writes this page from the code.

## The agent

On the address in \`listen\`. Errors are JSON: \`{error, code}\`, with a [code](../errors/README.md). Every route can answer 429 with
\`Retry-After\`. Bodies are JSON.

| caller | meaning |
|---|---|
| anybody | no token |
| reader | on a loopback address everybody on the machine; otherwise the token, as \`Authorization: Bearer\` or as the password of a browser |
| token | \`Authorization: Bearer\` with the agent's \`token\`, always |
| signature | the body is signed by the secret of the source |
`;

function agentRoute({ method, path, caller, meaning, takes = {}, answers }: RouteRow): string {
    const taken = Object.entries(takes).map(([name, what]) => `* \`${name}\`: ${what}`);
    const answered = Object.entries(answers).map(([status, what]) => `| ${status} | ${what} |`);
    return [
        `### ${method} ${path.replace(/:(\w+)/g, (_, name: string) => name.toUpperCase())}\n`,
        `${meaning} Caller: ${caller}.\n`,
        ...(taken.length > 0 ? [`${taken.join("\n")}\n`] : []),
        `| status | meaning |\n|---|---|\n${answered.join("\n")}\n`,
    ].join("\n");
}

const PORTAL = `## The portal

On the address in \`portal.listen\`. Programs send \`Authorization: Bearer\` with a workload's token or one of the device flow. Errors are problem
documents (RFC 9457). \`GET /api/v1/openapi.json\` is the whole description, with the schemas of bodies and answers, in OpenAPI 3.1. What it is
for: [the portal](../guides/portal.md).
`;

interface Operation {
    readonly summary?: string;
    readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
    readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

function portalRoutes(): string {
    const { paths } = openApiOf("https://access.example.com", "") as {
        readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    };
    const rows = Object.entries(paths).flatMap(([path, operations]) =>
        ["get", "post", "patch", "delete"].flatMap((method) => {
            const operation = operations[method];
            return operation === undefined ? [] : [row(method, path, operation)];
        }),
    );
    return `| call | meaning | parameters | answers |\n|---|---|---|---|\n${rows.join("\n")}`;
}

function row(method: string, path: string, { summary = "", parameters = [], responses }: Operation): string {
    const taken = parameters.map(({ name, description }) => `\`${name}\`${description ? `: ${description}` : ""}`);
    const answers = Object.entries(responses)
        .filter(([status]) => status !== "default")
        .map(([status, { description }]) => `${status} ${description}`);
    return `| \`${method.toUpperCase()} ${path}\` | ${summary} | ${taken.join("; ")} | ${answers.join(", ")} |`;
}
