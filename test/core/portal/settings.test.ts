import { strict as assert } from "node:assert";
import { readPortalSettings } from "../../../src/core/portal/settings/readPortalSettings";
import { isOktaOrg } from "../../../src/core/portal/settings/urls";

const ACCESS = { name: "payroll", eligible: { groups: ["Staff"] }, duration: { default: "4h", max: "8h" } };
const WORKLOAD = {
    name: "deploy",
    issuer: "https://ci.example",
    audience: "https://a.example",
    claims: { id: 1 },
    accesses: ["payroll"],
};
const HOOK = { type: "webhook", url: "https://hooks.example/x", secret: "env:HOOK" };

const PORTAL = {
    url: "https://access.example.com",
    login: { issuer: "https://acme.okta.com", clientId: "0oa1" },
    session: { secret: "env:SECRET" },
    store: { type: "file", path: "portal.jsonl" },
    accesses: [ACCESS],
};

const with_ = (rest: object) => ({ portal: { ...PORTAL, ...rest } });
const access = (rest: object) => with_({ accesses: [{ ...ACCESS, ...rest }] });
const workload = (rest: object) => with_({ workloads: [{ ...WORKLOAD, ...rest }] });
const login = (rest: object) => with_({ login: { ...PORTAL.login, ...rest } });

/** Documents that are refused, and what the message has to say. */
const REFUSED: Readonly<Record<string, readonly [document: unknown, message: RegExp]>> = {
    "without portal:": [{ zones: [] }, /has no portal:/],
    "with a portal that is a list": [{ portal: [] }, /has no portal:/],
    "without url": [with_({ url: undefined }), /portal\.url is missing/],
    "with http elsewhere than on loopback": [
        with_({ url: "http://access.example.com" }),
        /portal\.url begins with http/,
    ],
    "with a path in url": [with_({ url: "https://example.com/access" }), /portal\.url has a path/],
    "with a password in url": [with_({ url: "https://a:b@example.com" }), /holds a user or a password/],
    "with another scheme": [with_({ url: "ftp://example.com" }), /does not begin with https/],
    "with an http issuer": [login({ issuer: "http://idp.example.com" }), /portal\.login\.issuer begins with http/],
    "with another provider and no userClaim": [login({ issuer: "https://idp.example.com" }), /userClaim is missing/],
    "with a custom authorization server and no userClaim": [
        login({ issuer: "https://acme.okta.com/oauth2/default" }),
        /userClaim is missing/,
    ],
    "with scopes without openid": [login({ scopes: ["profile"] }), /scopes lacks openid/],
    "with a secret in clear": [login({ clientSecret: "s3cret" }), /clientSecret must be the place of the secret/],
    "with a session secret in clear": [
        with_({ session: { secret: "x".repeat(40) } }),
        /session\.secret must be the place of the secret/,
    ],
    "with a database URL in clear": [
        with_({ store: { type: "postgres", url: "postgres://u:p@db/x" } }),
        /portal\.store\.url may hold a password/,
    ],
    "with another store": [with_({ store: { type: "redis" } }), /portal\.store\.type is neither/],
    "with a listen without port": [with_({ listen: "127.0.0.1" }), /portal\.listen is not HOST:PORT/],
    "with a port that there is not": [with_({ listen: "127.0.0.1:70000" }), /portal\.listen is not HOST:PORT/],
    "with a proxy that is a name": [
        with_({ trustedProxies: ["proxy.example"] }),
        /trustedProxies\.0 is not an address/,
    ],
    "that trusts every address": [with_({ trustedProxies: ["0.0.0.0/0"] }), /trusts everybody/],
    "that trusts every IPv6 address": [with_({ trustedProxies: ["::/0"] }), /trusts everybody/],
    "with okta-log and no credential": [with_({ addressFrom: "okta-log" }), /portal\.okta is missing/],
    "with a credential and no okta-log": [with_({ okta: { orgName: "acme" } }), /portal\.okta is only for/],
    "with more than the log's scope": [
        with_({ addressFrom: "okta-log", okta: { scopes: "okta.logs.read okta.users.manage" } }),
        /scopes is not okta\.logs\.read/,
    ],
    "with a fallback and no okta-log": [with_({ addressFallback: "connection" }), /addressFallback is only for/],
    "with idle longer than the session": [
        with_({ session: { secret: "env:S", duration: "1h", idle: "2h" } }),
        /session\.idle is longer/,
    ],
    "with no access": [with_({ accesses: [] }), /portal\.accesses is empty/],
    "with a name twice": [with_({ accesses: [ACCESS, ACCESS] }), /accesses\.1\.name is there twice: payroll/],
    "with capitals in a name": [access({ name: "Payroll" }), /accesses\.0\.name is not a name of small letters/],
    "with nobody eligible": [access({ eligible: {} }), /eligible names nobody/],
    "with a duration that is a number": [access({ duration: { default: 4, max: 8 } }), /is not a time such as 30m/],
    "with a default above max": [access({ duration: { default: "9h", max: "8h" } }), /duration\.default is 9h/],
    "with a duration below a minute": [access({ duration: { default: "30s", max: "8h" } }), /shorter than 1m/],
    "with a ticket that is no pattern": [
        access({ ticket: "(" }),
        /ticket is not a regular expression of RE2 such as .*: missing closing/,
    ],
    "with grantOnLogin and approval": [
        access({ grantOnLogin: true, approval: { approvers: { groups: ["Leads"] } } }),
        /grantOnLogin cannot go with approval/,
    ],
    "with grantOnLogin and ticket": [access({ grantOnLogin: true, ticket: "^A$" }), /cannot go with ticket/],
    "with grantOnLogin and a reason": [access({ grantOnLogin: true, reason: "required" }), /cannot go with reason/],
    "with break-glass of which nobody hears": [
        access({ breakGlass: { eligible: { groups: ["SRE"] }, duration: "1h" } }),
        /breakGlass needs portal\.notify/,
    ],
    "with break-glass above max": [
        {
            portal: {
                ...access({ breakGlass: { eligible: { groups: ["S"] }, duration: "9h" } }).portal,
                notify: [HOOK],
            },
        },
        /breakGlass\.duration is longer than duration\.max/,
    ],
    "with a setting that there is not": [access({ aproval: {} }), /accesses\.0\.aproval; did you mean approval\?/],
    "with a workload for an access that there is not": [workload({ accesses: ["x"] }), /names x, which is no access/],
    "with a workload that any token of the issuer is": [workload({ claims: {} }), /claims is empty/],
    "with a claim that is checked anyway": [workload({ claims: { aud: "x" } }), /claims\.aud is checked by itself/],
    "with a workload of the login's issuer": [
        workload({ issuer: "https://acme.okta.com/" }),
        /workloads\.0\.issuer is the one of portal\.login: tokens of the OpenID provider are never taken/,
    ],
    "with a workload that lasts for days": [workload({ maxDuration: "25h" }), /maxDuration is longer than a day/],
    "with an http webhook elsewhere": [with_({ notify: [{ ...HOOK, url: "http://hooks.example" }] }), /notify\.0\.url/],
    "with a mail server in clear": [
        with_({ notify: [{ type: "email", url: "smtp://u:p@mail", from: "a@example.com", to: ["b@example.com"] }] }),
        /notify\.0\.url must be the place of the secret/,
    ],
    "with a recipient that is more than an address": [
        with_({
            notify: [{ type: "email", url: "env:S", from: "a@example.com", to: ["b@example.com, c@example.com"] }],
        }),
        /notify\.0\.to\.0 is not an e-mail address/,
    ],
    "with another kind of place": [with_({ notify: [{ type: "sms" }] }), /notify\.0\.type is none of slack/],
    "with a Slack URL in clear": [
        with_({ notify: [{ type: "slack", url: "https://hooks.slack.com/x" }] }),
        /notify\.0\.url must be the place of the secret/,
    ],
};

