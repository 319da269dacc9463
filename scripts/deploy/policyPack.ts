import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { type Child, startChild } from "../../rehearsal/processes/child";
import type { Properties } from "../../rehearsal/values/values";
import { fromStruct, toStruct } from "../../rehearsal/values/wire";
import { fail } from "../../src/core/errors/errors";

/** Levels and settings by the name of the policy, or `all`, as the file of `--policy-pack-config` has them. */
export type PolicyConfig = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

export interface PolicyPackOptions {
    /** The folder with PulumiPolicy.yaml. */
    readonly directory: string;
    readonly project: string;
    readonly stack: string;
    /** Of the CLI that asks. */
    readonly env: Readonly<Record<string, string | undefined>>;
    /** @default what the pack says */
    readonly config?: PolicyConfig;
}

/** A resource as Pulumi shows it to policies. */
export interface Judged {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Its checked inputs; after a run, its outputs. */
    readonly inputs: Properties;
    readonly protect?: boolean;
    readonly ignoreChanges?: readonly string[];
    /** URNs of the resources that a property comes from, by the property. */
    readonly from?: Readonly<Record<string, readonly string[]>>;
}

export interface Violation {
    readonly policy: string;
    readonly level: "advisory" | "mandatory";
    /** Without the policy's description. */
    readonly message: string;
    /** Of the resource; empty where the policy was asked about that one only. */
    readonly urn: string;
}

export interface PolicyPack extends AsyncDisposable {
    /** The names of its policies. */
    readonly policies: readonly string[];
    judge(resource: Judged): Promise<Violation[]>;
    judgeStack(resources: readonly Judged[]): Promise<Violation[]>;
}

const LEASH = join(__dirname, "../../rehearsal/providers/leash.cjs");

const START_TIMEOUT_MS = 180_000;

/**
 * Pulumi's own process for a policy pack, configured as the CLI does it: with the
 * defaults of each policy's schema, under what the caller sets.
 *
 * @throws `bad-input` if it does not start
 */
export async function startPolicyPack(options: PolicyPackOptions): Promise<PolicyPack> {
    const { child, port } = await startProcess(options);
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const info = await called<messages.AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done));
    const policies = info.getPoliciesList();
    const configure = configuration(policies, options.config ?? {});
    await called((done) => client.configure(configure, done));
    return {
        policies: policies.map((policy) => policy.getName()),
        async judge(resource) {
            const request = described(new messages.AnalyzeRequest(), resource);
            return violations(await called((done) => client.analyze(request, done)));
        },
        async judgeStack(resources) {
            const request = new messages.AnalyzeStackRequest().setResourcesList(resources.map(inStack));
            return violations(await called((done) => client.analyzeStack(request, done)));
        },
        async [Symbol.asyncDispose]() {
            client.close();
            await child.stop();
        },
    };
}

function called<Reply>(call: (done: (error: Error | null, reply: Reply) => void) => unknown): Promise<Reply> {
    return new Promise((resolve, reject) => call((error, reply) => (error ? reject(error) : resolve(reply))));
}

async function startProcess(options: PolicyPackOptions): Promise<{ child: Child; port: string }> {
    const { directory, project, stack, env } = options;
    const said: string[] = [];
    let ready: (line: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => {
        ready = resolve;
    });
    const main = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [directory] });
    const child = startChild({
        node: process.execPath,
        args: ["--require", LEASH, main, "127.0.0.1:1", directory],
        stdin: "held",
        directory,
        env: {
            ...env,
            PULUMI_NODEJS_TYPESCRIPT: "false",
            PULUMI_NODEJS_PROJECT: project,
            PULUMI_NODEJS_STACK: stack,
            PULUMI_CONFIG: "{}",
        },
        onLine(line, stream) {
            said.push(line);
            if (stream === "stdout") ready(line);
        },
    });
    const timer = setTimeout(() => ready(""), START_TIMEOUT_MS);
    const port = await Promise.race([first, child.exited.then(() => "")]);
    clearTimeout(timer);
    if (/^\d+$/.test(port)) return { child, port };
    await child.stop();
    return fail("bad-input", `the policies in ${directory} do not start:\n${said.join("\n")}`);
}

const LEVELS: Readonly<Record<string, messages.EnforcementLevel>> = {
    advisory: messages.EnforcementLevel.ADVISORY,
    mandatory: messages.EnforcementLevel.MANDATORY,
    disabled: messages.EnforcementLevel.DISABLED,
};

function configuration(policies: readonly messages.PolicyInfo[], config: PolicyConfig) {
    const request = new messages.ConfigureAnalyzerRequest();
    for (const policy of policies) {
        const { enforcementLevel, ...own } = settingsOf(config[policy.getName()]);
        const level = enforcementLevel ?? settingsOf(config.all).enforcementLevel;
        const properties = { ...defaultsOf(policy), ...own };
        const each = new messages.PolicyConfig()
            .setEnforcementlevel(LEVELS[String(level)] ?? policy.getEnforcementlevel())
            .setProperties(toStruct(properties as Properties));
        request.getPolicyconfigMap().set(policy.getName(), each);
    }
    return request;
}

function settingsOf(setting: PolicyConfig[string] | undefined): Readonly<Record<string, unknown>> {
    return typeof setting === "object" ? setting : { enforcementLevel: setting };
}

function defaultsOf(policy: messages.PolicyInfo): Properties {
    const schema = fromStruct(policy.getConfigschema()?.getProperties()) as Record<string, Properties>;
    return Object.fromEntries(
        Object.entries(schema).flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])),
    );
}

function inStack(resource: Judged): messages.AnalyzerResource {
    const request = described(new messages.AnalyzerResource(), resource);
    for (const [key, urns] of Object.entries(resource.from ?? {})) {
        const dependencies = new messages.AnalyzerPropertyDependencies().setUrnsList([...urns]);
        request.getPropertydependenciesMap().set(key, dependencies);
    }
    return request;
}

/** Keys that begin with `__` are Pulumi's own, and no policy sees them. */
function described<M extends messages.AnalyzeRequest | messages.AnalyzerResource>(message: M, resource: Judged): M {
    const { urn, type, name, inputs, protect = false, ignoreChanges = [] } = resource;
    const seen = Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
    const options = new messages.AnalyzerResourceOptions().setProtect(protect).setIgnorechangesList([...ignoreChanges]);
    message.setUrn(urn).setType(type).setName(name).setProperties(toStruct(seen));
    message.setOptions(options);
    return message;
}

function violations(reply: messages.AnalyzeResponse): Violation[] {
    return reply.getDiagnosticsList().map((diagnostic) => ({
        policy: diagnostic.getPolicyname(),
        level: diagnostic.getEnforcementlevel() === messages.EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
        message: diagnostic.getMessage().replace(`${diagnostic.getDescription()}\n`, ""),
        urn: diagnostic.getUrn(),
    }));
}
