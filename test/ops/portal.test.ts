import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments } from "yaml";

import { judgePortal } from "../../src/core/portal/judgePortal";
import { readPortalSettings } from "../../src/core/portal/settings/readPortalSettings";
import { openPortalScene } from "../portal/scene";

const ops = resolve(__dirname, "../../ops");
const folder = join(ops, "kubernetes-portal");

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes' own objects, of which the tests look at a few places
type KubernetesObject = any;

const FILES = ["namespace.yaml", "statefulset.yaml", "service.yaml", "network.yaml", "monitor.yaml"];
const objects: readonly KubernetesObject[] = FILES.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), "utf8")).map((each) => each.toJS()),
);
const only = (kind: string): KubernetesObject => {
    const [found, ...more] = objects.filter((each) => each.kind === kind);
    assert.ok(found !== undefined && more.length === 0, kind);
    return found;
};
const settings = readPortalSettings(parse(readFileSync(join(folder, "portal.yaml"), "utf8")));
const pod = only("StatefulSet").spec.template;
const [container] = pod.spec.containers;

describe("the manifests of Kubernetes for the portal", () => {
    it("have rules in which nothing is found, and every secret in the environment", () => {
        assert.deepEqual(judgePortal(settings), []);
        const secrets = [settings.login.clientSecret, settings.session.secret, Object(settings.store).url];
        for (const secret of secrets) assert.match(secret ?? "", /^env:/);
        assert.deepEqual(container.envFrom, [{ secretRef: { name: "zonekeeper-portal" } }]);
    });

    it("listen where the Service, the probes and the policy look, which need no agent", async () => {
        const { port, host } = settings.listen;
        assert.equal(host, "0.0.0.0");
        assert.deepEqual(container.ports, [{ name: "http", containerPort: port }]);
        assert.deepEqual(only("Service").spec.ports, [{ name: "http", port, targetPort: "http" }]);
        assert.deepEqual(only("NetworkPolicy").spec.ingress[0].ports, [{ protocol: "TCP", port }]);
        const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => container[name].httpGet.path);
        await using scene = await openPortalScene();
        for (const path of [...probes, only("ServiceMonitor").spec.endpoints[0].path]) {
            assert.equal((await fetch(`${scene.url}${path}`)).status, 200, path);
        }
        assert.equal((await fetch(`${scene.url}/readyz`)).status, 503, "no agent has said anything");
    });

    it("give the container no right that it does not need, and its ledger a volume that outlives it", () => {
        assert.deepEqual(container.securityContext, {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
        assert.equal(pod.spec.securityContext.runAsNonRoot, true);
        assert.equal(pod.spec.automountServiceAccountToken, false);
        const [claim] = only("StatefulSet").spec.volumeClaimTemplates;
        const mount = container.volumeMounts.find(({ name }: KubernetesObject) => name === claim.metadata.name);
        assert.equal(mount.mountPath, settings.state);
    });

    it("select their own pods everywhere", () => {
        const labels = pod.metadata.labels;
        const selectors = [
            only("StatefulSet").spec.selector.matchLabels,
            only("Service").spec.selector,
            only("PodDisruptionBudget").spec.selector.matchLabels,
            only("NetworkPolicy").spec.podSelector.matchLabels,
            only("ServiceMonitor").spec.selector.matchLabels,
        ];
        for (const selector of selectors) assert.deepEqual(selector, labels);
    });

    it("are put together by kustomize", function () {
        if (spawnSync("kubectl", ["version", "--client"]).status !== 0) return this.skip();
        const { status, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
        assert.deepEqual([status, stderr], [0, ""]);
    });
});

describe("ops/systemd/zonekeeper-portal.service", () => {
    const lines = (name: string) => readFileSync(join(ops, "systemd", name), "utf8").split("\n");
    const portal = lines("zonekeeper-portal.service");

    it("is confined as the agent is, under another name", () => {
        const isGuard = (line: string) =>
            /^(Protect|Private|Restrict|Lock|NoNew|Capability|Ambient|SystemCall|DynamicUser|UMask|RemoveIPC)/.test(
                line,
            );
        assert.deepEqual(portal.filter(isGuard), lines("zonekeeper.service").filter(isGuard));
        assert.ok(portal.includes("StateDirectory=zonekeeper-portal"));
    });

    it("starts the portal, and has no credential that could write to Okta", () => {
        assert.match(portal.find((line) => line.startsWith("ExecStart=")) ?? "", / portal --json --config /);
        const credentials = portal.flatMap((line) => /^LoadCredential=(\w+):/.exec(line)?.[1] ?? []);
        assert.deepEqual(credentials, ["client", "session", "database"]);
    });
});
