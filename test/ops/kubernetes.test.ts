import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments } from "yaml";

import { readAgentSettings } from "../../src/core/settings/agentSettings";
import { parseSourceSpec } from "../../src/sources/settings/parseSource";
import { openTestServer } from "../agent/http/testServer";
import { agentView } from "../support/agentView";

const folder = resolve(__dirname, "../../ops/kubernetes");
/** Several memberships, with grants in PostgreSQL. */
const postgres = resolve(__dirname, "../../ops/kubernetes-postgres");

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes' own objects, of which the tests look at a few places
type KubernetesObject = any;

const objects: readonly KubernetesObject[] = readdirSync(folder)
    .filter((name) => !["agent.yaml", "kustomization.yaml"].includes(name))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), "utf8")).map((each) => each.toJS()));
const settingsIn = (path: string) => readAgentSettings(parse(readFileSync(join(path, "agent.yaml"), "utf8")));
const settings = settingsIn(folder);

describe("the manifests of Kubernetes", () => {
    it("configure the agent, with every secret in the environment", () => {
        assert.equal(settings.token, "env:ZONEKEEPER_TOKEN");
        assert.equal(settings.orgs.default?.apiToken, "env:OKTA_API_TOKEN");
        assert.deepEqual(container().envFrom, [{ secretRef: { name: "zonekeeper" } }]);
    });

    it("listen where the Service, the probes and the policy look", async () => {
        const { port } = settings.listen;
        assert.equal(settings.listen.host, "0.0.0.0");
        assert.deepEqual(container().ports, [{ name: "http", containerPort: port }]);
        assert.deepEqual(only("Service").spec.ports, [{ name: "http", port, targetPort: "http" }]);
        assert.deepEqual(only("NetworkPolicy").spec.ingress[0].ports, [{ protocol: "TCP", port }]);
        await using server = await openTestServer({
            listen: { host: "0.0.0.0", port: 0 },
            view: () => agentView({ isLeading: false, notReady: ["this agent stands by"] }),
        });
        const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => container()[name].httpGet);
        const paths = [...probes, only("ServiceMonitor").spec.endpoints[0]].map(({ path }) => path);
        assert.deepEqual(paths, ["/healthz", "/healthz", "/readyz?standby=ok", "/metrics"]);
        for (const path of paths) {
            assert.equal((await server.ask(path, { headers: { host: "10.0.0.7:9464" } })).status, 200, path);
        }
    });

    it("let the agents settle who leads, and nothing more", () => {
        assert.deepEqual(settings.leader, { type: "kubernetes", name: "zonekeeper" });
        assert.deepEqual(only("Role").rules, [
            {
                apiGroups: ["coordination.k8s.io"],
                resources: ["leases"],
                resourceNames: ["zonekeeper"],
                verbs: ["get", "update"],
            },
            { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
        ]);
        assert.equal(only("StatefulSet").spec.template.spec.serviceAccountName, only("ServiceAccount").metadata.name);
        assert.deepEqual(only("StatefulSet").spec.replicas, 2);
    });

    it("give the container no right that it does not need, and its state a place", () => {
        assert.deepEqual(container().securityContext, {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
        assert.equal(only("StatefulSet").spec.template.spec.securityContext.runAsNonRoot, true);
        const mounts: readonly { readonly name: string; readonly mountPath: string }[] = container().volumeMounts;
        assert.equal(mounts.find(({ name }) => name === "state")?.mountPath, settings.state);
    });

    it("give each agent a volume that outlives its pod", () => {
        const { volumeClaimTemplates, template, persistentVolumeClaimRetentionPolicy } = only("StatefulSet").spec;
        assert.deepEqual(
            volumeClaimTemplates.map(({ metadata }: KubernetesObject) => metadata.name),
            ["state"],
        );
        assert.deepEqual(
            template.spec.volumes.filter(({ name }: KubernetesObject) => name === "state"),
            [],
        );
        // Kept by default, whatever becomes of the StatefulSet.
        assert.equal(persistentVolumeClaimRetentionPolicy, undefined);
        assert.equal(only("StatefulSet").spec.serviceName, only("Service").metadata.name);
    });

    it("select their own pods everywhere", () => {
        const labels = only("StatefulSet").spec.template.metadata.labels;
        const selectors = [
            only("StatefulSet").spec.selector.matchLabels,
            only("Service").spec.selector,
            only("PodDisruptionBudget").spec.selector.matchLabels,
            only("NetworkPolicy").spec.podSelector.matchLabels,
            only("ServiceMonitor").spec.selector.matchLabels,
        ];
        assert.deepEqual(
            selectors,
            selectors.map(() => labels),
        );
    });

    it("are put together by kustomize", function () {
        const made = kustomized(this, folder);
        const one = (kind: string) => made.find((each) => each.kind === kind);
        // kustomize gives the ConfigMap another name, and changes that name wherever it takes it for this one.
        assert.deepEqual(one("Role").rules, only("Role").rules);
        const [volume] = one("StatefulSet").spec.template.spec.volumes;
        assert.equal(volume.configMap.name, one("ConfigMap").metadata.name);
        assert.match(volume.configMap.name, /^zonekeeper-config-/);
        const kinds = made.map(({ kind }) => kind).sort();
        assert.deepEqual(kinds, [
            "ConfigMap",
            "Namespace",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount",
            "StatefulSet",
        ]);
    });
});

describe("the manifests of Kubernetes for several memberships with PostgreSQL", () => {
    const several = settingsIn(postgres);

    it("configure the agent, with every secret in the environment", () => {
        assert.equal(several.form, "several");
        assert.ok(several.memberships.length > 1 && Object.keys(several.orgs).length > 1);
        const secrets = [several.token, ...Object.values(several.orgs).map(({ apiToken }) => apiToken)];
        const urls = several.memberships.map(({ source }) => parseSourceSpec(source));
        for (const secret of secrets) assert.match(secret ?? "", /^env:/);
        for (const url of urls) assert.deepEqual([url.type, Object(url).url], ["postgres", "env:DATABASE_URL"]);
    });

    it("differ from the others in the configuration and the way to the database alone", function () {
        const [plain, more] = [kustomized(this, folder), kustomized(this, postgres)];
        assert.deepEqual(
            more.map(({ kind }) => kind),
            plain.map(({ kind }) => kind),
        );
        const egress = (all: readonly KubernetesObject[]) =>
            all.find(({ kind }) => kind === "NetworkPolicy").spec.egress;
        assert.deepEqual(egress(more), [...egress(plain), { ports: [{ protocol: "TCP", port: 5432 }] }]);
        const config = more.find(({ kind }) => kind === "ConfigMap");
        assert.match(config.data["agent.yaml"], /^memberships:$/m);
        const [volume] = more.find(({ kind }) => kind === "StatefulSet").spec.template.spec.volumes;
        assert.equal(volume.configMap.name, config.metadata.name);
    });
});

function kustomized(context: Mocha.Context, path: string): readonly KubernetesObject[] {
    if (spawnSync("kubectl", ["version", "--client"]).status !== 0) return context.skip();
    const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", path], { encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
    return parseAllDocuments(stdout).map((each) => each.toJS());
}

function only(kind: string): KubernetesObject {
    const [found, ...others] = objects.filter((each) => each.kind === kind);
    assert.ok(found && others.length === 0, kind);
    return found;
}

function container(): KubernetesObject {
    const [found, ...others] = only("StatefulSet").spec.template.spec.containers;
    assert.deepEqual(others, []);
    return found;
}
