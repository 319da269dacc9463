import { join } from "node:path";
import ts from "typescript";

/** What `pulumi new typescript` writes into tsconfig.json, since March 2026 and before. `npm run test:package` tries both. */
export const TSCONFIGS = {
    nodenext: {
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
    },
    "commonjs and node": {
        module: ts.ModuleKind.CommonJS,
        moduleResolution: ts.ModuleResolutionKind.Node10,
        target: ts.ScriptTarget.ES2020,
    },
} satisfies Readonly<Record<string, ts.CompilerOptions>>;

/**
 * What the compiler says of a program and of our declarations that it reaches, all of them, as without `skipLibCheck`. Those of
 * other packages are left to their authors: to check Pulumi's takes ten seconds.
 */
export function problemsOf(folder: string, file: string, options: ts.CompilerOptions): string[] {
    const path = join(folder, file);
    const program = ts.createProgram([path], { ...options, strict: true, noEmit: true, types: [] });
    const ours = program
        .getSourceFiles()
        .filter(({ fileName }) => fileName === path || fileName.includes("node_modules/zonekeeper/"));
    const found = ours.flatMap((source) => [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
    ]);
    return [...program.getOptionsDiagnostics(), ...found].map(({ file, messageText }) => {
        return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
}
