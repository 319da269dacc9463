import type { Config, DeployerOptions } from "../scripts/deploy/deployer";
import { rehearsed } from "../scripts/deploy/rehearsed";

/** What brings a stack to what its program declares. */
export interface Engine {
    /**
     * @param expected `none`: everything is deployed already
     * @throws an Error with the deployment's own words, also if it did what was not expected
     */
    up(expected: "changes" | "none"): Promise<void>;
}

export type OpenEngine = (options: DeployerOptions, config: Config) => Promise<Engine>;

export async function rehearsalEngine(options: DeployerOptions, config: Config): Promise<Engine> {
    const deployer = rehearsed(options);
    return {
        async up(expected) {
            const { problems, steps } = await deployer.deploy("up", config);
            if (problems.length > 0) throw new Error(`up failed: ${problems.join("\n")}`);
            const step = steps.find(({ op }) => op !== "same" && op !== "read");
            if (expected === "none" && step !== undefined) {
                throw new Error(`nothing changed, but up did ${step.op} ${step.type} ${step.name}`);
            }
        },
    };
}
