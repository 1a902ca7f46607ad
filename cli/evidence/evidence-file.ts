import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EVIDENCE_FORMAT, type EvidenceDocument, evidenceDocument } from '../../core/evidence/evidence-document.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { PART_BEGINS, PART_ENDS, partText, renderPage } from './page.ts';

/** The seal keeps eight digits of a digest for each block, so that verification can tell where something was changed. */
const BLOCK = 1024;

/**
 * Writes a page and, in its last two lines, the seal: digests of its blocks, and one of everything before the last line. The page is made from the
 * document as a reader parses it, with members in the order of canonical JSON.
 */
export function writeEvidence(document: EvidenceDocument): Buffer {
  const page = renderPage(JSON.parse(canonicalJson(document)) as EvidenceDocument);
  return withSeal(Buffer.from(page));
}

/** The seal is no secret: it only shows accidental changes and careless ones. */
export const withSeal = (page: Buffer): Buffer => Buffer.concat([page, Buffer.from(sealOf(page))]);

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const blocksOf = (bytes: Buffer): string[] =>
  Array.from({ length: Math.ceil(bytes.length / BLOCK) }, (_, index) =>
    digest(bytes.subarray(index * BLOCK, (index + 1) * BLOCK)).slice(0, 8),
  );

function sealOf(page: Buffer): string {
  const blocks = `<!-- blocks of ${BLOCK} bytes: ${blocksOf(page).join(' ')} -->\n`;
  return `${blocks}<!-- sha256 of all before this line: ${digest(Buffer.concat([page, Buffer.from(blocks)]))} -->\n`;
}

const SEAL = /<!-- blocks of 1024 bytes: ([0-9a-f ]+) -->\n<!-- sha256 of all before this line: ([0-9a-f]{64}) -->\n$/;

/** Reads a file without trusting it. @param version the version of Liftlock that reads it, which cannot compare a page that another version made. */
export function readEvidence(file: Buffer, version: string) {
  const text = file.toString('latin1');
  const found = SEAL.exec(text);
  const page = file.subarray(0, found?.index ?? file.length);
  const part = machinePart(page);
  const document = 'document' in part ? part.document : undefined;
  const isOwn = document?.madeWith === version;
  const made = document !== undefined && isOwn ? writeEvidence(document) : undefined;
  const difference = made === undefined ? -1 : firstDifference(file, made);
  const isSealed = found !== null && sealOf(page) === text.slice(found.index);
  const seal = SEAL.exec(made?.toString('latin1') ?? '');
  // If the page had been changed, neither line of the seal would match the page.
  const isPageWhole =
    seal !== null && difference >= seal.index && seal[0].split('\n').some((line) => line !== '' && text.includes(line));
  const changed = isSealed ? [] : [brokenSeal(page, found, { difference, isPageWhole }, part)];
  const forged = isSealed && difference >= 0 ? [`${FORGED}: byte ${difference} is another one.`] : [];
  const other = `Liftlock ${document?.madeWith} made it, and this is ${version}`;
  return {
    /** Undefined where the machine-readable part is invalid. */
    document,
    /** The problems of the file itself, each in a sentence with its place. */
    problems: [...changed, ...('problem' in part ? [part.problem] : []), ...forged],
    unchecked: [
      ...('other' in part ? [`What it says: ${part.other}`] : []),
      ...(document === undefined || isOwn
        ? []
        : [`Whether the page says what its machine-readable part says: ${other}.`]),
    ],
    /** The digest of the whole file: compared with a digest that was kept elsewhere, it proves that this is the same file. */
    sha256: digest(file),
  };
}

const FORGED =
  'The page does not say what its machine-readable part says, so somebody changed one of them and sealed the file anew';

type Part = { readonly begins: number; readonly ends: number } & (
  | { readonly document: EvidenceDocument }
  | { readonly problem: string }
  /** It has a format that this version neither writes nor judges. */
  | { readonly other: string }
);

const NO_PART = `There is no machine-readable part in it (${PART_BEGINS}).`;

const anotherFormat = z.looseObject({ evidence: z.int(), madeWith: z.string() });

function machinePart(page: Buffer): Part {
  const begins = page.indexOf(PART_BEGINS) + PART_BEGINS.length;
  const ends = page.indexOf(PART_ENDS, begins);
  if (begins < PART_BEGINS.length || ends < 0)
    return { begins: 0, ends: 0, problem: `${NO_PART} It is no evidence file of Liftlock, or that was changed.` };
  const place = { begins, ends };
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(page.subarray(begins, ends));
    const value: unknown = JSON.parse(text);
    const { data } = anotherFormat.safeParse(value);
    if (data !== undefined && data.evidence !== EVIDENCE_FORMAT)
      return {
        ...place,
        other: `its format is ${data.evidence}, and this version judges ${EVIDENCE_FORMAT}: verify it with Liftlock ${data.madeWith}, which made it.`,
      };
    const document = evidenceDocument.parse(value) as EvidenceDocument;
    if (partText(document) === text) return { ...place, document };
    return { ...place, problem: 'Its machine-readable part is not canonical, or has members of its own.' };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    return { ...place, problem: `Its machine-readable part, bytes ${begins} to ${ends - 1}, cannot be read: ${why}` };
  }
}

/** Where the file differs from its sealed form: to the byte where the page can be rendered again, else to a block. */
function brokenSeal(
  page: Buffer,
  found: RegExpExecArray | null,
  { difference, isPageWhole }: { readonly difference: number; readonly isPageWhole: boolean },
  { begins, ends }: Part,
): string {
  if (isPageWhole) return `The seal in the last two lines was changed: byte ${difference}.`;
  if (found === null) return 'The last two lines are no seal of Liftlock: the file was cut, or they were changed.';
  const told = (found[1] ?? '').split(' ');
  const bad = blocksOf(page).findIndex((block, index) => block !== told[index]);
  if (bad < 0) return `The seal in the last two lines was changed, from byte ${page.length} on.`;
  const [first, last] = [bad * BLOCK, Math.min((bad + 1) * BLOCK, page.length) - 1];
  if (difference >= first && difference <= last) return `Byte ${difference} was changed.`;
  const isInPart = last >= begins && first < ends;
  return `Something was changed within bytes ${first} to ${last}, in the ${isInPart ? 'machine-readable part' : 'page'}.`;
}

/** -1 where both are equal. */
function firstDifference(a: Buffer, b: Buffer): number {
  if (a.equals(b)) return -1;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) if (a[index] !== b[index]) return index;
  return length;
}
