import type { Config, DeployerOptions } from "../scripts/deploy/deployer";
import { rehearsed } from "../scripts/deploy/rehearsed";

/** What brings a stack to what its program declares. */
export interface Engine {
    /**
     * @param expected `none`: everything is deployed already
     * @throws an Error with the deployment's own words, also if it did what was not expected
     */
    up(expected: "changes" | "none"): Promise<void>;
    /** Of a stack to which everything is deployed already. @throws as up does */
    preview(): Promise<void>;
}

export type OpenEngine = (options: DeployerOptions, config: Config) => Promise<Engine>;

export async function rehearsalEngine(options: DeployerOptions, config: Config): Promise<Engine> {
    const deployer = rehearsed(options);
    const run = async (operation: "up" | "preview", expected: "changes" | "none") => {
        const { problems, steps } = await deployer.deploy(operation, config);
        if (problems.length > 0) throw new Error(`${operation} failed: ${problems.join("\n")}`);
        const step = steps.find(({ op }) => op !== "same" && op !== "read");
        if (expected === "none" && step !== undefined) {
            throw new Error(`nothing changed, but ${operation} did ${step.op} ${step.type} ${step.name}`);
        }
    };
    return { up: (expected) => run("up", expected), preview: () => run("preview", "none") };
}
