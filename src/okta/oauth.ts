import { fail } from "../core/errors";
import type { Authorization, AuthorizationOptions } from "./authorization";
import type { PrivateKey } from "./credential";

export function oauthAuthorization(_credential: PrivateKey, _options: AuthorizationOptions): Authorization {
    return { ready: async () => fail("bad-input", "OAuth is not supported yet"), forget: () => false };
}
