require("../tsx.cjs");
require("./pack.ts");
