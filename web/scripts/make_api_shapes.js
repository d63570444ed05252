/** Prints the shapes of an API as TypeScript, from its description: `node scripts/make_api_shapes.js ../openapi/tenant.json`. */
import { readFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const [file] = process.argv.slice(2);
const description = JSON.parse(readFileSync(file, 'utf8'));
// Only what people and programs exchange: the app's own client knows the paths (`app/paths.ts`).
const shapes = { openapi: description.openapi, info: description.info, paths: {}, components: { schemas: description.components.schemas } };
console.log(astToString(await openapi(shapes, { alphabetize: true, defaultNonNullable: false, silent: true })));
