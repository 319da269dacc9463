interface Deviation {
    /** Problems as they are told by problemsIn. */
    readonly problem: RegExp;
    /** Which recording or fact has it. */
    readonly why: string;
}

const ZONES = "response 200 of \\w+ /api/v1/zones.*";
const APPS = "of \\w+ /api/v1/apps.*";

/** Where Okta, and so the emulator, differs from Okta's description of its API. */
export const DEVIATIONS: readonly Deviation[] = [
    {
        problem: new RegExp(`^${ZONES}: .*/region must be string$`),
        why: "recorded in NetworkZone_crud: a location without a region has null",
    },
    {
        problem: new RegExp(`^${ZONES}: /(gateways|proxies) must be array$`),
        why: "recorded by Okta's Python SDK, test_network_zone_it: the list is null where a zone has none",
    },
    {
        problem: /of \w+ \/api\/v1\/zones.*: \/proxyType must be (string|equal to one of the allowed values)$/,
        why: 'recorded in NetworkZone_crud: TorAnonymizer and an empty text; the description writes null as the text "null"',
    },
    {
        problem: /^response 200 of GET \/api\/v1\/policies: \/_embedded\/resourceType must be object$/,
        why: "recorded in AppSignOnPolicyRule_issue_1059814: APP and END_USER_ACCOUNT_MANAGEMENT are texts",
    },
    {
        problem: /\/api\/v1\/policies\/\{policyId\}\/rules.*: \/conditions must be object$/,
        why: "recorded in AppSignOnPolicyRule_issue_1059814: the catch-all rule has null",
    },
    {
        problem: new RegExp(`^(request|response 200) ${APPS}: /settings/notes/(admin|enduser) must be string$`),
        why: "recorded in all app requests and answers: null",
    },
    {
        problem: new RegExp(
            `^response 200 ${APPS}: /(accessibility/\\w+RedirectUrl|settings/notifications/vpn/\\w+) must be string$`,
        ),
        why: "recorded in all app answers: null",
    },
    {
        problem: new RegExp(`^response 200 ${APPS}: /settings/signOn/(spIssuer|defaultRelayState) must be string$`),
        why: "recorded in AppSignOnPolicyRules_dynamicValues: null",
    },
    {
        problem: new RegExp(`^response 200 ${APPS}: /settings/oauthClient/(logo_uri|client_uri) must be string$`),
        why: "recorded in AppSignOnPolicyRule_issue_1059814: null",
    },
    {
        problem: new RegExp(`^response 200 ${APPS}: /universalLogout must be object$`),
        why: "recorded in AppSignOnPolicyRule_issue_1059814: null where the organisation has no universal logout",
    },
    {
        problem: new RegExp(`^response 200 ${APPS}: /name must be equal to one of the allowed values$`),
        why: "recorded in AppSignOnPolicyRule_issue_1059814: Okta's own apps are not called oidc_client or template_swa",
    },
    {
        problem:
            /^request of POST \/api\/v1\/apps: \/settings\/signOn must have required property 'requestCompressed'$/,
        why: "recorded in AppSignOnPolicyRule_issue_1059814: the Okta provider leaves it out, and Okta takes it",
    },
    {
        problem: /\/api\/v1\/apps\/\{appId\}\/lifecycle\/\w+: has a body$/,
        why: "recorded in AppSignOnPolicyRule_issue_1059814: an empty object",
    },
    {
        problem: new RegExp(`^response 200 ${APPS}/users.*: /externalId must be string$`),
        why: "recorded by the Okta provider, AppUserAssignments_read: null",
    },
    {
        problem: new RegExp(`^response 200 ${APPS}: /settings/app must have required property '\\w+'$`),
        why: "recorded in AppSignOnPolicyRule_issue_1059814 for Okta's own apps of these modes",
    },
    {
        problem: /^response 200 of \w+ \/api\/v1\/api-tokens.*: \/tokenWindow must be string$/,
        why: "recorded by Okta's Python SDK, test_api_token_it: null",
    },
    {
        problem: /^response 200 of POST \/api\/v1\/users\/\{id\}\/lifecycle\/\w+: has a body$/,
        why: "recorded by the Okta provider, User_updateDeprovisioned and User_updateAllAttributes: an empty object",
    },
    {
        problem:
            /^response 200 of GET \/api\/v1\/logs: \/(outcome\/reason|request\/ipChain\/\d\/source) must be string$/,
        why: "null in events of the wild; elastic/integrations 2993",
    },
    {
        problem: /^response 200 of GET \/api\/v1\/logs: \/request\/ipChain\/\d\/geographicalContext must be object$/,
        why: "null in events of the wild; elastic/integrations 2993",
    },
    {
        problem:
            /^request of POST \/api\/v1\/apps\/\{appId\}\/users\/\{userId\}: {2}must match exactly one schema in oneOf$/,
        why: "no property of either schema is required, so that every object fits both",
    },
    {
        problem: /^response 201 of POST \/api\/v1\/groups\/\{groupId\}\/roles: has a body$/,
        why: "recorded by the Okta provider, GroupRole_admin_crud: the assignment",
    },
    {
        problem:
            /^response 204 of PUT \/api\/v1\/groups\/\{groupId\}\/roles\/\{roleAssignmentId\}\/targets\/catalog\/apps\/\{appName\}: is not described$/,
        why: "recorded by the Okta provider, GroupRole_admin_crud",
    },
    {
        problem:
            /^request of POST \/api\/v1\/iam\/roles\/\{roleIdOrLabel\}\/permissions\/\{permissionType\}: {2}must be object$/,
        why: "recorded by the Okta provider, AdminRoleCustom_crud: there is no body",
    },
    {
        problem: /^GET \/api\/v1\/apps\/\w+\/(credentials\/keys|sso\/saml\/metadata) is not described$/,
        why: "recorded in AppSignOnPolicyRule_issue_1059814; another part of the API",
    },
];

export function isKnown(problem: string): boolean {
    return DEVIATIONS.some((deviation) => deviation.problem.test(problem));
}
