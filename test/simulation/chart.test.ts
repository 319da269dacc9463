import { strict as assert } from "node:assert";

import { drawChart } from "../../simulation/chart";

describe("drawChart", () => {
    it("draws a bar for each value, as tall as it is beside the tallest pile", () => {
        const svg = drawChart({
            title: "Delays < 1 s & more",
            labels: ["50 ms", "more"],
            axis: "at most so long",
            series: [
                { name: "calm", values: [3, 1] },
                { name: "trouble", values: [1, 0] },
            ],
        });
        const heights = [...svg.matchAll(/<rect [^>]*width="364\.0" height="([\d.]+)"/g)].map(([, height]) => height);
        assert.deepEqual(heights, ["153.0", "51.0", "51.0"]);
        assert.match(svg, /<title>Delays &lt; 1 s &amp; more<\/title>/);
        assert.deepEqual(
            [...svg.matchAll(/font-size="10"[^>]*>(\d+)</g)].map(([, number]) => number),
            ["4", "1"],
        );
    });
});
