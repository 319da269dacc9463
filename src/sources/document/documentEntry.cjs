// The thread in which a large document is read: see documentThread.ts. Nothing is built; tsx loads the TypeScript.
require("../../../tsx.cjs");
require("./documentReader.ts").answerInPieces();
