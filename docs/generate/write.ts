import { writeFileSync } from 'node:fs';
import { DOCUMENT, dataModelDocument } from './document.ts';

/** `npm exec -- node docs/generate/write.ts`: brings the generated part of docs/data-model.md up to date. */
writeFileSync(DOCUMENT, dataModelDocument().wanted);
