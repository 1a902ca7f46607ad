import { writeFileSync } from 'node:fs';
import { generatedDocuments } from './document.ts';

/** `npm exec -- node docs/generate/write.ts`: brings the generated parts of the documents up to date. */
for (const { file, wanted } of generatedDocuments()) writeFileSync(file, wanted);
