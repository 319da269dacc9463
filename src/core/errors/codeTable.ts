import { AGENT_CODES } from "./agentCodes";
import type { CodeRow } from "./codeRow";
import { PORTAL_CODES } from "./portalCodes";

/**
 * Every code, sorted. Each has a page in docs/errors and a row in docs/errors/README.md.
 *
 *   ZK0xx  calls, settings and Zonekeeper itself
 *   ZK1xx  the connection to Okta: address, credential, rights, clock
 *   ZK2xx  zones
 *   ZK3xx  policies, rules and apps
 *   ZK4xx  the source of grants, and which grants are in force
 *   ZK5xx  limits
 *   ZK6xx  writes, and other writers
 *   ZK7xx  the agent
 *   ZK8xx  the portal
 */
export const CODES = [
    {
        code: "ZK001",
        name: "failed",
        meaning: "Zonekeeper met something that it does not know how to handle: a bug of ours.",
        remedy: "Run it again; if it stays, report it with the message and the command.",
    },
    {
        code: "ZK002",
        name: "bad-input",
        meaning: "A call, a setting or a file is wrong.",
        remedy: "The message names it and says what it may be; correct it and run again.",
    },
    {
        code: "ZK003",
        name: "bad-range",
        meaning: "A text is not an IPv4 address, CIDR or range.",
        remedy: "Write it as 203.0.113.7, 203.0.113.0/24 or 203.0.113.4-203.0.113.9.",
    },
    {
        code: "ZK004",
        name: "file-unreadable",
        meaning: "A file that a command was given could not be read.",
        remedy: "Check that the file is there and that this user may read it; the message names it and says why.",
    },
    {
        code: "ZK101",
        name: "okta-unauthorized",
        meaning: "Okta does not know the credential (401).",
        remedy: "Create a new token under Security > API > Tokens in this org, and give it without the word SSWS.",
    },
    {
        code: "ZK102",
        name: "okta-forbidden",
        meaning: "Okta knows the credential, but it may not do this (403).",
        remedy: "Give its admin or app the role Organization Administrator, and an app the scope that the message names.",
    },
    {
        code: "ZK103",
        name: "okta-unreachable",
        meaning: "Okta gave no answer, a 5xx, or something that is not JSON.",
        remedy: "Check OKTA_ORG_NAME and OKTA_BASE_URL, and that this machine reaches that host on port 443.",
    },
    {
        code: "ZK104",
        name: "okta-refused",
        meaning: "Okta refused the request, with a reason of its own.",
        remedy: "Do as the causes in the message say.",
    },
    {
        code: "ZK105",
        name: "credential-shadowed",
        meaning: "Several credentials are set, and one of them counts without a word.",
        remedy: "Keep the one that you mean, and unset the others.",
    },
    {
        code: "ZK106",
        name: "credential-owner",
        meaning: "It is not clear, or not good, on whose behalf Zonekeeper acts.",
        remedy: "Use a service account of its own, which nobody deactivates by accident.",
    },
    {
        code: "ZK107",
        name: "role-too-small",
        meaning: "The admin or the app has no role that may change network zones.",
        remedy: "Give it the role Organization Administrator, then create a new token.",
    },
    {
        code: "ZK108",
        name: "scopes-missing",
        meaning: "The OAuth app lacks scopes.",
        remedy: "Grant them under Applications > the app > Okta API Scopes, and ask for them in OKTA_API_SCOPES.",
    },
    {
        code: "ZK109",
        name: "credential-ends",
        meaning: "The credential ends soon: an API token after 30 days without use, an access token within hours.",
        remedy: "Use the token once, or create a new one; in place of an access token give the app's private key.",
    },
    {
        code: "ZK110",
        name: "credential-tied-to-zone",
        meaning: "Whether the API token or the OAuth app works hangs on a zone, perhaps on one that Zonekeeper writes.",
        remedy: "Bind it to a zone that has this machine's fixed addresses and that Zonekeeper does not write, and to no other.",
    },
    {
        code: "ZK111",
        name: "clock-wrong",
        meaning: "The clock of this machine and Okta's differ, so that grants start and end at the wrong time.",
        remedy: "Let the machine follow a time server (timedatectl set-ntp true).",
    },
    {
        code: "ZK112",
        name: "org-classic",
        meaning: "The org is on Classic Engine, which has no authentication policies for apps.",
        remedy: "Use the zone in a rule of the global session policy, or upgrade the org to Identity Engine.",
    },
    {
        code: "ZK113",
        name: "org-mixed-up",
        meaning: "The org that answers may not be the one that is meant, such as preview instead of production.",
        remedy: "Compare the address with the org in which the credential and the zone were made.",
    },
    {
        code: "ZK114",
        name: "clock-departed",
        meaning:
            "The clock of this machine is more than a minute off, so that grants start and end by Okta's time instead.",
        remedy: "Let the machine follow a time server (timedatectl set-ntp true).",
    },
    {
        code: "ZK115",
        name: "proxy-in-use",
        meaning: "Requests to Okta go through a proxy, or directly.",
        remedy: "Set or unset HTTPS_PROXY and NO_PROXY where Zonekeeper is started.",
    },
    {
        code: "ZK116",
        name: "org-certificate",
        meaning: "The TLS certificate that the org's server shows has expired, or ends within two weeks.",
        remedy: "Ask the operator of that domain, or of the proxy that issued it, to renew it.",
    },
    {
        code: "ZK201",
        name: "zone-missing",
        meaning: "Okta has no zone with this id.",
        remedy: "Copy the id from Security > Networks, and check that the credential is of that org.",
    },
    {
        code: "ZK202",
        name: "zone-unfit",
        meaning: "A dynamic zone, or one of Okta's own, cannot hold grants.",
        remedy: "Name an IP zone that an administrator made (Security > Networks > Add zone > IP zone).",
    },
    {
        code: "ZK203",
        name: "zone-inactive",
        meaning: "The zone is inactive, so nobody is inside it.",
        remedy: "Find out who deactivated it, and why (zone.deactivate in the System Log). If it was a mistake, activate it under Security > Networks: its addresses are then let in.",
    },
    {
        code: "ZK204",
        name: "zone-blocklist",
        meaning: "The zone is a blocklist: Okta refuses requests from inside it.",
        remedy: "Look at its list first: in place of being blocked, its addresses are let in once 'Block access from IPs matching conditions listed in this zone' is cleared. If it is meant to block, name another zone.",
    },
    {
        code: "ZK205",
        name: "zone-empty",
        meaning: "The zone has no gateway, not even the sentinel.",
        remedy: "See why the agent or the pipeline does not write it; a round, such as zonekeeper sync --config FILE, writes the grants, or the sentinel 192.0.2.0/32 where there is none.",
    },
    {
        code: "ZK206",
        name: "zone-proxies-differ",
        meaning: "The shards have different trusted proxies, so that a grant works or not depending on its shard.",
        remedy: "Find out which list is right: a trusted proxy says where people come from. Then give it to all zones (zonekeeper:proxies).",
    },
    {
        code: "ZK207",
        name: "zone-full",
        meaning: "The zones have little or no room for more gateways.",
        remedy: "Add a shard (zonekeeper:shards), or another zone to the configuration or to each call, and name it in the rule as well.",
    },
    {
        code: "ZK208",
        name: "org-zones-full",
        meaning: "The org has about as many zones as Okta allows, which is usually 100.",
        remedy: "Delete zones that nothing uses, or ask Okta for a higher limit.",
    },
    {
        code: "ZK209",
        name: "org-entries-full",
        meaning: "The zones of the org hold about as many entries as Okta allows, 25,000.",
        remedy: "In zones that Zonekeeper does not write, delete entries that are not needed, or join neighbours into CIDRs.",
    },
    {
        code: "ZK210",
        name: "granted-and-blocked",
        meaning: "An address is granted or inside, and a blocklist refuses it before any policy is asked.",
        remedy:
            "Find out why it is blocked. If it should come in, take it off the blocklist under Security > Networks; if not, " +
            "end the grant.",
    },
    {
        code: "ZK211",
        name: "group-unfit",
        meaning: "The group of the membership is not there, or cannot be the group of a membership.",
        remedy: "Create a group for this membership alone, name it in the rule and in the configuration, and leave the other one as it is.",
    },
    {
        code: "ZK212",
        name: "zone-name-taken",
        meaning: "The org has a zone with the name that a deployment is to give to a new one.",
        remedy:
            "Set another zonekeeper:zoneName, or bring that zone under Zonekeeper with zonekeeper adopt ID; " +
            "if this very stack made it, and its state has lost it, import it as docs/guides/deploy.md says, and set no policyId.",
    },
    {
        code: "ZK301",
        name: "zone-unused",
        meaning: "No active rule of an authentication policy lets in from the zone, so that grants have no effect.",
        remedy: "Add a rule: IF User's IP is in the zone (and, where grants are bound to users, the user is in the group) THEN access is allowed.",
    },
    {
        code: "ZK302",
        name: "other-rule-decides",
        meaning: "Another rule of the policy lets in from elsewhere, or keeps out before the zone's rule is tried.",
        remedy: "Look at what that rule is meant for; then bind it to a zone or to some people, or move the zone's rule above it.",
    },
    {
        code: "ZK303",
        name: "catch-all-allows",
        meaning: "The catch-all rule of the policy admits people from outside the zone.",
        remedy: "See first that a rule above lets in who may come; then edit the policy's Catch-all Rule and set 'Access is' to Denied.",
    },
    {
        code: "ZK304",
        name: "policy-without-apps",
        meaning: "No app is on the policy, so that it protects nothing.",
        remedy: "Add the apps under Security > Authentication Policies > the policy > Applications.",
    },
    {
        code: "ZK305",
        name: "admin-console-behind-zone",
        meaning: "The Admin Console is behind the zone: a wrong gateway list locks out those who could repair it.",
        remedy: "Put Okta Admin Console on another policy, or keep an administrator who is admitted by a rule above it.",
    },
    {
        code: "ZK306",
        name: "policy-missing",
        meaning: "Okta has no authentication policy with this id, or it is not active.",
        remedy: "Copy the id (rst…) from the address of the policy's page in the Admin Console.",
    },
    {
        code: "ZK307",
        name: "address-looked-at-rarely",
        meaning: "The rule asks for a new sign-in only after a while, and Okta looks at the address only then.",
        remedy: "Set 'Prompt for authentication' of the rule to every time (reauthenticateIn PT0S).",
    },
    {
        code: "ZK308",
        name: "session-rule",
        meaning:
            "A rule of a global session policy decides about people in the zone before the policy of the app is asked.",
        remedy: "Look at the rule under Security > Global Session Policy, and at what it is meant for, before you change it.",
    },
    {
        code: "ZK309",
        name: "threat-insight",
        meaning:
            "ThreatInsight refuses addresses that Okta takes for suspicious before any policy is asked, also granted ones.",
        remedy: "Look for security.threat.detected in the System Log when a granted address is refused.",
    },
    {
        code: "ZK310",
        name: "rule-narrowed",
        meaning: "The rule that lets in from the zone asks for more than the zone, so that a grant may not be enough.",
        remedy: "If that is not meant, look at the other conditions of the rule: people, groups, devices, platforms and risk.",
    },
    {
        code: "ZK311",
        name: "group-not-required",
        meaning: "A rule lets in from the zone without the group to which the grants are bound.",
        remedy: "Name the group in that rule as well, next to the zone.",
    },
    {
        code: "ZK401",
        name: "source-unreadable",
        meaning: "The grants could not be read; the zone stays as it is.",
        remedy: "Correct the source as the message says, and run again.",
    },
    {
        code: "ZK402",
        name: "grants-unusable",
        meaning: "Some entries of the grants document cannot be used and are left out.",
        remedy: "Correct the fields that the message names.",
    },
    {
        code: "ZK403",
        name: "grants-not-inside",
        meaning: "A grant is active, but its addresses are not in the zones.",
        remedy: "See why the agent or the pipeline that should do it does not. By hand, run zonekeeper sync with --config FILE or --state DIR: without them it knows of no denial, and of nothing that is held.",
    },
    {
        code: "ZK404",
        name: "gateways-without-grant",
        meaning: "The zones let in addresses for which there is no active grant.",
        remedy: "Find out who put them there. An agent or sync --state that knows the zone removes them with its next round, and holds them at first contact; sync without --state removes them within maxRemovals. To keep them, give them a grant or name them as static gateways; --state DIR says which are held.",
    },
    {
        code: "ZK405",
        name: "ranges-unreadable",
        meaning: "Okta's file of its own addresses could not be read.",
        remedy: "Look at the address and the network, and run again, or give a copy of the file with --from.",
    },
    {
        code: "ZK406",
        name: "group-users",
        meaning:
            "Users with a grant are not there or may not sign in, or are not in the group to which the grants are bound.",
        remedy: "Correct the user in the grant, or see to the user under Directory > People; an agent puts users into the group.",
    },
    {
        code: "ZK501",
        name: "okta-throttled",
        meaning: "Okta's rate limit is used up, or nearly.",
        remedy: "Run again when the window ends, and see in the System Log who else calls.",
    },
    {
        code: "ZK502",
        name: "grants-refused",
        meaning: "Active grants are refused, by a limit or for lack of room.",
        remedy: "Where there is no room, add a shard. A limit that the reason names is there to refuse: change it only if such grants are meant to come in.",
    },
    {
        code: "ZK503",
        name: "removals-held",
        meaning: "A removal looks like an accident and is held until it is confirmed.",
        remedy: "If it is meant, confirm it once; else correct the source or the setting that would remove them.",
    },
    {
        code: "ZK504",
        name: "ranges-shrunk",
        meaning: "A file of Okta's addresses lost so much since the last good one that it looks cut.",
        remedy: "Look at the file, and take it with --accept-shrunk if it is right.",
    },
    {
        code: "ZK505",
        name: "removals-above-limit",
        meaning: "More grants were removed by name within the window than maxRemovals allows; they are out.",
        remedy: "See in the ledger who removed them; set them again if it was a mistake.",
    },
    {
        code: "ZK506",
        name: "access-denied",
        meaning: "A grant or an address is kept out by POST /api/deny.",
        remedy: "Nothing, if it is meant; else lift the denial with DELETE /api/deny/ID.",
    },
    {
        code: "ZK507",
        name: "settings-differ",
        meaning: "The agent goes by other settings than those of the stack that has its zones.",
        remedy: "Set in the stack what only the agent has, and should; then write stack: NAME in the agent's configuration in place of the settings that differ.",
    },
    {
        code: "ZK601",
        name: "write-unverified",
        meaning: "Okta took a write, but the zone shows something else.",
        remedy: "Find out who else writes the zone (ZK602), let one of them do it, then run again.",
    },
    {
        code: "ZK602",
        name: "foreign-writer",
        meaning: "Another writer changes the zone, and each undoes the other's changes.",
        remedy: "See whether it is your own agent or pipeline, under its account. Another writer has to stop: a zone has one.",
    },
    ...AGENT_CODES,
    ...PORTAL_CODES,
] as const satisfies readonly CodeRow[];

/** Such as `okta-forbidden`. */
export type CodeName = (typeof CODES)[number]["name"];
