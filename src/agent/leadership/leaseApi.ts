/** The part of a Kubernetes API server that leases need. */
export interface LeaseApi {
    /**
     * The answer, whatever its status.
     *
     * @throws as `trouble` does, where there is none
     */
    call(method: "GET" | "POST" | "PUT", path: string, body: object | undefined): Promise<LeaseAnswer>;
}

export interface LeaseAnswer {
    readonly status: number;
    /** The JSON, or undefined where it is none. */
    readonly body: unknown;
}

/** A Lease of `coordination.k8s.io/v1`, as far as it is looked at. */
export interface Lease {
    /** Goes back as it came: its `resourceVersion` makes a write conditional. */
    readonly metadata: Readonly<{ [name: string]: unknown }>;
    readonly version: string;
    /** "" where nobody has it. */
    readonly holder: string;
    readonly durationMs: number;
    readonly acquireTime: string | undefined;
    readonly transitions: number;
}

/** Something that a later try may not meet. */
export type Trouble = Error & { readonly isTrouble: true };

export function trouble(message: string, options?: ErrorOptions): never {
    throw Object.assign(new Error(message, options), { isTrouble: true });
}

export function isTrouble(error: unknown): error is Trouble {
    return error instanceof Error && (error as Partial<Trouble>).isTrouble === true;
}

/** @throws as `trouble` does, where it is no lease */
export function leaseIn(body: unknown): Lease {
    const { metadata, spec } = (body ?? {}) as {
        readonly metadata?: { readonly resourceVersion?: unknown };
        readonly spec?: { readonly [name: string]: unknown };
    };
    const version = metadata?.resourceVersion;
    if (metadata === undefined || typeof version !== "string")
        return trouble("Kubernetes answers with something that is no lease");
    const { holderIdentity, leaseDurationSeconds, acquireTime, leaseTransitions } = spec ?? {};
    return {
        metadata,
        version,
        holder: typeof holderIdentity === "string" ? holderIdentity : "",
        durationMs: typeof leaseDurationSeconds === "number" ? leaseDurationSeconds * 1000 : 0,
        acquireTime: typeof acquireTime === "string" ? acquireTime : undefined,
        transitions: typeof leaseTransitions === "number" ? leaseTransitions : 0,
    };
}
