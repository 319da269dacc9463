/** An answer to a request. */
export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    /** The JSON, or undefined where the body is empty. */
    readonly body: unknown;
}
