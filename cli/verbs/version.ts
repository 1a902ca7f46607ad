import { readFile } from 'node:fs/promises';
import { apiVersion } from '../../core/config/kinds.ts';
import { CONTRACT } from '../../core/contracts/step-input.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';

export async function version(session: Session, format: string): Promise<ExitCode> {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const document = { version: manifest.version, config: apiVersion, contract: CONTRACT, node: process.versions.node };
  await print(session, format, document, () => [
    `liftlock ${document.version} (config ${apiVersion}, contract ${CONTRACT}, Node.js ${document.node})`,
  ]);
  return EXIT.ok;
}
