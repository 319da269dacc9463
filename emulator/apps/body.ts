import { type Document, documentOf, without } from "../state/document";
import type { Ids } from "../state/ids";
import type { App, OrgAbout } from "../state/org";

/** What Okta decides about an app while it makes one. */
export interface AppMaker {
    readonly ids: Ids;
    readonly now: string;
    readonly about: Pick<OrgAbout, "id" | "subdomain" | "cell" | "hasUniversalLogout">;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of Okta's
const LOGIN = "${source.login}";
// biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of Okta's
const ISSUER = "http://www.okta.com/${org.externalKey}";

/**
 * The app that Okta makes of a body: what was sent, and Okta's defaults around
 * it. SAML apps are as recorded; other kinds have what all recorded kinds
 * share.
 */
export function appFrom(body: Document, { ids, now, about }: AppMaker): App["document"] {
    const [signOnMode, label] = [String(body.signOnMode), String(body.label)];
    const id = typeof body.id === "string" ? body.id : ids.id("0oa");
    const slug = label.toLowerCase().replace(/[^a-z0-9]/g, "");
    const name = body.name ?? (signOnMode === "OPENID_CONNECT" ? "oidc_client" : `${about.subdomain}_${slug}_1`);
    const partition = about.cell.startsWith("op") ? "oktapreview" : "okta";
    return {
        id,
        orn: `orn:${partition}:idp:${about.id}:apps:${name}:${id}`,
        name,
        label,
        status: "ACTIVE",
        lastUpdated: now,
        created: now,
        accessibility: {
            selfService: false,
            errorRedirectUrl: null,
            loginRedirectUrl: null,
            ...documentOf(body.accessibility),
        },
        visibility: {
            autoLaunch: false,
            autoSubmitToolbar: false,
            hide: { iOS: false, web: false },
            appLinks: { [`${name}_link`]: true },
            ...documentOf(body.visibility),
        },
        features: [],
        signOnMode,
        credentials: {
            userNameTemplate: { template: LOGIN, type: "BUILT_IN" },
            signing: signOnMode === "BOOKMARK" ? {} : { kid: ids.text(43) },
            ...documentOf(body.credentials),
            ...(signOnMode === "OPENID_CONNECT" && { oauthClient: clientOf(id, documentOf(body.credentials)) }),
        },
        universalLogout: about.hasUniversalLogout ? UNIVERSAL_LOGOUT : null,
        settings: settingsOf(signOnMode, documentOf(body.settings)),
    };
}

/** What is shown of an OIDC client; its id is the app's unless the body says another, its secret is kept nowhere. */
function clientOf(id: string, { oauthClient }: Document): Document {
    return { autoKeyRotation: true, client_id: id, ...without(documentOf(oauthClient), "client_secret") };
}

const UNIVERSAL_LOGOUT = {
    status: "DISABLED",
    supportType: "FULL",
    identityStack: "NOT_SHARED",
    protocol: "GLOBAL_TOKEN_REVOCATION",
};

function settingsOf(signOnMode: string, settings: Document): Document {
    return {
        app: {},
        notifications: { vpn: { network: { connection: "DISABLED" }, message: null, helpUrl: null } },
        manualProvisioning: false,
        implicitAssignment: false,
        emOptInStatus: "NONE",
        notes: { admin: null, enduser: null },
        ...settings,
        ...(signOnMode === "OPENID_CONNECT" && {
            oauthClient: {
                client_uri: null,
                logo_uri: null,
                redirect_uris: [],
                response_types: ["code"],
                grant_types: ["authorization_code"],
                application_type: "web",
                participate_slo: false,
                ...documentOf(settings.oauthClient),
            },
        }),
        ...(signOnMode === "SAML_2_0" && { signOn: samlOf(documentOf(settings.signOn)) }),
    };
}

/** Fields that a client sends and that are not shown while they are empty. */
const OVERRIDES = ["audienceOverride", "destinationOverride", "recipientOverride", "ssoAcsUrlOverride"];

function samlOf(signOn: Document): Document {
    const empty = OVERRIDES.filter((field) => signOn[field] === "" || signOn[field] === null);
    const slo = documentOf(signOn.slo);
    return {
        idpIssuer: ISSUER,
        spIssuer: slo.enabled === true ? slo.issuer : null,
        requestCompressed: false,
        attributeStatements: [],
        inlineHooks: [],
        assertionEncryption: { enabled: false },
        allowMultipleAcsEndpoints: false,
        acsEndpoints: [],
        samlSignedRequestEnabled: false,
        slo: { enabled: false },
        ...without(signOn, ...empty),
        defaultRelayState: signOn.defaultRelayState || null,
    };
}
