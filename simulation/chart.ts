/** Bars on top of each other, one pile for each label. */
export interface Chart {
    readonly title: string;
    readonly labels: readonly string[];
    /** What is below the labels: the unit, and how to read it. */
    readonly axis: string;
    readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [820, 320, 60, 56, 60];

/** Readable with red-green colour blindness. */
const COLOURS = ["#2b6cb0", "#dd6b20", "#718096"];

/** The chart as SVG, for a page of any colour. */
export function drawChart({ title, labels, axis, series }: Chart): string {
    const piles = labels.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
    const most = Math.max(1, ...piles);
    const [step, height] = [(WIDTH - LEFT - 20) / labels.length, HEIGHT - TOP - BOTTOM];
    const base = TOP + height;
    const parts = labels.flatMap((label, index) => {
        const x = LEFT + index * step;
        let y = base;
        const bars = series.map(({ values }, at) => {
            const tall = ((values[index] ?? 0) / most) * height;
            y -= tall;
            return box(x + 3, y, step - 6, tall, COLOURS[at] ?? "#000");
        });
        const number = piles[index] === 0 ? "" : text(x + step / 2, y - 4, String(piles[index]), "middle", 10);
        return [...bars, number, text(x + step / 2, base + 16, label, "middle", 11)];
    });
    const legend = series.flatMap(({ name }, at) => [
        box(LEFT + at * 200, 30, 12, 12, COLOURS[at] ?? "#000"),
        text(LEFT + at * 200 + 18, 40, name, "start", 12),
    ]);
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif">`,
        `<title>${escaped(title)}</title>`,
        box(0, 0, WIDTH, HEIGHT, "#fff"),
        text(LEFT, 20, title, "start", 14),
        ...legend,
        `<line x1="${LEFT}" y1="${base}" x2="${WIDTH - 20}" y2="${base}" stroke="#1a202c"/>`,
        ...parts,
        text(LEFT, HEIGHT - 16, axis, "start", 12),
        "</svg>",
        "",
    ]
        .filter((part, index, all) => part !== "" || index === all.length - 1)
        .join("\n");
}

function box(x: number, y: number, width: number, height: number, fill: string): string {
    if (height === 0) return "";
    const [left, top, wide, tall] = [x, y, width, height].map((value) => value.toFixed(1));
    return `<rect x="${left}" y="${top}" width="${wide}" height="${tall}" fill="${fill}"/>`;
}

function text(x: number, y: number, words: string, anchor: "start" | "middle", size: number): string {
    const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
    return `<text ${place} text-anchor="${anchor}" font-size="${size}" fill="#1a202c">${escaped(words)}</text>`;
}

function escaped(words: string): string {
    return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
