import { strict as assert } from "node:assert";
import { join } from "node:path";

import { cellsOf, snapshot } from "../support/cells";
import { need, openFolder, runTool, skip } from "./tools";

describe("a server, given a file of ranges", () => {
    const all = snapshot();
    const some = cellsOf({ us_cell_7: ["203.0.113.8/31", "198.51.100.1/32"] });
    let folder: Awaited<ReturnType<typeof openFolder>>;

    before(async () => {
        folder = await openFolder();
    });
    after(() => folder[Symbol.asyncDispose]());

    async function accepts(program: string, args: readonly string[], env = {}): Promise<string> {
        const { status, output } = await runTool(program, args, folder.path, env);
        assert.equal(status, 0, output);
        return output;
    }

    it("nginx takes it in a location", async function () {
        need(this, "nginx");
        const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
            (kind) => `${kind}_temp_path ${folder.path}/${kind};`,
        );
        const location = `location / { include ${await folder.format("nginx", all)}; return 204; }`;
        const http = `http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:8080; ${location} } }`;
        await folder.write("nginx.conf", `error_log stderr; pid ${folder.path}/pid; events {}\n${http}\n`);
        const output = await accepts("nginx", ["-t", "-p", folder.path, "-c", "nginx.conf"]);
        assert.doesNotMatch(output, /warn/);
    });

    it("haproxy takes it as the patterns of an access list", async function () {
        need(this, "haproxy");
        const path = await folder.format("haproxy", all);
        const lines = ["timeout client 5s", "bind 127.0.0.1:8080", `acl from_okta src -f ${path}`];
        const frontend = ["frontend hooks", "mode http", ...lines, "http-request deny unless from_okta"];
        await folder.write("haproxy.cfg", `${frontend.join("\n    ")}\n`);
        await accepts("haproxy", ["-c", "-f", "haproxy.cfg"]);
    });

    it("squid takes it, without a word of overlaps", async function () {
        need(this, "squid");
        const include = `include ${await folder.format("squid", all)}`;
        const rules = ["acl localnet src 127.0.0.0/8", include, "http_access allow localnet okta okta_ports"];
        const rest = ["http_access deny all", "http_port 127.0.0.1:3128", "pid_filename none"];
        await folder.write("squid.conf", `${[...rules, ...rest].join("\n")}\n`);
        const output = await accepts("squid", ["-k", "parse", "-f", join(folder.path, "squid.conf")]);
        assert.doesNotMatch(output, /WARNING|ERROR|FATAL/);
        assert.match(output, /Processing: http_access allow localnet okta okta_ports/);
    });

    it("terraform would not write it otherwise", async function () {
        need(this, "terraform");
        await folder.format("terraform", some, "okta.tf");
        assert.equal(
            await accepts("terraform", ["fmt", "-check", "-diff", "-no-color"], { CHECKPOINT_DISABLE: "1" }),
            "",
        );
    });

    it("terraform finds it valid, with the provider of AWS", async function () {
        need(this, "terraform");
        const mirror = process.env.ZONEKEEPER_TERRAFORM_MIRROR;
        if (mirror === undefined) return skip(this, "ZONEKEEPER_TERRAFORM_MIRROR names no folder with providers");
        await folder.format("terraform", some, "okta.tf");
        await folder.write(
            "mirror.tfrc",
            `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
        );
        const env = { TF_CLI_CONFIG_FILE: join(folder.path, "mirror.tfrc"), CHECKPOINT_DISABLE: "1" };
        await accepts("terraform", ["init", "-input=false", "-no-color"], env);
        assert.match(await accepts("terraform", ["validate", "-no-color"], env), /The configuration is valid/);
    });
});
