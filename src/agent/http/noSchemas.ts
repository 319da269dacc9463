import type { FastifyServerOptions } from "fastify";

const refuseSchema = () => {
    throw new Error("a route has a schema, and nothing compiles it: bodies are checked by the route");
};

/**
 * Fastify's compilers of schemas are not loaded: no route has a schema. They are some 150 files, and 4 MB of memory.
 */
export const NO_SCHEMAS: NonNullable<FastifyServerOptions["schemaController"]> = {
    compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
};
