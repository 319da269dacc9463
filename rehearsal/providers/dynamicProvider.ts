import { join } from "node:path";

import { type CallOptions, status as codes, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

import { fail } from "../../src/core/errors/errors";
import { type Child, type StartChild, startChild } from "../processes/child";
import { type Made, type PartlyDone, type Provider, partlyDone } from "../provider";
import type { Properties } from "../values/values";
import { fromStruct, toStruct } from "../values/wire";

export interface DynamicProviderOptions {
    readonly node: string;
    readonly directory: string;
    readonly project: string;
    /** The whole stack configuration; secrets are plain texts here. */
    readonly config: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** @default startChild */
    readonly start?: StartChild;
    readonly onLine: (line: string) => void;
}

export interface DynamicProvider extends Provider {
    stop(): Promise<void>;
}

const LEASH = join(__dirname, "leash.cjs");

const START_TIMEOUT_MS = 120_000;

/** Longer than any wait for Okta's rate limit, whose window is a minute. */
const CALL_TIMEOUT_MS = 180_000;

/** Pulumi's own limit for a message, 400 MB. */
const CHANNEL = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

type Call = <Request, Reply>(
    method: (
        request: Request,
        metadata: Metadata,
        options: Partial<CallOptions>,
        callback: (error: ServiceError | null, reply: Reply) => void,
    ) => unknown,
    request: Request,
) => Promise<Reply>;

/**
 * Pulumi's own process for dynamic resources, `cmd/dynamic-provider`. It says on its
 * first line which port it serves; the address of an engine that it asks for is never used.
 *
 * @throws `bad-input` if it does not start
 */
export async function startDynamicProvider(options: DynamicProviderOptions): Promise<DynamicProvider> {
    const { child, port } = await startProcess(options);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), CHANNEL);
    const call: Call = (method, request) =>
        new Promise((resolve, reject) => {
            const deadline = Date.now() + CALL_TIMEOUT_MS;
            method.call(client, request, new Metadata(), { deadline }, (error, reply) =>
                error ? reject(plainly(error)) : resolve(reply),
            );
        });
    const configure = new messages.ConfigureRequest();
    configure.setArgs(toStruct(options.config)).setAcceptsecrets(true);
    await call(client.configure, configure);
    return {
        ...methods(client, call),
        async stop() {
            client.close();
            await child.stop();
        },
    };
}

async function startProcess(options: DynamicProviderOptions): Promise<{ child: Child; port: string }> {
    let ready: (line: string) => void = () => undefined;
    const port = new Promise<string>((resolve) => {
        ready = resolve;
    });
    const main = require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [options.directory] });
    let first = true;
    const child = (options.start ?? startChild)({
        node: options.node,
        args: ["--require", LEASH, main, "127.0.0.1:1"],
        stdin: "held",
        directory: options.directory,
        env: { ...options.env, PULUMI_NODEJS_PROJECT: options.project },
        onLine(line, stream) {
            if (!first || stream === "stderr") return options.onLine(line);
            first = false;
            ready(line);
        },
    });
    const timer = setTimeout(() => ready(""), START_TIMEOUT_MS);
    const answer = await Promise.race([port, child.exited.then(() => "")]);
    clearTimeout(timer);
    if (/^\d+$/.test(answer)) return { child, port: answer };
    await child.stop();
    return fail("bad-input", "Pulumi's process for dynamic resources did not start; run npm ci");
}

function methods(client: ResourceProviderClient, call: Call): Provider {
    return {
        async check({ urn }, olds, news) {
            const request = new messages.CheckRequest().setUrn(urn).setOlds(toStruct(olds)).setNews(toStruct(news));
            const reply = await call(client.check, request);
            const failures = reply
                .getFailuresList()
                .map((one) => ({ property: one.getProperty(), reason: one.getReason() }));
            return { inputs: fromStruct(reply.getInputs()), failures };
        },
        async diff({ urn }, { id, outputs }, news) {
            const request = new messages.DiffRequest().setUrn(urn).setId(id);
            const reply = await call(client.diff, request.setOlds(toStruct(outputs)).setNews(toStruct(news)));
            const { DIFF_UNKNOWN, DIFF_SOME } = messages.DiffResponse.DiffChanges;
            return {
                changes: reply.getChanges() === DIFF_UNKNOWN ? undefined : reply.getChanges() === DIFF_SOME,
                replaces: reply.getReplacesList(),
                deleteBeforeReplace: reply.getDeletebeforereplace(),
            };
        },
        async create({ urn }, inputs) {
            const request = new messages.CreateRequest().setUrn(urn).setProperties(toStruct(inputs));
            const reply = await call(client.create, request);
            return { id: reply.getId(), outputs: fromStruct(reply.getProperties()) };
        },
        async read({ urn }, id, outputs, inputs) {
            const request = new messages.ReadRequest().setUrn(urn).setId(id);
            const reply = await call(client.read, request.setProperties(toStruct(outputs)).setInputs(toStruct(inputs)));
            if (reply.getId() === "") return undefined;
            const found = { id: reply.getId(), outputs: fromStruct(reply.getProperties()) };
            return reply.hasInputs() ? { ...found, inputs: fromStruct(reply.getInputs()) } : found;
        },
        async update({ urn }, { id, outputs }, news) {
            const request = new messages.UpdateRequest().setUrn(urn).setId(id);
            const reply = await call(client.update, request.setOlds(toStruct(outputs)).setNews(toStruct(news)));
            return fromStruct(reply.getProperties());
        },
        async delete({ urn }, id, outputs) {
            const request = new messages.DeleteRequest().setUrn(urn).setId(id);
            await call(client.delete, request.setProperties(toStruct(outputs)));
        },
    };
}

/** The provider's own message, without what gRPC puts before it. */
function plainly(error: ServiceError): Error | PartlyDone {
    if (error.code === codes.DEADLINE_EXCEEDED) {
        return new Error(`no answer from the dynamic provider within ${CALL_TIMEOUT_MS / 1000} s`, { cause: error });
    }
    const rest = leftBehind(error);
    if (rest === undefined) return new Error(error.details, { cause: error });
    return partlyDone(error.details, rest.made, rest.reasons);
}

/** An "init error" hides in the metadata, as a google.rpc.Status with one detail. */
function leftBehind(error: ServiceError): { made: Made; reasons: string[] } | undefined {
    const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
    if (!Buffer.isBuffer(bytes)) return undefined;
    const [detail] = Status.deserializeBinary(bytes).getDetailsList();
    if (detail === undefined) return undefined;
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    const outputs: Properties = fromStruct(failed.getProperties());
    return { made: { id: failed.getId(), outputs }, reasons: failed.getReasonsList() };
}
