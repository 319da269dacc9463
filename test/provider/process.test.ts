import { resolve } from "node:path";

import { describeLife } from "./life";

describeLife("a checkout", async () => resolve(__dirname, "../.."));
