import { isLoopback } from "../../../core/addresses/loopback";
import { quote } from "../../../core/errors/quote";

/**
 * Why the header Host is not one of this machine. The DNS name of a web page may
 * point to 127.0.0.1 (DNS rebinding); the browser then sends requests of that page
 * here, with that name as Host.
 *
 *   Host              problem
 *   localhost:9464    none
 *   127.0.0.1:18080   none: a port may have been forwarded
 *   [::1]:9464        none
 *   evil.example      it is not this machine
 *   (none)            it is not this machine
 */
export function hostProblem(header: string | undefined): string | undefined {
    if (isLoopback((header ?? "").replace(/:\d+$/, ""))) return undefined;
    return `this agent answers to localhost and 127.0.0.1, not to ${quote(header ?? "")}; to publish it, see docs/guides/operations.md`;
}
