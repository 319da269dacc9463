import type { RehearsalOptions, Result } from "./options";
import { answering } from "./program/answering";
import { DYNAMIC } from "./providers/providers";
import { type Session, withSession } from "./session";
import type { CheckedResource, OnChecked } from "./steps/deployment";
import type { PropertyChange } from "./steps/diff";
import type { Operation, RehearsalEvent, Step } from "./steps/journal";
import { remove } from "./steps/remove";
import { STACK } from "./values/urn";
import { type Properties, shown } from "./values/values";

export type { CheckedResource, OnChecked, Operation, PropertyChange, RehearsalEvent, RehearsalOptions, Result, Step };

/**
 * Shows what `up` would do, without doing it.
 *
 * This and the three functions below follow Pulumi's engine for the resource
 * types of this program. Left out are plans, targets, import, transforms, hooks,
 * the default providers in the state, and the replacement of what depends on a
 * resource that is deleted before it is replaced. A reference to another stack
 * finds one that was rehearsed beside this one.
 *
 * What Pulumi asks of Okta in a
 * preview is asked here too.
 *
 * @throws `bad-input` for a missing or wrong Pulumi.yaml, state or passphrase; any other failure is a problem of the result
 */
export function preview(options: RehearsalOptions): Promise<Result> {
    return withSession(options, "preview", run);
}

/**
 * Brings the stack to what its program declares, without a preview before. After
 * a failure, what was done stays done and recorded, and nothing is deleted.
 *
 * @throws as preview does
 */
export function up(options: RehearsalOptions): Promise<Result> {
    return withSession(options, "write", run);
}

/** Brings the state to what there really is; the program does not run. @throws as preview does */
export function refresh(options: RehearsalOptions): Promise<Result> {
    return withSession({ ...options, refresh: true }, "write", async (session) => {
        await session.refresh();
        return resultOf(session, stackOutputs(session));
    });
}

/**
 * Deletes everything in the state; the program does not run. The configuration is
 * that of the options, where Pulumi takes the one of the last `up` from its state.
 *
 * @throws as preview does
 */
export function destroy(options: RehearsalOptions): Promise<Result> {
    return withSession(options, "write", async (session) => {
        if (session.refreshes) await session.refresh();
        const { deployment, journal } = session;
        if (journal.problems.length === 0) await remove(deployment.ledger.pending(), deployment);
        return resultOf(session, {});
    });
}

/** The program starts while the state is being read, and is answered only afterwards. */
async function run(session: Session): Promise<Result> {
    const { journal, refreshes } = session;
    if (expectsDynamic(session)) session.deployment.providers.warm();
    const begun = refreshes ? session.refresh() : Promise.resolve();
    const ended = await answering(session, begun);
    const { deployment } = session;
    if (journal.problems.length === 0) await remove(deployment.ledger.pending(), deployment);
    return resultOf(session, ended.outputs);
}

/** A new stack may have dynamic resources; an old one has them again if it had them before. */
function expectsDynamic({ deployment, signal }: Session): boolean {
    const known = deployment.ledger.all();
    return !signal.aborted && (known.length === 0 || known.some(({ type }) => type.startsWith(DYNAMIC)));
}

function stackOutputs({ deployment }: Session): Properties {
    return deployment.ledger.all().find(({ type }) => type === STACK)?.outputs ?? {};
}

function resultOf({ journal }: Session, outputs: Properties): Result {
    const { steps, problems } = journal;
    return { ok: problems.length === 0, steps, problems, outputs: shown(outputs) as Properties };
}
