import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments } from "yaml";

import { readAgentSettings } from "../../src/core/settings/agentSettings";
import { tryDesk } from "../agent/http/triedDesk";
import { agentView } from "../support/agentView";

const folder = resolve(__dirname, "../../ops/kubernetes");

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes' own objects, of which the tests look at a few places
type KubernetesObject = any;

const objects: readonly KubernetesObject[] = readdirSync(folder)
    .filter((name) => !["agent.yaml", "kustomization.yaml"].includes(name))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), "utf8")).map((each) => each.toJS()));
const settings = readAgentSettings(parse(readFileSync(join(folder, "agent.yaml"), "utf8")));

describe("the manifests of Kubernetes", () => {
    it("tell the agent what it takes, with every secret in the environment", () => {
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
        await using desk = await tryDesk({
            listen: { host: "0.0.0.0", port: 0 },
            view: () => agentView({ isLeading: false, notReady: ["this agent stands by"] }),
        });
        const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => container()[name].httpGet);
        const paths = [...probes, only("ServiceMonitor").spec.endpoints[0]].map(({ path }) => path);
        assert.deepEqual(paths, ["/healthz", "/healthz", "/readyz?standby=ok", "/metrics"]);
        for (const path of paths) {
            assert.equal((await desk.ask(path, { headers: { host: "10.0.0.7:9464" } })).status, 200, path);
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
        assert.equal(only("Deployment").spec.template.spec.serviceAccountName, only("ServiceAccount").metadata.name);
        assert.deepEqual(only("Deployment").spec.replicas, 2);
    });

    it("give the container no right that it does not need, and its state a place", () => {
        assert.deepEqual(container().securityContext, {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
        assert.equal(only("Deployment").spec.template.spec.securityContext.runAsNonRoot, true);
        const mounts: readonly { readonly name: string; readonly mountPath: string }[] = container().volumeMounts;
        assert.equal(mounts.find(({ name }) => name === "state")?.mountPath, settings.state);
    });

    it("select their own pods everywhere", () => {
        const labels = only("Deployment").spec.template.metadata.labels;
        const selectors = [
            only("Deployment").spec.selector.matchLabels,
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
        if (spawnSync("kubectl", ["version", "--client"]).status !== 0) return this.skip();
        const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
        assert.deepEqual([status, stderr], [0, ""]);
        const made: readonly KubernetesObject[] = parseAllDocuments(stdout).map((each) => each.toJS());
        const one = (kind: string) => made.find((each) => each.kind === kind);
        // kustomize gives the ConfigMap another name, and changes that name wherever it takes it for this one.
        assert.deepEqual(one("Role").rules, only("Role").rules);
        const [volume] = one("Deployment").spec.template.spec.volumes;
        assert.equal(volume.configMap.name, one("ConfigMap").metadata.name);
        assert.match(volume.configMap.name, /^zonekeeper-config-/);
        const kinds = made.map(({ kind }) => kind).sort();
        assert.deepEqual(kinds, [
            "ConfigMap",
            "Deployment",
            "Namespace",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount",
        ]);
    });
});

function only(kind: string): KubernetesObject {
    const [found, ...others] = objects.filter((each) => each.kind === kind);
    assert.ok(found && others.length === 0, kind);
    return found;
}

function container(): KubernetesObject {
    const [found, ...others] = only("Deployment").spec.template.spec.containers;
    assert.deepEqual(others, []);
    return found;
}