describe("readPortalSettings", () => {
    for (const [how, [document, message]] of Object.entries(REFUSED)) {
        it(`refuses one ${how}`, () => {
            assert.throws(
                () => readPortalSettings(document),
                (error: Error & { code?: string }) => {
                    assert.equal(error.code, "bad-input");
                    assert.match(error.message, message);
                    assert.doesNotMatch(error.message, /s3cret|u:p@|xxxxx/);
                    return true;
                },
            );
        });
    }

    it("names every wrong setting at once", () => {
        const { message } = thrown(() => readPortalSettings(with_({ url: "http://x.example", listen: "x" }))) as Error;
        assert.match(message, /portal\.url .*; the setting portal\.listen /);
    });

    it("has the defaults of the documentation", () => {
        const settings = readPortalSettings({ portal: PORTAL });
        const { session, login: of, maxAddresses, addressFrom, listen, admins, trustedProxies } = settings;
        assert.deepEqual(
            [session.durationMs, session.idleMs, session.recheckMs, maxAddresses, addressFrom, listen],
            [36_000_000, 7_200_000, 900_000, 3, "connection", { host: "127.0.0.1", port: 9465 }],
        );
        assert.deepEqual(
            [of.scopes, of.groupsClaim, of.userClaim],
            [["openid", "profile", "email", "groups"], "groups", "sub"],
        );
        assert.deepEqual([admins, trustedProxies], [{ groups: [], users: [] }, []]);
        const [only] = settings.accesses;
        assert.deepEqual(
            [only?.title, only?.reason, only?.labels, only?.duration.isExtendable, only?.isGrantedOnLogin],
            ["payroll", "optional", { access: "payroll" }, true, false],
        );
    });

    it("takes http on loopback, for url, issuer and webhooks alike", () => {
        const here = { url: "http://127.0.0.1:9465", notify: [{ ...HOOK, url: "http://localhost:1/" }] };
        assert.doesNotThrow(() =>
            readPortalSettings(with_({ ...here, login: { issuer: "http://[::1]:8080", clientId: "x" } })),
        );
    });

    it("matches the whole ticket, whatever the pattern says about its ends", () => {
        const [only] = readPortalSettings(access({ ticket: "INC-\\d+" })).accesses;
        assert.deepEqual(
            [only?.ticket?.isWhole("INC-1"), only?.ticket?.isWhole("xINC-1"), only?.ticket?.isWhole("INC-1\n")],
            [true, false, false],
        );
    });
});

const ORGS: Readonly<Record<string, boolean>> = {
    "https://acme.okta.com": true,
    "https://acme.okta.com/": true,
    "https://acme.oktapreview.com": true,
    "https://acme.okta.com/oauth2/default": false,
    "https://okta.com.evil.example": false,
    "https://evilokta.com": false,
    nonsense: false,
};

describe("isOktaOrg", () => {
    for (const [issuer, expected] of Object.entries(ORGS)) {
        it(`says ${expected} of ${issuer}`, () => assert.equal(isOktaOrg(issuer), expected));
    }
});

function thrown(work: () => unknown): unknown {
    try {
        work();
    } catch (error) {
        return error;
    }
    return assert.fail("nothing was thrown");
}
