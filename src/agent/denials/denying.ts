import type { Denial } from "../../core/membership/denials";
import type { RecordEvent } from "../events/events";
import type { DenialTarget } from "../events/grantEvents";
import type { AddedDenial, Denials, LiftedDenial, NewDenial } from "./denials";
import { tellDenial } from "./denialsDocument";
import type { DenialsFile } from "./denialsFile";

export interface DenyingOptions {
    readonly denials: Pick<DenialsFile, "list" | "add" | "lift" | "subscribe">;
    /** Whether the leader uses the same file, and follows it. */
    readonly isShared: boolean;
    readonly isLeading: () => boolean;
    readonly record: RecordEvent;
    /** Called if the ledger could not be written. The denial is in force all the same. */
    readonly onUnrecorded: (error: unknown) => void;
}

/** The kill switch for HTTP requests. */
export interface Denying extends Pick<Denials, "list"> {
    readonly isShared: boolean;
    add(denial: NewDenial): Promise<AddedDenial>;
    lift(id: string, who: Lifting): Promise<LiftedDenial>;
}

export interface Lifting {
    readonly by: string;
    readonly reason?: string | undefined;
}

/**
 * Adds and lifts denials, and records that in the ledger. With a shared file the leader records it
 * when it finds the change; otherwise a standby records it once it leads.
 */
export function openDenying(options: DenyingOptions): Denying {
    const { denials, isShared, isLeading, record, onUnrecorded } = options;
    const isRecordedHere = () => isLeading() || !isShared;
    const denied = ({ id, ...rest }: ReturnType<typeof tellDenial>) => {
        const { at, ...told } = rest;
        return record({ type: "access.denied", denial: id, ...told, since: at }).catch(onUnrecorded);
    };
    const allowed = (denial: Denial, { by, reason }: Lifting) =>
        record({
            type: "access.allowed",
            denial: denial.id,
            ...targetOf(denial),
            by,
            ...(reason !== undefined && { reason }),
        }).catch(onUnrecorded);

    denials.subscribe(({ added, lifted, origin }) => {
        if (origin === "own" || !isLeading()) return;
        for (const denial of added) void denied(tellDenial(denial));
        for (const denial of lifted) void allowed(denial, { by: "another agent of this host" });
    });

    return {
        isShared,
        list: denials.list,
        async add(given) {
            const added = await denials.add(given);
            if ("denial" in added && added.isNew && isRecordedHere()) await denied(tellDenial(added.denial));
            return added;
        },
        async lift(id, who) {
            const result = await denials.lift(id);
            if ("denial" in result && isRecordedHere()) await allowed(result.denial, who);
            return result;
        },
    };
}

function targetOf(denial: Denial): DenialTarget {
    const { user, address, grant } = tellDenial(denial);
    return {
        ...(user !== undefined && { user }),
        ...(address !== undefined && { address }),
        ...(grant !== undefined && { grant }),
    };
}
