import { join } from "node:path";

import { destroy, type OnChecked, preview, refresh, up } from "../../rehearsal/engine";
import { type Deployer, type DeployerOptions, type Operation, PASSPHRASE } from "./deployer";
import { startPolicyPack } from "./policyPack";

const OPERATIONS = { preview, up, refresh, destroy };

/**
 * Deploys with the rehearsal engine, straight from the checkout. Of a policy pack
 * it asks what judges one resource, and leaves out what judges the whole stack.
 */
export function rehearsed(options: DeployerOptions): Deployer {
    const { directory, scratch, env, policyPack, refresh: reads, stack = "dev", startChild } = options;
    const { startPack = startPolicyPack } = options;
    return {
        kind: "rehearsal",
        async deploy(operation, config) {
            const asks = policyPack !== undefined && ASKS.includes(operation);
            await using pack = asks ? await startPack({ ...policyPack, project: "zonekeeper", stack, env }) : null;
            const onChecked: OnChecked = async (resource) => {
                const found = (await pack?.judge(resource)) ?? [];
                return found.filter(({ level }) => level === "mandatory").map((one) => `${one.policy}: ${one.message}`);
            };
            const { problems, steps, outputs } = await OPERATIONS[operation]({
                directory,
                stack,
                config,
                env,
                onChecked,
                statePath: join(scratch, `${stack}.json`),
                passphrase: PASSPHRASE,
                ...(reads === undefined ? {} : { refresh: reads }),
                ...(startChild === undefined ? {} : { startChild }),
            });
            return { problems, steps: steps.filter(({ op }) => op !== "refresh"), outputs };
        },
    };
}

const ASKS: readonly Operation[] = ["preview", "up"];
