import fastify, { type FastifyInstance } from "fastify";

import { fail } from "../src/core/errors/errors";
import { readClient } from "./access/client";
import { oauthRoutes } from "./access/oauth";
import { tokenRoutes } from "./access/tokens";
import { appRoutes } from "./apps/apps";
import { assignmentRoutes } from "./apps/assignments";
import { idTokenRoutes } from "./apps/idToken";
import { authenticatorRoutes } from "./authenticators/authenticators";
import { factorRoutes } from "./authenticators/factors";
import { userFactorRoutes } from "./authenticators/userFactors";
import { authorizationServerRoutes } from "./authorization/servers";
import { controlRoutes } from "./control";
import type { Fault } from "./faults/faults";
import type { Caller } from "./http/http";
import { fetchWithin } from "./http/inject";
import { answerUnknownPaths } from "./http/paths";
import { openPipeline } from "./http/pipeline";
import { addEvent, type LogEventSeed } from "./logs/addEvent";
import { logRoutes } from "./logs/logs";
import { authorizeRoutes } from "./openid/authorize";
import { discoveryRoutes } from "./openid/discovery";
import { logoutRoutes } from "./openid/logout";
import { userinfoRoutes } from "./openid/tokens";
import { groupRuleRoutes } from "./people/groupRules";
import { groupRoutes } from "./people/groups";
import { identityProviderKeyRoutes } from "./people/identityProviderKeys";
import { identityProviderRoutes } from "./people/identityProviders";
import { memberRoutes } from "./people/members";
import { organizationRoutes } from "./people/organization";
import { profileMappingRoutes } from "./people/profileMappings";
import { riskRoutes } from "./people/risk";
import { lifecycleRoutes } from "./people/userLifecycle";
import { userSchemaRoutes } from "./people/userSchema";
import { userRoutes } from "./people/users";
import { userTypeRoutes } from "./people/userTypes";
import { policyRoutes } from "./policies/policies";
import { ruleRoutes } from "./policies/rules";
import { collectionRoutes } from "./references/collection";
import { BEHAVIORS, DEVICE_ASSURANCES, INLINE_HOOKS } from "./references/collections";
import { bindingRoutes } from "./roles/bindings";
import { customRoleRoutes } from "./roles/customRoles";
import { resourceSetRoutes } from "./roles/resourceSets";
import { roleRoutes } from "./roles/roles";
import { roleTargetRoutes } from "./roles/targets";
import { readSeed, type Seed } from "./seed";
import { createWorld, type WorldOptions } from "./state/createWorld";
import type { Exchange, ZoneChange } from "./state/journal";
import type { Org } from "./state/org";
import type { World } from "./state/world";
import { threatRoutes } from "./threats/threats";
import { zoneRoutes } from "./zones/zones";

/** The largest body of a request in bytes; a zone of 5,000 gateways has about 300,000. */
const BODY_LIMIT = 1_048_576;

export interface EmulatorOptions extends WorldOptions {
    /** Where to listen on 127.0.0.1. @default a free port */
    readonly port?: number;
    /** What the organisation holds besides what every one has. */
    readonly seed?: Seed;
}

/** A stand-in for an Okta organisation, in memory, over real HTTP. */
export interface Emulator extends AsyncDisposable {
    /** `http://127.0.0.1:PORT` */
    readonly url: string;
    /** The same without a socket: for tests by a clock of their own, which cannot wait for a network. */
    readonly fetch: typeof globalThis.fetch;
    /** Every request in order. */
    readonly requests: readonly Exchange[];
    /** Every state that any zone was ever in; a deleted one ends with `gone`. */
    readonly history: readonly ZoneChange[];
    /** What the organisation holds now. */
    readonly org: Org;
    /** Something that goes wrong with requests to come. @throws `bad-input` */
    inject(fault: Fault): void;
    /** Something that the System Log tells of from now on. @throws `bad-input` */
    log(event: LogEventSeed): void;
    /** Where requests come from that do not say it: `client, proxy 1, …`; nothing for their connection. @throws `bad-input` */
    setClientAddress(...ipChain: readonly string[]): void;
    /** Forgets the faults that are still to come. */
    mend(): void;
    /** Back to the seed; requests, history, faults and limits are forgotten, and so are access tokens. */
    reset(): void;
    close(): Promise<void>;
}

/** @throws `bad-input` for a seed that is not usable and for a port that is taken */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
    const seed = readSeed(options.seed ?? {});
    const app = fastify({
        bodyLimit: BODY_LIMIT,
        // Each would cost as much as its GET, and an emulator starts for nearly every test.
        exposeHeadRoutes: false,
        forceCloseConnections: true,
        rewriteUrl: ({ url = "/" }) => url.replace(/^https?:\/\/[^/?]*/i, "") || "/",
    });
    const { world, locate, reset } = createWorld(options, seed);
    answerUnknownPaths(app);
    takeBodiesAsText(app);
    const callerOf = openPipeline(app, world);
    controlRoutes(app, world, reset);
    oktaRoutes(app, world, callerOf);
    locate(await listen(app, options.port ?? 0));
    const close = () => app.close().then(() => undefined);
    return {
        url: world.url,
        fetch: fetchWithin(app),
        requests: world.journal.requests,
        history: world.journal.history,
        get org() {
            return world.org;
        },
        inject: (fault) => world.faults.add(fault),
        log: (event) => addEvent(world, event),
        setClientAddress: (...ipChain) => {
            world.client.ipChain = ipChain.length === 0 ? undefined : readClient({ ipChain });
        },
        mend: () => world.faults.clear(),
        reset,
        close,
        [Symbol.asyncDispose]: close,
    };
}

function oktaRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    organizationRoutes(app, world);
    oauthRoutes(app, world);
    discoveryRoutes(app, world);
    authorizeRoutes(app, world);
    userinfoRoutes(app, world);
    logoutRoutes(app, world);
    zoneRoutes(app, world, callerOf);
    policyRoutes(app, world);
    ruleRoutes(app, world);
    appRoutes(app, world);
    logRoutes(app, world);
    userRoutes(app, world, callerOf);
    lifecycleRoutes(app, world);
    userTypeRoutes(app, world, callerOf);
    userSchemaRoutes(app, world);
    groupRoutes(app, world);
    identityProviderRoutes(app, world);
    identityProviderKeyRoutes(app, world);
    for (const collection of [BEHAVIORS, DEVICE_ASSURANCES, INLINE_HOOKS]) collectionRoutes(app, world, collection);
    profileMappingRoutes(app, world);
    riskRoutes(app, world);
    authorizationServerRoutes(app, world);
    memberRoutes(app, world, callerOf);
    groupRuleRoutes(app, world);
    assignmentRoutes(app, world);
    idTokenRoutes(app, world);
    threatRoutes(app, world);
    authenticatorRoutes(app, world);
    factorRoutes(app, world);
    tokenRoutes(app, world, callerOf);
    roleRoutes(app, world);
    roleTargetRoutes(app, world);
    customRoleRoutes(app, world);
    resourceSetRoutes(app, world);
    bindingRoutes(app, world);
    userFactorRoutes(app, world);
}

/** Bodies are read late, after faults, limits and rights have had their say; no type of content fails before that. */
function takeBodiesAsText(app: FastifyInstance): void {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
}

async function listen(app: FastifyInstance, port: number): Promise<string> {
    try {
        return await app.listen({ host: "127.0.0.1", port });
    } catch (cause) {
        await app.close();
        return fail("bad-input", `the emulator cannot listen on 127.0.0.1:${port}: ${(cause as Error).message}`, {
            cause,
        });
    }
}
