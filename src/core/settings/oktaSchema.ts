import { z } from "zod";

import { secret, text } from "./settingValues";

/** The connection to an Okta org, as far as it is not in the environment. */
export const OKTA = z.strictObject({
    orgName: text.optional().describe("the first part of the org's host: `acme`"),
    baseUrl: text.optional().meta({ description: "the rest of the host", usual: "`okta.com`" }),
    url: text.optional().describe("the whole address, for an emulator"),
    apiToken: secret.optional().describe("where the API token is"),
    accessToken: secret.optional().describe("where an access token is"),
    clientId: text.optional().describe("the client id of an OAuth app"),
    privateKey: secret.optional().describe("where its private key is"),
    privateKeyId: text.optional().describe("the id of that key"),
    scopes: z
        .union([z.string(), z.array(z.string())], { error: "is not a list of scopes" })
        .transform((value) => (typeof value === "string" ? value : value.join(",")))
        .optional()
        .meta({ description: "the scopes to ask for", usual: "those that are needed" }),
});
