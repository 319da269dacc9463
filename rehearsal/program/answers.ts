import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as messages from "@pulumi/pulumi/proto/resource_pb";

import { fail } from "../../src/core/errors/errors";
import { STACK_REFERENCE, STACK_RESOURCES } from "../state/otherStack";
import type { Resource } from "../state/state";
import type { Deployment } from "../steps/deployment";
import { goalOf, providerUrn } from "../steps/goal";
import { register } from "../steps/register";
import { nameOf, STACK, typeOf, urnOf } from "../values/urn";
import { type Properties, remarked, UNKNOWN, unmarked } from "../values/values";
import { fromStruct, toStruct } from "../values/wire";
import type { Answers } from "./monitor";

export interface Conversation extends Answers {
    /** What the stack exports, with secrets marked. */
    readonly outputs: Properties;
    /** Whether the program has said that it is done. */
    readonly isOver: boolean;
}

/** Pulumi's own function for a resource that the program has registered. */
const GET_RESOURCE = "pulumi:pulumi:getResource";

/** The SDK's own complaint about a resource that was answered with FAIL, or could not be read: the journal has the reason. */
const REFUSED = /resource .* \[.*\] failed to register|failed to read resource #/;

/**
 * What the program is answered during a deployment. A resource that fails is
 * answered with FAIL, upon which the SDK ends the program at once; the reason
 * stays here, in the journal. After a problem nothing more is begun.
 *
 * @param ready Resolves when the first resource may be answered.
 */
export function conversation(deployment: Deployment, ready: Promise<void>): Conversation {
    const { journal, ledger, mode, providers, stack, project } = deployment;
    let outputs: Properties = {};
    let isOver = false;
    let hasRefused = false;

    async function registered(request: messages.RegisterResourceRequest): Promise<messages.RegisterResourceResponse> {
        const goal = goalOf(request, stack, project);
        const { id, outputs } = await register(goal, deployment);
        return new messages.RegisterResourceResponse().setUrn(goal.urn).setId(id).setObject(toStruct(outputs));
    }

    /** A program hears only that a read failed: why stays here, in the journal. */
    async function referred(name: string): Promise<Properties> {
        try {
            return await deployment.otherStack(name);
        } catch (error) {
            hasRefused = true;
            journal.failure(STACK_REFERENCE, error);
            throw error;
        }
    }

    function registeredAs(urn: string): Resource {
        return ledger.settled(urn) ?? fail("bad-input", `there is no resource ${urn} yet`);
    }

    return {
        get outputs() {
            return outputs;
        },
        get isOver() {
            return isOver;
        },
        over() {
            isOver = true;
        },
        async register(request) {
            await ready;
            const failed = new messages.RegisterResourceResponse().setResult(messages.Result.FAIL);
            if (journal.problems.length > 0) return failed;
            try {
                return await registered(request);
            } catch (error) {
                hasRefused = true;
                journal.failure(`${request.getType()} "${request.getName()}"`, error);
                return failed;
            }
        },
        async registerOutputs(request) {
            const [urn, given] = [request.getUrn(), fromStruct(request.getOutputs())];
            journal.redact(given);
            if (typeOf(urn) === STACK) outputs = given;
            const resource = ledger.settled(urn);
            try {
                if (mode === "write") deployment.admit(given);
                if (resource !== undefined) await ledger.settle({ ...resource, outputs: given }, resource);
            } catch (error) {
                journal.failure(`outputs of ${typeOf(urn)} "${nameOf(urn)}"`, error);
            }
        },
        async read(request) {
            await ready;
            const [type, name] = [request.getType(), request.getName()];
            const urn = urnOf(stack, project, type, name, request.getParent());
            const reply = new messages.ReadResourceResponse().setUrn(urn);
            if (request.getId() === UNKNOWN) return reply;
            if (type === STACK_REFERENCE) return reply.setProperties(toStruct(await referred(request.getId())));
            const provider = await providers.of(type, providerUrn(request.getProvider()));
            const inputs = fromStruct(request.getProperties());
            const found = await provider.read({ urn, type, name }, request.getId(), {}, unmarked(inputs));
            if (found === undefined)
                return fail("bad-input", `${type} "${name}": there is none with id ${request.getId()}`);
            journal.step("read", { urn, parent: request.getParent() });
            return reply.setProperties(
                toStruct(remarked(found.outputs, inputs, request.getAdditionalsecretoutputsList())),
            );
        },
        async invoke(request) {
            await ready;
            if (request.getTok() === STACK_RESOURCES) {
                const found = await deployment.stackResources(String(fromStruct(request.getArgs()).stackName));
                return new messages.ResourceInvokeResponse().setReturn(toStruct(found));
            }
            if (request.getTok() === GET_RESOURCE) {
                const { urn, id, outputs } = registeredAs(String(fromStruct(request.getArgs()).urn));
                return new messages.ResourceInvokeResponse().setReturn(toStruct({ urn, id, state: outputs }));
            }
            const provider = await providers.of(request.getTok(), providerUrn(request.getProvider()));
            if (provider.invoke === undefined) return fail("bad-input", `there is no function ${request.getTok()}`);
            const result = await provider.invoke(request.getTok(), unmarked(fromStruct(request.getArgs())));
            return new messages.ResourceInvokeResponse().setReturn(toStruct(result));
        },
        log(request: LogRequest) {
            if (!(hasRefused && REFUSED.test(request.getMessage()))) journal.log(request);
        },
    };
}
