import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** What a program may ask of its engine; anything else answers UNIMPLEMENTED. */
export interface Answers {
    register(request: messages.RegisterResourceRequest): Promise<messages.RegisterResourceResponse>;
    registerOutputs(request: messages.RegisterResourceOutputsRequest): Promise<void>;
    read(request: messages.ReadResourceRequest): Promise<messages.ReadResourceResponse>;
    invoke(request: messages.ResourceInvokeRequest): Promise<messages.ResourceInvokeResponse>;
    log(request: LogRequest): void;
    /** The program has nothing more to ask. */
    over(): void;
}

export interface Monitor {
    /** `host:port` on the loopback interface. */
    readonly address: string;
    close(): void;
}

/**
 * Features that the SDK may use. ALIAS_SPECS is left out: the SDK then sends
 * every alias as a URN, those that a renamed parent brings along included.
 */
const FEATURES = [
    messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
    messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
];

/** Serves ResourceMonitor and Engine, the two services that Pulumi's SDK calls. */
export async function serveMonitor(answers: Answers): Promise<Monitor> {
    const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
    server.addService(ResourceMonitorService, {
        getDeploymentInfo: unary(async () => new messages.DeploymentInfo().setSupportedfeaturesList(FEATURES)),
        registerResource: unary(answers.register),
        registerResourceOutputs: unary(async (request: messages.RegisterResourceOutputsRequest) => {
            await answers.registerOutputs(request);
            return new Empty();
        }),
        readResource: unary(answers.read),
        invoke: unary(answers.invoke),
        signalAndWaitForShutdown: unary(async () => {
            answers.over();
            return new Empty();
        }),
    });
    server.addService(EngineService, {
        setRootResource: unary(async () => new SetRootResourceResponse()),
        log: unary(async (request: LogRequest) => {
            answers.log(request);
            return new Empty();
        }),
    });
    const port = await bind(server);
    return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

/** An error reaches the program as UNKNOWN, with our message. */
function unary<Request, Reply>(answer: (request: Request) => Promise<Reply>) {
    return (call: ServerUnaryCall<Request, Reply>, reply: sendUnaryData<Reply>) => {
        answer(call.request).then(
            (message) => reply(null, message),
            (error: Error) => reply({ code: status.UNKNOWN, details: error.message }),
        );
    };
}

function bind(server: Server): Promise<number> {
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
            error ? reject(error) : resolve(port),
        );
    });
}
